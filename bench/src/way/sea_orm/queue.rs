//! A queue with SeaORM: the hand-written statements, since it has no claim of its own.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _,
    Statement,
};

use crate::call::{LEASE, WORKER};
use crate::verb::Verb;
use crate::way::sea_orm::begin;
use crate::way::sea_orm::entity::job;
use crate::way::statement;

/// A job under a lease.
pub(crate) type Leased = job::Model;

/// Claims a job.
pub(crate) async fn claim(
    database: &DatabaseConnection,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> Result<Option<Leased>, DbErr> {
    let transaction = begin(database, tenant).await?;
    let job = claimed(&transaction, tenant, worker, lease).await?;
    transaction.commit().await?;
    Ok(job)
}

/// Claims a job in a transaction, as the verb does.
pub(crate) async fn claim_one(
    transaction: &DatabaseTransaction,
    tenant: &str,
) -> Result<Option<Leased>, DbErr> {
    claimed(transaction, tenant, WORKER, Duration::from_millis(LEASE)).await
}

async fn claimed(
    transaction: &DatabaseTransaction,
    tenant: &str,
    worker: &str,
    lease: Duration,
) -> Result<Option<Leased>, DbErr> {
    let values = [
        tenant.into(),
        worker.into(),
        (lease.as_millis() as f64).into(),
        1_i64.into(),
    ];
    let sql = statement::of(Verb::Claim);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    job::Entity::find().from_raw_sql(statement).one(transaction).await
}

/// Ends the claim; whether it was still held.
pub(crate) async fn complete(
    database: &DatabaseConnection,
    tenant: &str,
    worker: &str,
    job: &Leased,
) -> Result<bool, DbErr> {
    let transaction = begin(database, tenant).await?;
    let values = [tenant.into(), job.id.into(), worker.into(), job.attempts.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, statement::COMPLETE, values);
    let done = transaction.execute_raw(statement).await?;
    transaction.commit().await?;
    Ok(done.rows_affected() == 1)
}
