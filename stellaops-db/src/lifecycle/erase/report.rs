//! The proof of an erasure, and its file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::proof_path;
use crate::lifecycle::LifecycleError;
use crate::lifecycle::astray::Astray;
use crate::lifecycle::folder::write_atomically;
use crate::lifecycle::manifest::digest_without;

/// The form of a proof.
pub const ERASURE_FORMAT: &str = "stellaops-db.tenant-erasure@1";

/// What an erasure did, and what it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Erasure {
    /// [`ERASURE_FORMAT`].
    pub format: String,
    /// Whether it came to its end. One that did not is taken up by the next run.
    pub finished: bool,
    /// Whether everything was undone.
    pub dry_run: bool,
    /// The database.
    pub database: String,
    /// The tenant.
    pub tenant: String,
    /// The login that erased and counted.
    pub login: String,
    /// Why.
    pub reason: String,
    /// Whether facts were erased, too.
    pub with_facts: bool,
    /// Whether evidence was erased, too.
    pub with_evidence: bool,
    /// The only schemas that were asked for; none means all.
    pub only: Vec<String>,
    /// When the rows were first counted, by the database's clock.
    pub began_at: String,
    /// When they were counted last; none while it runs.
    pub counted_at: Option<String>,
    /// The tables that took part, children before parents.
    pub tables: Vec<ErasedTable>,
    /// Other tables of the database that have a tenant column.
    pub elsewhere: Vec<Elsewhere>,
    /// Foreign keys of the tenant's rows whose parent is gone. There should be none.
    pub astray: Vec<Astray>,
    /// SHA-256 of all of the above in canonical JSON (RFC 8785), in hexadecimal digits.
    pub digest: String,
    /// The file it is in; empty for a dry run.
    #[serde(skip)]
    pub proof: String,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ErasedTable {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// The tenant's rows before the first run.
    pub before: u64,
    /// How many of them are gone.
    pub erased: u64,
    /// How many are there.
    pub remaining: u64,
    /// Why rows remain.
    pub why: Option<String>,
    /// How many of those that remain should be gone.
    pub undeclared: u64,
}

/// A table that took no part, and has a tenant column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Elsewhere {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// The tenant's rows; none where the login may not count them.
    pub rows: Option<u64>,
    /// Whether it is a table of the specs, of a schema that was not asked for.
    pub specified: bool,
}

impl Erasure {
    /// Whether nothing remains but what was declared: by the specs, or by leaving a schema out.
    pub fn is_complete(&self) -> bool {
        let is_declared =
            |elsewhere: &Elsewhere| elsewhere.rows == Some(0) || elsewhere.specified && !self.only.is_empty();
        self.finished
            && self.tables.iter().all(|table| table.undeclared == 0)
            && self.elsewhere.iter().all(is_declared)
            && self.astray.is_empty()
    }

    /// The file to write to, with the counts of a run before that was cut short.
    pub(super) fn take_up(&mut self, folder: &Path) -> Result<PathBuf, LifecycleError> {
        for number in 1.. {
            let path = proof_path(folder, &self.tenant, number);
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(path),
                Err(cause) => return Err(LifecycleError::file(&path, cause)),
            };
            let Ok(before) = serde_json::from_str::<Erasure>(&text) else {
                continue;
            };
            if !before.finished && before.database == self.database && before.tenant == self.tenant {
                self.count_from(before);
                return Ok(path);
            }
        }
        unreachable!("there are more numbers than files")
    }

    fn count_from(&mut self, before: Erasure) {
        self.began_at = before.began_at;
        for counted in before.tables {
            if let Some(table) = self.tables.iter_mut().find(|table| table.table == counted.table) {
                table.before = table.before.max(counted.before);
            }
        }
    }

    pub(super) fn sign(&mut self) {
        self.digest = digest_without(self, "digest");
    }

    pub(super) fn write(&mut self, path: &Path) -> Result<(), LifecycleError> {
        self.sign();
        let text = serde_json::to_string_pretty(self).expect("maps with text keys always serialize");
        write_atomically(path, &format!("{text}\n"))
    }
}
