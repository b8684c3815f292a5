//! A queue as it is written by hand, with sqlx.

use std::time::Duration;

use sqlx::FromRow as _;
use sqlx::postgres::PgConnection;

use crate::row::JobRow;
use crate::verb::Verb;
use crate::way::statement;

/// Claims a job.
pub(crate) async fn claim(
    connection: &mut PgConnection,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> Result<Option<JobRow>, sqlx::Error> {
    let query = sqlx::query(statement::of(Verb::Claim)).bind(tenant).bind(worker);
    let query = query.bind(lease.as_millis() as f64).bind(1_i64);
    let row = query.fetch_optional(connection).await?;
    row.as_ref().map(JobRow::from_row).transpose()
}

/// Ends the claim; whether it was still held.
pub(crate) async fn complete(
    connection: &mut PgConnection,
    tenant: &str,
    worker: &str,
    job: &JobRow,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query(statement::COMPLETE).bind(tenant).bind(job.id);
    let query = query.bind(worker).bind(job.attempts);
    Ok(query.execute(connection).await?.rows_affected() == 1)
}
