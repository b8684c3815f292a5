//! A queue with diesel-async: the claim is the hand-written statement, since the query builder cannot say it.
//! diesel-async prepares SQL text anew for each call.

use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::dsl::now;
use diesel::sql_types::{BigInt, Double, Text};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};

use crate::call::{LEASE, WORKER};
use crate::stock::COMPLETED;
use crate::verb::Verb;
use crate::way::diesel::bind_tenant;
use crate::way::diesel::row::Job;
use crate::way::diesel::schema::graph_jobs;
use crate::way::statement;

/// With the name that the column has in Diesel's schema.
static CLAIM: LazyLock<String> =
    LazyLock::new(|| statement::of(Verb::Claim).replace(" type, status", " type AS kind, status"));

/// A job under a lease.
pub(crate) type Leased = Job;

/// Claims a job.
pub(crate) async fn claim(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> QueryResult<Option<Leased>> {
    connection
        .transaction(async |connection| {
            bind_tenant(connection, tenant).await?;
            claimed(connection, tenant, worker, lease).await
        })
        .await
}

/// Claims a job in a transaction, as the verb does.
pub(crate) async fn claim_one(
    connection: &mut AsyncPgConnection,
    tenant: &str,
) -> QueryResult<Option<Leased>> {
    claimed(connection, tenant, WORKER, Duration::from_millis(LEASE)).await
}

async fn claimed(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> QueryResult<Option<Leased>> {
    diesel::sql_query(CLAIM.as_str())
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(worker)
        .bind::<Double, _>(lease.as_millis() as f64)
        .bind::<BigInt, _>(1_i64)
        .get_result(connection)
        .await
        .optional()
}

/// Ends the claim; whether it was still held.
pub(crate) async fn complete(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    worker: &str,
    job: &Leased,
) -> QueryResult<bool> {
    let is_held = graph_jobs::status
        .eq(2_i16)
        .and(graph_jobs::leased_by.eq(worker))
        .and(graph_jobs::attempts.eq(job.attempts));
    connection
        .transaction(async |connection| {
            bind_tenant(connection, tenant).await?;
            let complete = diesel::update(graph_jobs::table.find((tenant, job.id)).filter(is_held)).set((
                graph_jobs::status.eq(COMPLETED),
                graph_jobs::leased_by.eq(None::<&str>),
                graph_jobs::lease_expires_at.eq(None::<DateTime<Utc>>),
                graph_jobs::updated_at.eq(now),
            ));
            Ok(complete.execute(connection).await? == 1)
        })
        .await
}
