//! A tenant is erased: children before parents, in batches that are transactions of their own, so that it can be cut short
//! and run again. What a spec says is never deleted stays, and with it what it points at.
//!
//! The proof counts again, in one snapshot behind it all, every table of the database that has a tenant column.

mod fate;
mod proof;
mod report;
mod work;

use std::path::{Path, PathBuf};

use sqlx::PgConnection;
use stellaops_db_spec::model::{Database, Table};

use super::evidence::Evidence;
use super::tables::{self, Tables};
use super::{LifecycleError, Listener, Progress, session};
use crate::tenant::TenantId;
use fate::{Doomed, Fate};
pub use report::{ERASURE_FORMAT, Elsewhere, ErasedTable, Erasure};
use work::Work;

/// What is erased, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EraseOptions {
    /// Only these schemas, which must be there. Without any, all of the specs that the database has.
    pub schemas: Vec<String>,
    /// Whether rows are erased that are append-only, never deleted or within their retention. Their triggers are switched
    /// off in the session for it, which only a superuser may.
    pub with_facts: bool,
    /// Whether hash chains and the tenant's entry in the registry are erased, too. Only beside `with_facts`.
    pub with_evidence: bool,
    /// Whether all is done in one transaction, and undone: what would remain is known exactly. Rows stay locked until then.
    pub dry_run: bool,
    /// Where the proof is written, `erasure-<tenant>.json`.
    pub folder: PathBuf,
    /// Why the tenant is erased, for `stellaops.system_access`.
    pub reason: String,
}

impl EraseOptions {
    /// What may be deleted, of all schemas, with the proof in this folder.
    pub fn new(folder: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        EraseOptions {
            schemas: Vec::new(),
            with_facts: false,
            with_evidence: false,
            dry_run: false,
            folder: folder.into(),
            reason: reason.into(),
        }
    }
}

/// Erases a tenant and gives the proof, which is written to a file as well: how many rows there were, how many are left,
/// and why. Run again after it was cut short, it goes on; the proof then counts from the first run. A dry run writes no
/// proof.
///
/// # Errors
/// [`LifecycleError`]. Rows that remain without having been declared are no error, they are the answer:
/// [`Erasure::is_complete`].
pub async fn erase(
    connection: &mut PgConnection,
    specs: &Database,
    tenant: &TenantId,
    options: &EraseOptions,
    listener: Listener<'_>,
) -> Result<Erasure, LifecycleError> {
    session::refuse_blind(connection).await?;
    if options.with_facts {
        session::refuse_ordinary(connection).await?;
    }
    let tables = tables::fitting(connection, specs, &options.schemas).await?;
    let evidence = Evidence::open(connection, &options.reason).await?;
    let erased = run(connection, specs, &tables, tenant, options, listener).await;
    evidence.close(connection, tables.all.len(), erased).await
}

async fn run(
    connection: &mut PgConnection,
    specs: &Database,
    tables: &Tables<'_>,
    tenant: &TenantId,
    options: &EraseOptions,
    listener: Listener<'_>,
) -> Result<Erasure, LifecycleError> {
    let doomed = doomed(tables, options);
    let mut work = Work::begin(connection, tenant, options).await?;
    let mut erasure = proof::begin(&mut work, &doomed, tenant, options).await?;
    let path = match options.dry_run {
        true => None,
        false => Some(erasure.take_up(&options.folder)?),
    };
    if let Some(path) = &path {
        erasure.write(path)?;
    }
    erase_rows(&mut work, &doomed, listener).await?;
    proof::finish(&mut work, specs, &doomed, options, &mut erasure).await?;
    work.end().await?;
    if let Some(path) = &path {
        erasure.write(path)?;
        erasure.proof = path.display().to_string();
    }
    Ok(erasure)
}

/// Each table with what is erased of it, children before parents.
fn doomed<'a>(tables: &Tables<'a>, options: &EraseOptions) -> Vec<Doomed<'a>> {
    let mut doomed: Vec<Doomed<'_>> = Vec::new();
    for table in tables.all.iter().rev().copied() {
        let fate = Fate::of(table, options);
        let remaining: Vec<&Table> = doomed
            .iter()
            .filter(|other| other.may_remain())
            .map(|other| other.table)
            .collect();
        doomed.push(Doomed::new(table, fate, &remaining));
    }
    doomed
}

async fn erase_rows(
    work: &mut Work<'_>,
    doomed: &[Doomed<'_>],
    listener: Listener<'_>,
) -> Result<(), LifecycleError> {
    let doomed_count = doomed.len();
    for (place, doomed) in doomed.iter().enumerate() {
        let name = doomed.table.qualified();
        let mut rows = 0;
        let mut told = |rows| {
            listener(&Progress {
                table: &name,
                rows,
                tables_done: place,
                tables: doomed_count,
            });
        };
        told(rows);
        let Some(batch) = doomed.batch() else { continue };
        loop {
            let erased = work.execute(&batch).await?;
            rows += erased;
            told(rows);
            if erased == 0 || !doomed.is_batched() {
                break;
            }
        }
    }
    work.execute(proof::HELD).await.map(drop)
}

/// `erasure-<tenant>.json`, `erasure-<tenant>-2.json`: a proof that is whole is never written over.
fn proof_path(folder: &Path, tenant: &str, number: u32) -> PathBuf {
    let plain = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let tenant: String = tenant.bytes().map(plain).collect();
    folder.join(match number {
        1 => format!("erasure-{tenant}.json"),
        _ => format!("erasure-{tenant}-{number}.json"),
    })
}
