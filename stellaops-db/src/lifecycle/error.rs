//! Why an act of a tenant's life cycle does not go on.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::connect::ConnectError;
use crate::error::Error;

/// Why a tenant is not exported, imported or erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LifecycleError {
    /// A schema is asked for that the specs do not have.
    #[error("the specs have no schema `{schema}`; there are {known}")]
    UnknownSchema {
        /// The schema.
        schema: String,
        /// Those that are there.
        known: String,
    },
    /// The database is not as the specs say. Nothing was done.
    #[error("the database does not fit the specs:{}", listed(.0))]
    Misfit(Vec<String>),
    /// The folder is not as its manifest says, or is no export. Nothing was written.
    #[error("the export is damaged:{}", listed(.0))]
    Damaged(Vec<String>),
    /// The database cannot take the tenant as it is. Nothing was written.
    #[error("the database cannot take the tenant:{}", listed(.0))]
    Unready(Vec<String>),
    /// What was imported is not what was exported: somebody else wrote meanwhile, or before.
    #[error("what was imported differs from the export:{}", listed(.0))]
    Differs(Vec<String>),
    /// The database refuses a row of the export. The batches before it are written, and the next run goes on behind them.
    #[error("{table}, {lines}: {cause}", lines = told(.lines))]
    Refused {
        /// The table, `<schema>.<table>`.
        table: String,
        /// The line of its file, from 1; several where rows of a table point at each other.
        lines: RangeInclusive<u64>,
        /// What the database says.
        cause: Box<Error>,
    },
    /// The folder cannot take an export.
    #[error("`{path}` {why}", path = .path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What is in the way.
        why: &'static str,
    },
    /// Triggers are to be switched off, which only a superuser may.
    #[error(
        "triggers that keep rows are to be switched off, and the login `{login}` may not: ask as a superuser"
    )]
    NoSuperuser {
        /// The login.
        login: String,
    },
    /// The login does not see the rows of all tenants.
    #[error(transparent)]
    Blind(#[from] ConnectError),
    /// A file cannot be read or written.
    #[error("`{path}` cannot be read or written: {cause}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The database cannot be reached, or refuses.
    #[error(transparent)]
    Database(#[from] Error),
}

impl LifecycleError {
    /// Whether the answer is no, because of what is there, rather than that something failed.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            LifecycleError::Misfit(_)
                | LifecycleError::Damaged(_)
                | LifecycleError::Unready(_)
                | LifecycleError::Differs(_)
                | LifecycleError::Refused { .. }
                | LifecycleError::Occupied { .. }
                | LifecycleError::NoSuperuser { .. }
        )
    }

    pub(super) fn file(path: &Path, cause: std::io::Error) -> Self {
        LifecycleError::File {
            path: path.to_owned(),
            cause,
        }
    }
}

impl From<sqlx::Error> for LifecycleError {
    fn from(error: sqlx::Error) -> Self {
        LifecycleError::Database(error.into())
    }
}

/// Each fault on a line of its own; of very many the first ones.
fn listed(faults: &[String]) -> String {
    const SHOWN: usize = 50;
    let mut text = String::new();
    for fault in faults.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(fault);
    }
    if faults.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", faults.len() - SHOWN));
    }
    text
}

fn told(lines: &RangeInclusive<u64>) -> String {
    match lines.start() == lines.end() {
        true => format!("line {}", lines.start()),
        false => format!("lines {} to {}", lines.start(), lines.end()),
    }
}
