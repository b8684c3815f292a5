//! An export goes into another database. Everything is held against the manifest, and the database against what is to come,
//! before the first row is written; then tables are written parents first, in batches that are transactions of their own;
//! at the end the rows are read again, and their hashes are those of the manifest.
//!
//! How far it is stands in a journal beside the export, not in the database: an operator's file is no object of the schema.
//! It need not be exact: a row that is there already is passed over, and the comparison at the end finds one that differs.

mod compare;
mod examine;
mod journal;
mod ready;
mod take_over;
mod write;

use std::path::Path;

use serde::Serialize;
use sqlx::PgConnection;
use stellaops_db_spec::model::{Database, Table};

use super::evidence::Evidence;
use super::manifest::Manifest;
use super::{LifecycleError, Listener, Progress, session, tables};
use crate::tenant::TenantId;
use examine::Examined;
use journal::Journal;

/// What is imported, as whom, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Only these schemas, which must be there. Without any, all of the export.
    pub schemas: Vec<String>,
    /// The tenant's id there; none for that of the export. Texts and documents that name the tenant are not changed.
    pub rename: Option<TenantId>,
    /// Whether triggers are switched off in the session, which only a superuser may: retired values are then taken, and
    /// chains as they are, also those whose first rows are gone. Foreign keys are held against the rows at the end.
    pub as_superuser: bool,
    /// Why the tenant is imported, for `stellaops.system_access`.
    pub reason: String,
}

impl ImportOptions {
    /// All of the export, under its own name, with triggers on.
    pub fn new(reason: impl Into<String>) -> Self {
        ImportOptions {
            schemas: Vec::new(),
            rename: None,
            as_superuser: false,
            reason: reason.into(),
        }
    }
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Imported {
    /// The database.
    pub database: String,
    /// The tenant's id there.
    pub tenant: String,
    /// The digest of the manifest.
    pub digest: String,
    /// The tables, parents before children.
    pub tables: Vec<ImportedTable>,
}

/// A table that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImportedTable {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// How many rows it has of the tenant.
    pub rows: u64,
    /// How it compares with the export.
    pub comparison: Comparison,
}

/// How rows compare with those of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Comparison {
    /// They are the same to the byte, but for the tenant where it was renamed.
    Identical,
    /// They are, but for what the database gives such rows anew: the hashes of a renamed tenant's chain, and when its end
    /// was moved.
    IdenticalButForTheChain,
}

/// A table with its file, and whose rows they become.
struct Source<'a> {
    table: &'a Table,
    examined: Examined,
}

/// What all steps know.
struct Task<'a> {
    folder: &'a Path,
    manifest: &'a Manifest,
    tenant: TenantId,
    options: &'a ImportOptions,
}

impl Task<'_> {
    fn is_renamed(&self) -> bool {
        self.tenant.as_str() != self.manifest.tenant
    }
}

/// Imports a tenant from a folder. Run again after it was cut short, it goes on.
///
/// # Errors
/// [`LifecycleError`]. But for [`LifecycleError::Differs`], and for what the database refuses on the way, nothing was
/// written. Rows that differ are not written over: when they are gone, the next run brings them again.
pub async fn import(
    connection: &mut PgConnection,
    specs: &Database,
    folder: &Path,
    options: &ImportOptions,
    listener: Listener<'_>,
) -> Result<Imported, LifecycleError> {
    session::refuse_blind(connection).await?;
    if options.as_superuser {
        session::refuse_ordinary(connection).await?;
    }
    let manifest = examine::manifest(folder)?;
    let schemas = asked(&manifest, options)?;
    let tables = tables::fitting(connection, specs, &schemas).await?;
    let source_tenant = TenantId::new(&manifest.tenant)
        .map_err(|fault| LifecycleError::Damaged(vec![format!("its tenant: {fault}")]))?;
    let task = Task {
        folder,
        manifest: &manifest,
        tenant: options.rename.clone().unwrap_or(source_tenant),
        options,
    };
    let sources = examine::all(&task, &tables)?;
    let mut journal = Journal::open(connection, &task).await?;
    ready::check(connection, specs, &task, &sources, &journal).await?;
    let evidence = Evidence::open(connection, &options.reason).await?;
    let imported = run(connection, &task, &sources, &mut journal, listener).await;
    if matches!(imported, Err(LifecycleError::Differs(_))) {
        journal.forget()?;
    }
    let imported = evidence.close(connection, sources.len(), imported).await?;
    journal.remove()?;
    Ok(imported)
}

fn asked(manifest: &Manifest, options: &ImportOptions) -> Result<Vec<String>, LifecycleError> {
    let absent = options
        .schemas
        .iter()
        .filter(|name| !manifest.schemas.contains(name));
    let faults: Vec<String> = absent.map(|name| format!("it has no schema {name}")).collect();
    match (faults.is_empty(), options.schemas.is_empty()) {
        (false, _) => Err(LifecycleError::Damaged(faults)),
        (true, true) => Ok(manifest.schemas.clone()),
        (true, false) => Ok(options.schemas.clone()),
    }
}

async fn run(
    connection: &mut PgConnection,
    task: &Task<'_>,
    sources: &[Source<'_>],
    journal: &mut Journal,
    listener: Listener<'_>,
) -> Result<Imported, LifecycleError> {
    for (place, source) in sources.iter().enumerate() {
        let name = source.table.qualified();
        if journal.is_done(&name) {
            continue;
        }
        let mut told = |rows| {
            listener(&Progress {
                table: &name,
                rows,
                tables_done: place,
                tables: sources.len(),
            });
        };
        write::table(connection, task, source, &mut told).await?;
        journal.done(&name)?;
    }
    compare::all(connection, task, sources).await
}
