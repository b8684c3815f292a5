//! What is counted, before and behind: by a login that sees all rows, each time in one snapshot.

use sqlx::PgConnection;
use stellaops_db_spec::model::{Database, quote_identifier};

use super::EraseOptions;
use super::fate::Doomed;
use super::report::{ERASURE_FORMAT, Elsewhere, ErasedTable, Erasure};
use super::work::Work;
use crate::lifecycle::LifecycleError;
use crate::lifecycle::astray::astray;
use crate::lifecycle::session::count;
use crate::tenant::TenantId;

/// A table of the toolkit's own that names tenants: those whose events wait.
const HELD_TENANTS: &str = "stellaops.outbox_held_tenants";

/// Forgets that the tenant's events wait. Parameter: the tenant.
pub(super) const HELD: &str = "DELETE FROM stellaops.outbox_held_tenants WHERE tenant_id = $1";

/// Everything with rows of its own, a materialized view and a detached partition too, that has a tenant column.
const WITH_TENANT: &str = "SELECT n.nspname::text, c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
    AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnum > 0 AND NOT a.attisdropped) \
    ORDER BY 1, 2";

const NOW: &str = "SELECT current_database()::text, session_user::text, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

/// The proof before anything is erased.
pub(super) async fn begin(
    work: &mut Work<'_>,
    doomed: &[Doomed<'_>],
    tenant: &TenantId,
    options: &EraseOptions,
) -> Result<Erasure, LifecycleError> {
    let (database, login, began_at, tables) = work
        .ask(async |connection, tenant| {
            let (database, login, now): (String, String, String) =
                sqlx::query_as(NOW).fetch_one(&mut *connection).await?;
            let mut tables = Vec::new();
            for doomed in doomed {
                let before = count(connection, rows_of(doomed), tenant).await?;
                tables.push(counted(doomed.table.qualified(), before));
            }
            let held = format!("SELECT count(*) FROM {HELD_TENANTS} WHERE tenant_id = $1");
            tables.push(counted(
                HELD_TENANTS.into(),
                count(connection, held, tenant).await?,
            ));
            Ok((database, login, now, tables))
        })
        .await?;
    Ok(Erasure {
        format: ERASURE_FORMAT.into(),
        finished: false,
        dry_run: options.dry_run,
        database,
        tenant: tenant.to_string(),
        login,
        reason: options.reason.clone(),
        with_facts: options.with_facts,
        with_evidence: options.with_evidence,
        only: options.schemas.clone(),
        began_at,
        counted_at: None,
        tables,
        elsewhere: Vec::new(),
        astray: Vec::new(),
        digest: String::new(),
        proof: String::new(),
    })
}

/// Counts what is left, of all tables in one snapshot.
pub(super) async fn finish(
    work: &mut Work<'_>,
    specs: &Database,
    doomed: &[Doomed<'_>],
    options: &EraseOptions,
    erasure: &mut Erasure,
) -> Result<(), LifecycleError> {
    work.ask(async |connection, tenant| {
        let (_, _, now): (String, String, String) = sqlx::query_as(NOW).fetch_one(&mut *connection).await?;
        for (doomed, table) in doomed.iter().zip(&mut erasure.tables) {
            table.remaining = count(connection, rows_of(doomed), tenant).await?;
            table.undeclared = match doomed.left_over() {
                Some(sql) => count(connection, sql, tenant).await?,
                None => 0,
            };
            table.why = (table.remaining > 0).then(|| doomed.why());
        }
        if let Some(held) = erasure.tables.last_mut() {
            let sql = format!("SELECT count(*) FROM {HELD_TENANTS} WHERE tenant_id = $1");
            held.remaining = count(connection, sql, tenant).await?;
            held.undeclared = held.remaining;
        }
        for table in &mut erasure.tables {
            table.erased = table.before.saturating_sub(table.remaining);
        }
        erasure.elsewhere = elsewhere(connection, specs, doomed, tenant).await?;
        erasure.astray = astray(connection, doomed.iter().map(|doomed| doomed.table), tenant).await?;
        erasure.counted_at = Some(now);
        Ok(())
    })
    .await?;
    erasure.finished = true;
    erasure.dry_run = options.dry_run;
    erasure.sign();
    Ok(())
}

fn counted(table: String, before: u64) -> ErasedTable {
    ErasedTable {
        table,
        before,
        erased: 0,
        remaining: before,
        why: None,
        undeclared: 0,
    }
}

fn rows_of(doomed: &Doomed<'_>) -> String {
    format!(
        "SELECT count(*) FROM {} WHERE tenant_id = $1",
        doomed.table.sql_name()
    )
}

/// The other tables with a tenant column, of schemas that the specs do not know too.
async fn elsewhere(
    connection: &mut PgConnection,
    specs: &Database,
    doomed: &[Doomed<'_>],
    tenant: &TenantId,
) -> Result<Vec<Elsewhere>, LifecycleError> {
    let found: Vec<(String, String)> = sqlx::query_as(WITH_TENANT).fetch_all(&mut *connection).await?;
    let mut others = Vec::new();
    for (schema, relation) in found {
        let table = format!("{schema}.{relation}");
        if table == HELD_TENANTS || doomed.iter().any(|doomed| doomed.table.qualified() == table) {
            continue;
        }
        let quoted = format!("{}.{}", quote_identifier(&schema), quote_identifier(&relation));
        let may_count: bool = sqlx::query_scalar(
            "SELECT has_schema_privilege($1, 'USAGE') AND has_table_privilege($2, 'SELECT')",
        )
        .bind(&schema)
        .bind(&quoted)
        .fetch_one(&mut *connection)
        .await?;
        let sql = format!("SELECT count(*) FROM {quoted} WHERE tenant_id::text = $1");
        let rows = match may_count {
            true => Some(count(connection, sql, tenant).await?),
            false => None,
        };
        others.push(Elsewhere {
            specified: specs.table(&table).is_some(),
            table,
            rows,
        });
    }
    Ok(others)
}
