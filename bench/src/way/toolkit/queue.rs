//! A queue with the toolkit: all of its use is here.

use std::time::Duration;

use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, GraphJobStatus};
use stellaops_db::{Database, Error, TenantId};

/// A job under a lease.
pub(crate) type Leased = GraphJob;

/// Claims a job.
pub(crate) async fn claim(
    database: &Database,
    tenant: &TenantId,
    worker: &str,
    lease: Duration,
) -> Result<Option<Leased>, Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    Ok(jobs.claim(worker, 1, lease).await?.pop())
}

/// Ends the claim; whether it was still held.
pub(crate) async fn complete(database: &Database, tenant: &TenantId, job: &Leased) -> Result<bool, Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    let step = GraphJob::STATUS
        .from(GraphJobStatus::Running)
        .to(GraphJobStatus::Completed);
    Ok(jobs.compare_and_swap(job.id, step).await?.is_won())
}
