//! How far an import into one database is: a file beside the export.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::Task;
use crate::lifecycle::LifecycleError;
use crate::lifecycle::folder::write_atomically;
use crate::lifecycle::manifest::hexadecimal;

/// Another database of the same name is another database.
const TARGET: &str = "SELECT (SELECT system_identifier FROM pg_control_system())::text, oid::text, datname::text FROM pg_database WHERE datname = current_database()";

/// The journal of an import into one database, under one name.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// Whether a run before this one wrote rows.
    pub(super) is_begun: bool,
    entries: Entries,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entries {
    database: String,
    tenant: String,
    digest: String,
    done: Vec<String>,
}

impl Journal {
    /// That of a run before, or a new one, which is not written yet.
    pub(super) async fn open(connection: &mut PgConnection, task: &Task<'_>) -> Result<Self, LifecycleError> {
        let target: (String, String, String) = sqlx::query_as(TARGET).fetch_one(connection).await?;
        let (system, number, database) = target;
        let tenant = task.tenant.as_str();
        let name = Sha256::digest(format!("{system} {number} {database} {tenant}"));
        let path = task
            .folder
            .join(format!("import-{}.json", &hexadecimal(&name)[..16]));
        let before = std::fs::read(&path).ok();
        let before = before.and_then(|text| serde_json::from_slice::<Entries>(&text).ok());
        let before = before.filter(|entries| entries.digest == task.manifest.digest);
        Ok(Journal {
            path,
            is_begun: before.is_some(),
            entries: before.unwrap_or_else(|| Entries {
                database,
                tenant: tenant.to_owned(),
                digest: task.manifest.digest.clone(),
                done: Vec::new(),
            }),
        })
    }

    pub(super) fn is_done(&self, table: &str) -> bool {
        self.entries.done.iter().any(|done| done == table)
    }

    /// Says that rows may be there from now on.
    pub(super) fn begin(&self) -> Result<(), LifecycleError> {
        let text = serde_json::to_string_pretty(&self.entries).expect("maps with text keys always serialize");
        write_atomically(&self.path, &text)
    }

    pub(super) fn done(&mut self, table: &str) -> Result<(), LifecycleError> {
        self.entries.done.push(table.to_owned());
        self.begin()
    }

    /// Rows of tables that were done are not as they were: each table is looked at again.
    pub(super) fn forget(&mut self) -> Result<(), LifecycleError> {
        self.entries.done.clear();
        self.begin()
    }

    /// The import is whole.
    pub(super) fn remove(self) -> Result<(), LifecycleError> {
        std::fs::remove_file(&self.path).map_err(|cause| LifecycleError::file(&self.path, cause))
    }
}
