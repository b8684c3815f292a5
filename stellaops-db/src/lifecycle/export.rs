//! The export of one tenant: a file for each table, all of one snapshot.
//!
//! A snapshot ends with its transaction. So an export that was cut short begins anew: rows of two moments in one folder
//! would be a tenant that never was.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use stellaops_db_spec::model::{Database, Reference, Table, Tenancy};

use super::evidence::Evidence;
use super::folder::{self, Lines};
use super::line::{Layout, text_of};
use super::manifest::{FORMAT, Manifest, ManifestFile, Need};
use super::session::{self, Kind, begin};
use super::tables::{self, Tables};
use super::{LifecycleError, Listener, Progress, TOLD_AFTER};
use crate::tenant::TenantId;

/// What is exported, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Only these schemas, which must be there. Without any, all of the specs that the database has.
    pub schemas: Vec<String>,
    /// Why the tenant is exported, for `stellaops.system_access`.
    pub reason: String,
}

impl ExportOptions {
    /// All schemas, for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        ExportOptions {
            schemas: Vec::new(),
            reason: reason.into(),
        }
    }
}

/// Exports a tenant into a folder: `<schema>.<table>.ndjson` for each table, and `manifest.json` at last. The rows are of
/// one snapshot, in the order of their keys; memory does not grow with their number. Run again after it was cut short,
/// it begins anew.
///
/// # Errors
/// [`LifecycleError`]. Without a manifest, the folder is no export.
pub async fn export(
    connection: &mut PgConnection,
    specs: &Database,
    tenant: &TenantId,
    folder: &Path,
    options: &ExportOptions,
    listener: Listener<'_>,
) -> Result<Manifest, LifecycleError> {
    session::refuse_blind(connection).await?;
    let tables = tables::fitting(connection, specs, &options.schemas).await?;
    folder::prepare(folder)?;
    let evidence = Evidence::open(connection, &options.reason).await?;
    let read = read(connection, &tables, tenant, folder, listener).await;
    let mut manifest = evidence.close(connection, tables.all.len(), read).await?;
    let is_left_out = |name: &String| !manifest.schemas.contains(name);
    manifest.left_out = specs
        .schemas
        .iter()
        .map(|schema| schema.name.clone())
        .filter(is_left_out)
        .collect();
    manifest.digest = manifest.own_digest();
    folder::finish(folder, &manifest)?;
    Ok(manifest)
}

