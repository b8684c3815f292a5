//! What is due is told by the database's clock, the longest overdue first.

use stellaops_db::schema::policy::{
    Exception, ExceptionEffect, ExceptionRepository, ExceptionStatus, ExceptionType,
};
use stellaops_db::schema::vuln::{IngestionCursor, SourceRepository, SourceState, SourceStateRepository};
use stellaops_db::{TenantId, Timestamp};

use crate::support::{Fixture, at, feed};

const LONG_AGO: &str = "2020-01-01T00:00:00Z";
const FAR_AWAY: &str = "2099-01-01T00:00:00Z";

#[tokio::test]
async fn a_source_is_due_until_somebody_moves_its_next_attempt() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let states = system.repository::<SourceStateRepository>();
    let state = states
        .insert(SourceState::new_row(source.id, at(LONG_AGO)))
        .await
        .unwrap();
    let due = fixture.acme().repository::<SourceStateRepository>();
    let found = due.list_due(true).await.unwrap().rows;
    assert_eq!(found.first(), Some(&state));
    // Who imports the feeds reads by the same name as who looks on.
    assert_eq!(states.list_due(true).await.unwrap().rows, found);
    let swap = || {
        SourceState::NEXT_ATTEMPT_AT
            .from(state.next_attempt_at)
            .to(at(FAR_AWAY))
    };
    let first = states.compare_and_swap(source.id, swap()).await.unwrap();
    let second = states.compare_and_swap(source.id, swap()).await.unwrap();
    assert!(first.is_won() && !second.is_won());
    assert_eq!(due.list_due(true).await.unwrap().rows, []);
}

#[tokio::test]
async fn an_import_finds_its_source_by_key_within_its_transaction() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let transaction = system.begin().await.unwrap();
    let sources = transaction.repository::<SourceRepository>();
    assert_eq!(sources.get_by_key("vendor-example").await.unwrap(), None);
    transaction.rollback().await.unwrap();
    let (source, _) = feed(&system).await;
    let transaction = system.begin().await.unwrap();
    let sources = transaction.repository::<SourceRepository>();
    assert_eq!(sources.get_by_key(&source.key).await.unwrap(), Some(source));
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn a_connector_keeps_what_it_adds_to_its_cursor() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let states = system.repository::<SourceStateRepository>();
    let cursor = IngestionCursor {
        position: Some("page-7".into()),
        modified_after: Some(at("2026-03-01T12:00:00.123456Z")),
        more: [("etagOfPage7".to_string(), serde_json::json!("abc"))].into(),
        ..IngestionCursor::default()
    };
    let row = SourceState::new_row(source.id, at(LONG_AGO)).cursor(Some(cursor.clone()));
    states.insert(row).await.unwrap();
    let stored = states.get(source.id).await.unwrap().expect("the state");
    assert_eq!(stored.cursor, Some(cursor));
}

#[tokio::test]
async fn what_has_expired_is_found_over_all_tenants_and_marked() {
    let fixture = Fixture::start().await;
    for (name, begin, end) in [
        ("acme", LONG_AGO, "2021-01-01T00:00:00Z"),
        ("globex", LONG_AGO, FAR_AWAY),
    ] {
        approved(&fixture, name, at(begin), at(end)).await;
    }
    let system = fixture.system().await;
    let reader = system.across_tenants::<ExceptionRepository>();
    let expired = reader.list_expired().await.unwrap().rows;
    let tenants: Vec<_> = expired.iter().map(|row| row.tenant_id.as_str()).collect();
    assert_eq!(tenants, ["acme"]);
    for exception in expired {
        let exceptions = system
            .tenant(&exception.tenant_id)
            .repository::<ExceptionRepository>();
        let marked = exceptions
            .expire(exception.id)
            .await
            .unwrap()
            .won()
            .expect("it was active");
        assert_eq!(marked.status, ExceptionStatus::Expired);
    }
    assert_eq!(reader.list_expired().await.unwrap().rows, []);
}

async fn approved(fixture: &Fixture, tenant: &str, begin: Timestamp, end: Timestamp) {
    let tenant = TenantId::new(tenant).expect("a tenant");
    let exceptions = fixture.db.tenant(&tenant).repository::<ExceptionRepository>();
    let row = Exception::new_row(
        ExceptionType::NotApplicable,
        ExceptionEffect::Suppress,
        "The function is never called.".into(),
        "user:alice".into(),
        end,
    );
    let row = row
        .vulnerability_id(Some("CVE-2026-10001".into()))
        .valid_from(begin);
    let proposed = exceptions.insert(row).await.expect("an exception");
    let approved = exceptions.approve(proposed.id, "user:bob", begin).await;
    approved.expect("an exception").won().expect("it was proposed");
}
