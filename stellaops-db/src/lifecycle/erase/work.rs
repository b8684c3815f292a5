//! The transactions of an erasure: one for each statement, or one for all that is undone.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};

use super::EraseOptions;
use crate::lifecycle::LifecycleError;
use crate::lifecycle::session::{Kind, begin};
use crate::tenant::TenantId;

/// Switches triggers off, until the transaction ends.
const WITHOUT_TRIGGERS: &str = "SET LOCAL session_replication_role = replica";

/// Where statements run.
pub(super) enum Work<'c> {
    /// Each in a transaction of its own.
    Steps(Steps<'c>),
    /// All in one, which is undone.
    Dry(Transaction<'c, Postgres>, TenantId),
}

pub(super) struct Steps<'c> {
    connection: &'c mut PgConnection,
    tenant: TenantId,
    with_facts: bool,
}

impl<'c> Work<'c> {
    pub(super) async fn begin(
        connection: &'c mut PgConnection,
        tenant: &TenantId,
        options: &EraseOptions,
    ) -> Result<Self, LifecycleError> {
        if !options.dry_run {
            return Ok(Work::Steps(Steps {
                connection,
                tenant: tenant.clone(),
                with_facts: options.with_facts,
            }));
        }
        let mut transaction = begin(connection, Kind::Write, tenant).await?;
        if options.with_facts {
            sqlx::raw_sql(WITHOUT_TRIGGERS).execute(&mut *transaction).await?;
        }
        Ok(Work::Dry(transaction, tenant.clone()))
    }

    /// Runs a statement whose parameter is the tenant; how many rows it changed.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64, LifecycleError> {
        match self {
            Work::Steps(steps) => steps.execute(sql).await,
            Work::Dry(transaction, tenant) => changed(transaction, sql, tenant).await,
        }
    }

    /// Asks several questions of one moment.
    pub(super) async fn ask<T>(
        &mut self,
        questions: impl AsyncFnOnce(&mut PgConnection, &TenantId) -> Result<T, LifecycleError>,
    ) -> Result<T, LifecycleError> {
        match self {
            Work::Steps(steps) => {
                let tenant = steps.tenant.clone();
                let mut snapshot = begin(steps.connection, Kind::Snapshot, &tenant).await?;
                let answer = questions(&mut snapshot, &tenant).await?;
                snapshot.rollback().await?;
                Ok(answer)
            }
            Work::Dry(transaction, tenant) => questions(transaction, tenant).await,
        }
    }

    /// Undoes what was done dry.
    pub(super) async fn end(self) -> Result<(), LifecycleError> {
        match self {
            Work::Steps(_) => Ok(()),
            Work::Dry(transaction, _) => Ok(transaction.rollback().await?),
        }
    }
}

impl Steps<'_> {
    async fn execute(&mut self, sql: &str) -> Result<u64, LifecycleError> {
        let mut transaction = begin(self.connection, Kind::Write, &self.tenant).await?;
        if self.with_facts {
            sqlx::raw_sql(WITHOUT_TRIGGERS).execute(&mut *transaction).await?;
        }
        let rows = changed(&mut transaction, sql, &self.tenant).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

async fn changed(connection: &mut PgConnection, sql: &str, tenant: &TenantId) -> Result<u64, LifecycleError> {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .bind(tenant.as_str())
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
