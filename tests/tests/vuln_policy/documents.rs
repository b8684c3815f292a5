//! Documents are recorded once for each content, in one chain of versions.

use futures_util::future::join_all;
use stellaops_db::Error;
use stellaops_db::schema::vuln::{
    AdvisoryDocument, AdvisorySnapshot, AdvisorySnapshotRepository, DocumentFormat, FeedSnapshot,
    ProvenanceKind, PublishedDocument, Recorded, SignatureState, Source,
};

use crate::support::{Fixture, at, feed};

fn document(source: &Source, feed: &FeedSnapshot, title: &str) -> PublishedDocument {
    let content = serde_json::json!({ "id": "EXAMPLE-2026:1", "title": title, "score": 9.8 });
    PublishedDocument {
        source_id: source.id,
        feed_snapshot_id: feed.id,
        document_key: "EXAMPLE-2026:1".into(),
        document_version: None,
        format: DocumentFormat::Csaf,
        document: AdvisoryDocument {
            media_type: "application/json".into(),
            original_digest: None,
            content: content.as_object().expect("an object").clone(),
        },
        signature: SignatureState::Unsigned,
        provenance_kind: ProvenanceKind::Document,
        provenance_value: "https://security.example.com/1.json".into(),
        published_at: None,
    }
}

fn new(recorded: Recorded) -> AdvisorySnapshot {
    match recorded {
        Recorded::New(snapshot) => snapshot,
        Recorded::Known(snapshot) => panic!("{} was known", snapshot.id),
    }
}

#[tokio::test]
async fn equal_content_is_recorded_once() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, feed) = feed(&system).await;
    let snapshots = system.repository::<AdvisorySnapshotRepository>();
    let document = document(&source, &feed, "first");
    let first = new(snapshots.record(&document).await.unwrap());
    assert_eq!(first.document, document.document);
    assert_eq!(snapshots.record(&document).await.unwrap(), Recorded::Known(first));
    assert_eq!(snapshots.count([]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_changed_document_supersedes_the_version_before() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, feed) = feed(&system).await;
    let snapshots = system.repository::<AdvisorySnapshotRepository>();
    let mut versions = Vec::new();
    // The clock goes back, as it may from one machine to another: the chain does not follow the times.
    for (title, time) in [("first", 30), ("second", 20), ("third", 10)] {
        let time = at(&format!("2026-03-01T12:00:{time}Z"));
        fixture.clock.set(time.utc());
        let recorded = snapshots.record(&document(&source, &feed, title)).await.unwrap();
        versions.push(new(recorded));
    }
    let supersedes: Vec<_> = versions.iter().map(|version| version.supersedes_id).collect();
    assert_eq!(supersedes, [None, Some(versions[0].id), Some(versions[1].id)]);
    let again = snapshots
        .record(&document(&source, &feed, "first"))
        .await
        .unwrap();
    assert_eq!(again.into_snapshot().id, versions[0].id);
}

#[tokio::test]
async fn connectors_that_race_keep_one_chain() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, feed) = feed(&system).await;
    let snapshots = system.repository::<AdvisorySnapshotRepository>();
    let documents: Vec<_> = (0..4)
        .map(|number| document(&source, &feed, &number.to_string()))
        .collect();
    let recorded = join_all(documents.iter().map(|document| snapshots.record(document))).await;
    let versions: Vec<_> = recorded
        .into_iter()
        .map(|recorded| new(recorded.unwrap()))
        .collect();
    let mut chain = Vec::new();
    let mut end = None;
    while let Some(next) = versions.iter().find(|version| version.supersedes_id == end) {
        chain.push(next.id);
        end = Some(next.id);
    }
    assert_eq!(chain.len(), versions.len());
}

#[tokio::test]
async fn a_document_has_no_second_beginning() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, feed) = feed(&system).await;
    let snapshots = system.repository::<AdvisorySnapshotRepository>();
    let first = document(&source, &feed, "first");
    new(snapshots.record(&first).await.unwrap());
    let other = document(&source, &feed, "other");
    let row = AdvisorySnapshot::new_row(
        other.source_id,
        other.feed_snapshot_id,
        other.document_key,
        other.document.content_digest().unwrap(),
        other.format,
        other.document,
        other.provenance_kind,
        other.provenance_value,
    );
    match snapshots.insert(row).await {
        Err(Error::UniqueViolation { constraint, .. }) => {
            assert_eq!(constraint, "uq_advisory_snapshots_first_version");
        }
        other => panic!("{other:?}"),
    }
}
