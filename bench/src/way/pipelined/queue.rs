//! A queue as it is written by hand, with tokio-postgres.

use std::time::Duration;

use crate::Fault;
use crate::row::JobRow;
use crate::verb::Verb;
use crate::way::pipelined::Pipelined;

/// Claims a job.
pub(crate) async fn claim(
    pipelined: &Pipelined,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> Result<Option<JobRow>, Fault> {
    let lease = lease.as_millis() as f64;
    let rows = pipelined
        .transaction(Verb::Claim, &[&tenant, &worker, &lease, &1_i64])
        .await?;
    Ok(rows.first().map(JobRow::try_from).transpose()?)
}

/// Ends the claim; whether it was still held.
pub(crate) async fn complete(
    pipelined: &Pipelined,
    tenant: &str,
    worker: &str,
    job: &JobRow,
) -> Result<bool, Fault> {
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&tenant, &job.id, &worker, &job.attempts];
    Ok(pipelined.changed(&pipelined.complete, &parameters).await? == 1)
}
