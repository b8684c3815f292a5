//! Members of documents: looked at by filters, and changed in place.

use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use stellaops_db::{EncodeError, Error, path};

use crate::samples::*;
use crate::support::*;

#[tokio::test]
async fn members_of_alternatives_are_looked_at_by_the_fields_of_their_types() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let build = jobs.insert(graph_job(1)).await.expect("inserts");
    jobs.insert(graph_job(2)).await.expect("inserts");
    let overlay = GraphJob::new_row(GraphJobType::Overlay, GraphJobPayload::Overlay(overlay_job()));
    let overlay = jobs.insert(overlay).await.expect("inserts");
    let GraphJobPayload::Build(document) = &build.payload else {
        panic!("it is a build");
    };
    let sbom = GraphJob::PAYLOAD
        .at(path!(GraphBuildJob: sbom_version_id))
        .eq(document.sbom_version_id.clone());
    let digest = GraphJob::PAYLOAD
        .at(path!(GraphBuildJob: sbom_digest))
        .eq(document.sbom_digest.as_str());
    let found = jobs
        .list_by_newest()
        .filter(sbom)
        .filter(digest)
        .await
        .expect("lists");
    assert_eq!(found.rows, [build]);
    let subjects = GraphJob::PAYLOAD
        .at(path!(GraphOverlayJob: overlay_key))
        .is_present();
    let found = jobs.list_by_newest().filter(subjects).await.expect("lists");
    assert_eq!(found.rows, [overlay]);
}

async fn finished(jobs: &GraphJobRepository, number: u32) -> GraphJob {
    let job = jobs.insert(queued(number)).await.expect("inserts");
    let patch = GraphJob::patch().result(Some(graph_result()));
    jobs.update(job.id, patch).await.expect("updates")
}

#[tokio::test]
async fn numbers_are_compared_as_numbers() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert(queued(1)).await.expect("inserts");
    for (number, nodes) in [(2, 9), (3, 10), (4, 100)] {
        let job = finished(&jobs, number).await;
        let count = GraphJob::RESULT.at(path!(GraphResult: node_count)).set(nodes);
        let job = jobs.edit(job.id, [count]).await.expect("edits");
        assert_eq!(job.result.map(|result| result.node_count), Some(nodes));
    }
    let count = || GraphJob::RESULT.at(path!(GraphResult: node_count));
    for (filter, expected) in [
        (count().lt(10), 1),
        (count().le(10), 2),
        (count().gt(9), 2),
        (count().eq(100), 1),
        (count().ne(100), 2),
        (count().is_in([9, 100]), 2),
        (count().is_absent(), 1),
        (!count().ge(10), 2),
    ] {
        assert_eq!(jobs.count([filter]).await.expect("counts"), expected);
    }
}

#[tokio::test]
async fn an_edit_changes_one_member_in_one_exchange_and_leaves_the_others() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = finished(&jobs, 1).await;
    fixture.clock.advance(std::time::Duration::from_secs(1));
    let (db, proxy) = fixture.through_proxy(1).await;
    let through = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let edits = || {
        [
            GraphJob::RESULT.at(path!(GraphResult: node_count)).set(7),
            GraphJob::RESULT.at(path!(GraphResult: edge_count)).set(8),
        ]
    };
    through.edit(job.id, edits()).await.expect("edits");
    proxy.reset_counts();
    let edited = through.edit(job.id, edits()).await.expect("edits");
    assert_eq!(proxy.count(Peer::Backend, b'Z'), 1);
    let expected = GraphResult {
        node_count: 7,
        edge_count: 8,
        ..job.result.clone().expect("there is one")
    };
    assert_eq!(edited.result, Some(expected));
    assert!(
        edited.updated_at > job.updated_at,
        "it is a change like any other"
    );
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(edited));
}

#[tokio::test]
async fn an_optional_member_is_removed_by_none_and_a_document_stays_one_of_its_shape() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = finished(&jobs, 1).await;
    let graph = || GraphJob::RESULT.at(path!(GraphResult: graph));
    let map = serde_json::json!({ "a": { "b": [1, null] } })
        .as_object()
        .cloned();
    let edited = jobs
        .edit(job.id, [graph().set(map.clone())])
        .await
        .expect("edits");
    assert_eq!(edited.result.and_then(|result| result.graph), map);
    let edited = jobs.edit(job.id, [graph().set(None)]).await.expect("edits");
    assert_eq!(edited.result.and_then(|result| result.graph), None);
    let revision = GraphJob::RESULT
        .at(path!(GraphResult: graph_revision_id))
        .set("no digest".into());
    refused!(jobs.edit(job.id, [revision]).await, Error::CheckViolation { .. });
    let nul = GraphJob::RESULT
        .at(path!(GraphResult: graph_revision_id))
        .set("\0".into());
    refused!(
        jobs.edit(job.id, [nul]).await,
        Error::Encode(EncodeError::Json { .. })
    );
}

#[tokio::test]
async fn an_edit_reaches_no_row_of_another_tenant_and_keeps_versions() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    let limited = ScheduleLimits {
        max_images: None,
        images_per_minute: Some(3),
        parallelism: None,
    };
    let row = schedules
        .insert(schedule("nightly").limits(Some(limited)))
        .await
        .expect("inserts");
    let others = fixture.tenant("b").repository::<ScheduleRepository>();
    let limits = || {
        Schedule::LIMITS
            .at(path!(ScheduleLimits: max_images))
            .set(Some(5))
    };
    refused!(others.edit(row.id, [limits()]).await, Error::NotFound { .. });
    let edited = schedules
        .edit_expecting(row.id, row.row_version, [limits()])
        .await
        .expect("edits");
    let expected = row.limits.clone().map(|limits| ScheduleLimits {
        max_images: Some(5),
        ..limits
    });
    assert_eq!(
        (edited.limits, edited.row_version),
        (expected, row.row_version + 1)
    );
    refused!(
        schedules
            .edit_expecting(row.id, row.row_version, [limits()])
            .await,
        Error::VersionConflict { found: 2, .. }
    );
}
