//! The life cycle of one tenant: exported to a folder, imported into another database, and erased with proof of what remained. Everything is read from
//! the specs' model at run time, so that a table that is added tomorrow takes part tomorrow.
//!
//! Each act works as a login that sees the rows of all tenants, `stellaops_system` for one: the tables belong to many
//! schemas, and no application's login sees them all in one snapshot. The tenant is bound all the same, and named by
//! every statement. Who did it and why is kept in `stellaops.system_access`.
//!
//! ```no_run
//! use stellaops_db::TenantId;
//! use stellaops_db::lifecycle::{ExportOptions, export};
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # use sqlx::Connection;
//! let specs = stellaops_db_spec::load("specs".as_ref())?.map_err(|report| report.to_string())?;
//! let mut connection = sqlx::PgConnection::connect("postgres://stellaops_system@localhost/stellaops").await?;
//! let acme = TenantId::new("acme")?;
//! let mut told = |progress: &stellaops_db::lifecycle::Progress<'_>| println!("{}: {}", progress.table, progress.rows);
//! let options = ExportOptions::new("acme moves to another region");
//! let manifest = export(&mut connection, &specs, &acme, "acme".as_ref(), &options, &mut told).await?;
//! println!("{} rows, {}", manifest.rows(), manifest.digest);
//! # Ok(())
//! # }
//! ```

mod astray;
mod erase;
mod error;
mod evidence;
mod export;
mod folder;
mod import;
mod line;
mod manifest;
mod session;
mod tables;

pub use astray::Astray;
pub use erase::{ERASURE_FORMAT, Elsewhere, EraseOptions, ErasedTable, Erasure, erase};
pub use error::LifecycleError;
pub use export::{ExportOptions, export};
pub use import::{Comparison, ImportOptions, Imported, ImportedTable, import};
pub use manifest::{FORMAT, Manifest, ManifestColumn, ManifestFile, Need};

/// How far the work on a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The table, `<schema>.<table>`.
    pub table: &'a str,
    /// How many of its rows are done.
    pub rows: u64,
    /// How many tables were done before it.
    pub tables_done: usize,
    /// How many tables there are.
    pub tables: usize,
}

/// Is told how far the work is, after each batch and each table.
pub type Listener<'a> = &'a mut (dyn FnMut(&Progress<'_>) + Send);

/// After how many rows it is told how far the work is.
const TOLD_AFTER: u64 = 5_000;
