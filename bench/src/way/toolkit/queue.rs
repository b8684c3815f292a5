//! A queue with the toolkit: all of its use is here.

use std::time::Duration;

use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
use stellaops_db::{Database, Error, TenantId};

/// A job under a lease.
pub(crate) type Leased = stellaops_db::queue::Leased<GraphJob>;

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
    match jobs.complete(job).await {
        Ok(_) => Ok(true),
        Err(Error::LeaseLost { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
