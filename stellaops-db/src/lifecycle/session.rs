//! Transactions that all acts work in.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction};

use super::LifecycleError;
use crate::connect::refuse_blind_role;
use crate::tenant::TenantId;

/// Texts of values are the same on every server; the work may take long.
const SETTINGS: &str =
    "SET LOCAL search_path = ''; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '30s'";

/// What row security would hide becomes an error. Not where rows are written: the owner's triggers are under it.
const WHOLE: &str = "SET LOCAL row_security = off";

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One snapshot, nothing is written.
    Snapshot,
    /// As the server has it.
    Write,
}

/// Refuses a login that sees nothing, or a part, and would not know.
pub(super) async fn refuse_blind(connection: &mut PgConnection) -> Result<(), LifecycleError> {
    Ok(refuse_blind_role(connection).await?)
}

/// Refuses a login that may not switch triggers off.
pub(super) async fn refuse_ordinary(connection: &mut PgConnection) -> Result<(), LifecycleError> {
    const SQL: &str = "SELECT rolname::text, rolsuper FROM pg_roles WHERE rolname = current_user";
    let (login, is_superuser): (String, bool) = sqlx::query_as(SQL).fetch_one(connection).await?;
    match is_superuser {
        true => Ok(()),
        false => Err(LifecycleError::NoSuperuser { login }),
    }
}

/// Begins a transaction that is bound to the tenant.
pub(super) async fn begin<'c>(
    connection: &'c mut PgConnection,
    kind: Kind,
    tenant: &TenantId,
) -> Result<Transaction<'c, Postgres>, LifecycleError> {
    let mut transaction = match kind {
        Kind::Snapshot => {
            connection
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?
        }
        Kind::Write => connection.begin().await?,
    };
    sqlx::raw_sql(SETTINGS).execute(&mut *transaction).await?;
    if kind == Kind::Snapshot {
        sqlx::raw_sql(WHOLE).execute(&mut *transaction).await?;
    }
    bind(&mut transaction, tenant).await?;
    Ok(transaction)
}

async fn bind(connection: &mut PgConnection, tenant: &TenantId) -> Result<(), LifecycleError> {
    sqlx::query("SELECT set_config('app.tenant_id', $1, true)")
        .bind(tenant.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// A number of rows. Parameter: the tenant.
pub(super) async fn count(
    connection: &mut PgConnection,
    sql: String,
    tenant: &TenantId,
) -> Result<u64, LifecycleError> {
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .persistent(false)
        .fetch_one(connection)
        .await?;
    Ok(found.unsigned_abs())
}