async fn read(
    connection: &mut PgConnection,
    tables: &Tables<'_>,
    tenant: &TenantId,
    folder: &Path,
    listener: Listener<'_>,
) -> Result<Manifest, LifecycleError> {
    let mut snapshot = begin(connection, Kind::Snapshot, tenant).await?;
    let (database, taken_at) = sqlx::query_as(
        "SELECT current_database()::text, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    )
    .fetch_one(&mut *snapshot)
    .await?;
    let (mut files, mut needs) = (Vec::new(), Vec::new());
    for (place, table) in tables.all.iter().enumerate() {
        let name = table.qualified();
        let mut told = |rows| {
            listener(&Progress {
                table: &name,
                rows,
                tables_done: place,
                tables: tables.all.len(),
            });
        };
        files.push(file(&mut snapshot, table, tenant, folder, &mut told).await?);
        for reference in table.references.iter().filter(|reference| leaves(reference)) {
            needs.extend(needed(&mut snapshot, table, reference, tenant).await?);
        }
    }
    snapshot.rollback().await?;
    needs.sort();
    needs.dedup();
    Ok(Manifest {
        format: FORMAT.into(),
        database,
        tenant: tenant.to_string(),
        taken_at,
        schemas: tables.schemas.iter().map(|schema| schema.name.clone()).collect(),
        left_out: tables.absent.clone(),
        files,
        needs,
        digest: String::new(),
    })
}

async fn file(
    connection: &mut PgConnection,
    table: &Table,
    tenant: &TenantId,
    folder: &Path,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<ManifestFile, LifecycleError> {
    let name = format!("{}.ndjson", table.qualified());
    let mut lines = Lines::create(folder.join(&name))?;
    let rows = each_line(connection, table, tenant, &mut |line, rows| {
        if rows % TOLD_AFTER == 0 {
            told(rows);
        }
        lines.write(line)
    })
    .await?;
    told(rows);
    let columns = tables::manifest_columns(table);
    let sensitive = table.fields().into_iter().filter(|column| column.sensitive);
    Ok(ManifestFile {
        table: table.qualified(),
        file: name,
        spec: tables::spec_digest(&columns),
        columns,
        rows,
        bytes: lines.bytes,
        sha256: lines.finish()?,
        sensitive: sensitive.map(|column| column.name.clone()).collect(),
    })
}

/// Gives each row of the tenant as a line, with its end and the number of rows so far. Rows are read from the connection
/// one by one, so that the server waits for the disk.
async fn each_line(
    connection: &mut PgConnection,
    table: &Table,
    tenant: &TenantId,
    taken: &mut (dyn FnMut(&str, u64) -> Result<(), LifecycleError> + Send),
) -> Result<u64, LifecycleError> {
    let (layout, mut line) = (Layout::of(table), String::new());
    each_row(connection, table, tenant, &mut |cells, number| {
        line.clear();
        layout
            .write(cells, &mut line)
            .map_err(|fault| LifecycleError::Misfit(vec![format!("{}: {fault}", table.qualified())]))?;
        line.push('\n');
        taken(&line, number)
    })
    .await
}

/// What takes a row's cells, and its number.
pub(super) type RowTaker<'a> = &'a mut (dyn FnMut(&[Option<&str>], u64) -> Result<(), LifecycleError> + Send);

/// Gives each row of the tenant as the texts of its columns, in the order of the key.
pub(super) async fn each_row(
    connection: &mut PgConnection,
    table: &Table,
    tenant: &TenantId,
    taken: RowTaker<'_>,
) -> Result<u64, LifecycleError> {
    let columns = table.fields().len();
    let mut rows = sqlx::query(AssertSqlSafe(select(table)))
        .bind(tenant.as_str())
        .persistent(false)
        .fetch(connection);
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        let cells: Result<Vec<Option<&str>>, sqlx::Error> =
            (0..columns).map(|place| row.try_get(place)).collect();
        number += 1;
        taken(&cells?, number)?;
    }
    Ok(number)
}

/// In the order of the key, by bytes: the same on every server.
fn select(table: &Table) -> String {
    let texts: Vec<String> = table.fields().into_iter().map(|column| text_of(column)).collect();
    let order = table.key.iter().map(|column| match column.column_type.is_text() {
        true => format!("{} COLLATE \"C\"", column.sql_name()),
        false => column.sql_name(),
    });
    format!(
        "SELECT {} FROM {} WHERE tenant_id = $1 ORDER BY {}",
        texts.join(", "),
        table.sql_name(),
        order.collect::<Vec<_>>().join(", ")
    )
}

/// Whether rows may point at rows that are nobody's own.
fn leaves(reference: &Reference) -> bool {
    reference.parent_tenant.is_some() || reference.parent_tenancy == Tenancy::Global
}

async fn needed(
    connection: &mut PgConnection,
    table: &Table,
    reference: &Reference,
    tenant: &TenantId,
) -> Result<Vec<Need>, LifecycleError> {
    let columns: Vec<String> = reference.columns.iter().map(|column| column.sql_name()).collect();
    let (foreign, parent_tenant) = match &reference.parent_tenant {
        Some(column) => {
            let column = column.sql_name();
            (format!("{column} <> $1"), format!("{column}::text"))
        }
        None => ("true".into(), "NULL::text".into()),
    };
    let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
    let whole: Vec<String> = columns
        .iter()
        .map(|column| format!(" AND {column} IS NOT NULL"))
        .collect();
    let sql = format!(
        "SELECT DISTINCT {parent_tenant}, ARRAY[{}] FROM {} WHERE tenant_id = $1 AND {foreign}{}",
        texts.join(", "),
        table.sql_name(),
        whole.concat()
    );
    let rows: Vec<(Option<String>, Vec<String>)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let parent = format!("{}.{}", reference.parent_schema, reference.parent);
    let needs = rows.into_iter().map(|(of, values)| Need {
        table: parent.clone(),
        tenant: of,
        key: reference
            .parent_columns
            .iter()
            .cloned()
            .zip(values)
            .collect::<BTreeMap<_, _>>(),
        by: table.qualified(),
    });
    Ok(needs.collect())
}
