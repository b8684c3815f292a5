//! Every text as a tenant.

use std::collections::BTreeMap;

use stellaops_db::schema::scheduler::*;
use stellaops_db::{InvalidTenantId, TENANT_ID_MAX_BYTES, TenantId};
use stellaops_db_tests::corpus;

use crate::{Attacked, tenants};

#[tokio::test]
async fn every_text_is_a_tenant_of_its_own() {
    let attacked = Attacked::start().await;
    let tenants = tenants();
    let mut rows = BTreeMap::new();
    for tenant in &tenants {
        let workers = attacked.db.tenant(tenant).repository::<WorkerRepository>();
        let row = workers.insert(Worker::new_row("worker".into(), WorkerKind::Graph, "1".into()));
        let row = row.await.unwrap_or_else(|error| panic!("{tenant:?}: {error}"));
        assert_eq!(&row.tenant_id, tenant);
        rows.insert(tenant.clone(), row);
    }
    assert_eq!(rows.len(), tenants.len(), "no two of them are one");
    for (position, tenant) in tenants.iter().enumerate() {
        let scope = attacked.db.tenant(tenant);
        let workers = scope.repository::<WorkerRepository>();
        let own = &rows[tenant];
        let seen = workers
            .list(Worker::BY_KIND.of(WorkerKind::Graph))
            .await
            .expect("lists")
            .rows;
        assert_eq!(seen, std::slice::from_ref(own), "{tenant:?}");
        let seen = scope.query("SELECT tenant_id, count(*) FROM scheduler.workers GROUP BY 1");
        let seen: Vec<(String, i64)> = seen.all().await.expect("reads");
        assert_eq!(seen, [(tenant.as_str().to_owned(), 1)]);
        let other = &rows[&tenants[(position + 1) % tenants.len()]];
        assert_eq!(workers.get(other.id).await.expect("reads"), None, "{tenant:?}");
    }
    let mut superuser = attacked.database.connect().await.expect("connects");
    let stored = sqlx::query_scalar("SELECT convert_to(tenant_id, 'UTF8') FROM scheduler.workers");
    let mut stored: Vec<Vec<u8>> = stored.fetch_all(&mut superuser).await.expect("reads");
    let mut given: Vec<_> = tenants
        .iter()
        .map(|tenant| tenant.as_str().as_bytes().to_vec())
        .collect();
    stored.sort();
    given.sort();
    assert_eq!(stored, given);
}

/// The type is the only way to a scope: what it refuses is never sent.
#[test]
fn a_text_that_is_no_tenant_is_refused_with_its_reason() {
    let mut refused = 0;
    for text in corpus::texts().into_iter().chain(corpus::long_texts()) {
        let expected = match &text {
            text if text.is_empty() => Err(InvalidTenantId::Empty),
            text if text.len() > TENANT_ID_MAX_BYTES => Err(InvalidTenantId::TooLong { bytes: text.len() }),
            text if text.contains('\0') => Err(InvalidTenantId::Nul),
            text if text.starts_with('@') => Err(InvalidTenantId::Reserved),
            text => Ok(text.clone()),
        };
        refused += usize::from(expected.is_err());
        let taken = TenantId::new(&text).map(String::from);
        assert_eq!(taken, expected, "{:?}", text.get(..40));
        let read = serde_json::from_value::<TenantId>(text.as_str().into());
        assert_eq!(read.is_ok(), expected.is_ok());
    }
    assert!(refused > 10, "the corpus has texts of each kind");
}
