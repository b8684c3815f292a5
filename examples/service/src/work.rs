//! What the worker does with a job, and the jobs of a demonstration.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use stellaops_db::queue::{Done, Failure, Held as _, Job};
use stellaops_db::schema::scheduler::{
    GraphBuildJob, GraphJob, GraphJobEvent, GraphJobEventPayload, GraphJobEventRepository, GraphJobPayload,
    GraphJobRepository, GraphJobStatus, GraphJobType, NewGraphJob,
};
use stellaops_db::{Database, Error, TenantId};

use crate::graph;

/// Builds the graph of a job. The end of the row and the event that tells of it are written together: when the lease
/// was lost meanwhile, neither is.
///
/// # Errors
/// Why there is no graph, and whether it is worth another attempt.
pub async fn do_job(job: Arc<Job<GraphJob>>, takes: Duration) -> Result<Done<GraphJob>, Failure> {
    let GraphJobPayload::Build(asked) = &job.payload else {
        return Err(Failure::new("this worker builds graphs; it lays nothing over them").for_good());
    };
    tokio::time::sleep(takes).await;
    let result = graph::build(asked).map_err(|reason| Failure::new(reason).for_good())?;
    let event = GraphJobEventPayload {
        attempt: u32::try_from(job.lease().attempt()).ok(),
        worker: Some(job.lease().worker().into()),
        reason: None,
        graph_revision_id: Some(result.graph_revision_id.clone()),
    };
    let transaction = job.scope().begin().await?;
    let jobs = transaction.repository::<GraphJobRepository>();
    jobs.complete_with(&*job, GraphJob::patch().result(Some(result))).await?;
    let event = GraphJobEvent::new_row(job.id, GraphJobStatus::Completed, event);
    transaction.repository::<GraphJobEventRepository>().insert(event).await?;
    transaction.commit().await?;
    Ok(Done::already())
}

/// A queued job for a small SBOM. One in ten misses a package, so that there is a failure to look at.
pub fn made_up(number: u32) -> NewGraphJob {
    let mut metadata = BTreeMap::from([("app", "http log"), ("http", "log tls"), ("log", ""), ("tls", "")]);
    if number % 10 == 9 {
        metadata.remove("tls");
    }
    let build = GraphBuildJob {
        sbom_id: format!("sbom-{number}"),
        sbom_version_id: format!("sbom-{number}-1"),
        sbom_digest: format!("sha256:{number:064x}"),
        trigger: "manual".into(),
        metadata: metadata.into_iter().map(|(name, needs)| (name.into(), needs.into())).collect(),
    };
    GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build)).status(GraphJobStatus::Queued)
}

/// Queues jobs for a tenant.
///
/// # Errors
/// What the database says.
pub async fn queue(database: &Database, tenant: &TenantId, number: u32) -> Result<(), Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    jobs.insert_many((0..number).map(made_up)).await.map(drop)
}

/// How many jobs of the tenant are queued or running.
///
/// # Errors
/// What the database says.
pub async fn left(database: &Database, tenant: &TenantId) -> Result<u64, Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    jobs.count([GraphJob::STATUS.is_in([GraphJobStatus::Queued, GraphJobStatus::Running])]).await
}
