//! A merge writes what changed, all of it or nothing, and never over another merge.

use std::collections::BTreeSet;

use stellaops_db::schema::vuln::{
    Advisory, AdvisoryRepository, AdvisoryState, MergeDecisions, MergeEvent, MergeEventKind,
    MergeEventRepository, Merged, MergedAdvisory, ProvenanceKind, Severity, Source,
};
use stellaops_db::{Error, SystemScope};

use crate::support::{DIGEST, Fixture, at, feed};

fn merged(source: &Source, title: &str) -> MergedAdvisory {
    MergedAdvisory {
        advisory_key: "CVE-2026-10001".into(),
        state: AdvisoryState::Published,
        title: title.into(),
        summary: None,
        description: None,
        language: "en".into(),
        severity: Severity::High,
        credits: None,
        published_at: None,
        modified_at: at("2026-03-01T12:00:00Z"),
        withdrawn_at: None,
        content_digest: format!("sha256:{:0>64}", title.len()),
        source_id: source.id,
        provenance_kind: ProvenanceKind::Merge,
        provenance_value: "CVE-2026-10001".into(),
        recorded_at: at("2026-03-01T12:00:00Z"),
    }
}

async fn created(system: &SystemScope, source: &Source) -> Advisory {
    let advisories = system.repository::<AdvisoryRepository>();
    match advisories.put(None, merged(source, "first")).await {
        Ok(Merged::Created(advisory)) => advisory,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_merge_that_comes_to_the_same_writes_nothing() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = created(&system, &source).await;
    let advisories = system.repository::<AdvisoryRepository>();
    let again = advisories
        .put(Some(&advisory), merged(&source, "first"))
        .await
        .unwrap();
    assert_eq!(again, Merged::Unchanged(advisory.clone()));
    assert_eq!(advisories.get(advisory.id).await.unwrap(), Some(advisory));
}

#[tokio::test]
async fn a_merge_that_was_overtaken_is_refused() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let before = created(&system, &source).await;
    let advisories = system.repository::<AdvisoryRepository>();
    let faster = advisories
        .put(Some(&before), merged(&source, "second one"))
        .await
        .unwrap();
    assert!(matches!(faster, Merged::Updated(advisory) if advisory.title == "second one"));
    let slower = advisories
        .put(Some(&before), merged(&source, "the third one"))
        .await;
    assert!(matches!(
        slower,
        Err(Error::VersionConflict {
            expected: 1,
            found: 2,
            ..
        })
    ));
    let unaware = advisories.put(None, merged(&source, "the fourth one")).await;
    assert!(matches!(unaware, Err(Error::UniqueViolation { .. })));
}

#[tokio::test]
async fn an_advisory_and_its_event_take_effect_together() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisories = system.repository::<AdvisoryRepository>();
    for commits in [false, true] {
        let transaction = system.begin().await.unwrap();
        let inside = transaction.repository::<AdvisoryRepository>();
        let Merged::Created(advisory) = inside.put(None, merged(&source, "first")).await.unwrap() else {
            panic!("it was there");
        };
        let event = MergeEvent::new_row(
            advisory.id,
            MergeEventKind::Created,
            "1.4.0".into(),
            advisory.content_digest.clone(),
            vec![uuid::Uuid::nil()],
            MergeDecisions {
                changed_fields: BTreeSet::from(["title".to_string()]),
                ..MergeDecisions::default()
            },
        );
        transaction
            .repository::<MergeEventRepository>()
            .insert(event)
            .await
            .unwrap();
        if commits {
            transaction.commit().await.unwrap();
        } else {
            drop(transaction);
        }
        assert_eq!(advisories.count([]).await.unwrap(), u64::from(commits));
    }
    let history = fixture.acme().repository::<MergeEventRepository>();
    assert_eq!(history.list_by_newest().await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn an_event_without_a_change_is_refused() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = created(&system, &source).await;
    let event = MergeEvent::new_row(
        advisory.id,
        MergeEventKind::Updated,
        "1.4.0".into(),
        DIGEST.into(),
        vec![uuid::Uuid::nil()],
        MergeDecisions::default(),
    );
    let events = system.repository::<MergeEventRepository>();
    match events.insert(event.before_digest(Some(DIGEST.into()))).await {
        Err(Error::CheckViolation { constraint }) => {
            assert_eq!(constraint, "ck_merge_events_something_changed")
        }
        other => panic!("{other:?}"),
    }
}
