//! What the driver and the server say of a failure, in our words.

use sqlx::postgres::{PgDatabaseError, PgSeverity};
use stellaops_db_spec::ddl::sqlstate;

use crate::error::Error;

/// What the server said of an error, without what it quotes of rows: its detail and its context are
/// dropped, and so is a message about a value that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (SQLSTATE {code})")]
#[non_exhaustive]
pub struct ServerMessage {
    /// The SQLSTATE.
    pub code: String,
    /// The message.
    pub message: String,
    /// Whether a prepared statement would give other columns than when it was prepared, because its tables have changed.
    pub(super) is_of_stale_plan: bool,
}

impl ServerMessage {
    /// Whether the server does not let a login in: a wrong password, no such role, no such database.
    pub(super) fn refuses_login(&self) -> bool {
        is_of_refused_login(&self.code)
    }
}

impl Error {
    /// Of a connection that was to be made or taken from the pool, so that nothing was sent.
    pub(crate) fn of_acquiring(error: sqlx::Error) -> Self {
        if let Some(refusal) = refused_login(&error) {
            return Error::Database(refusal);
        }
        match Error::from(error) {
            // The program closed it.
            closed @ Error::Connection(sqlx::Error::PoolClosed) => closed,
            Error::Connection(error) | Error::Driver(error) => Error::Unreachable(error),
            other => other,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // The driver's error holds the server's detail, which quotes rows: it is never passed on.
            sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
                Some(said) if is_end_unknown(said) => {
                    Error::Connection(sqlx::Error::Protocol(message(said).to_string()))
                }
                Some(said) => from_server(said).unwrap_or_else(|| Error::Database(message(said))),
                None => Error::Driver(sqlx::Error::Protocol("another database answered".into())),
            },
            sqlx::Error::PoolTimedOut => Error::PoolTimeout,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Error::Connection(error),
            _ => Error::Driver(error),
        }
    }
}

/// The errors that mean something of their own, by SQLSTATE: PostgreSQL's (appendix A of its manual),
/// and those that the generated SQL raises.
fn from_server(said: &PgDatabaseError) -> Option<Error> {
    let constraint = || said.constraint().unwrap_or("unknown").to_string();
    let message = || said.message().to_string();
    Some(match said.code() {
        sqlstate::NO_TENANT_BOUND => Error::NoTenantBound,
        sqlstate::ILLEGAL_TRANSITION => Error::IllegalTransition { message: message() },
        sqlstate::RETIRED_VALUE => Error::RetiredValue { message: message() },
        sqlstate::CHECK_VIOLATION if said.constraint() == Some(sqlstate::ONE_TENANT_PER_TRANSACTION) => {
            Error::AnotherTenantBound
        }
        // A violated check has a name; a row without a partition has none.
        sqlstate::CHECK_VIOLATION if said.constraint().is_none() => Error::NoPartition {
            table: [said.schema(), said.table()]
                .map(Option::unwrap_or_default)
                .join("."),
        },
        sqlstate::CHECK_VIOLATION => Error::CheckViolation {
            constraint: constraint(),
        },
        "23505" => Error::UniqueViolation {
            constraint: constraint(),
            key: None,
        },
        // RESTRICT has a code of its own since PostgreSQL 18.
        "23503" | "23001" => Error::ForeignKeyViolation {
            constraint: constraint(),
            parent: None,
        },
        "42501" | sqlstate::APPEND_ONLY | sqlstate::UNDELETABLE | sqlstate::KEPT => {
            Error::Denied { message: message() }
        }
        "57014" => Error::Cancelled { message: message() },
        "55P03" => Error::LockTimeout { message: message() },
        "25P02" => Error::TransactionFailed,
        "25006" => Error::ReadOnly { message: message() },
        "40001" | "40P01" => Error::Retry { message: message() },
        "26000" | "42P05" => Error::PreparedStatementLost { message: message() },
        // Insufficient resources.
        code if code.starts_with("53") => Error::OutOfResources { message: message() },
        _ => return None,
    })
}

/// What the server said, or the driver: without the line of the server's own source, which the driver's text ends with.
pub fn spoken(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(said) => said.message().to_owned(),
        other => other.to_string(),
    }
}

/// Whether the database refuses a statement because of a row's values: class 22 (a value does not fit), 23 (a
/// constraint) and 54 (a key is too long), and what the generated SQL raises about a row.
pub(crate) fn is_about_a_row(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(said) = error else {
        return false;
    };
    let code = said.code().unwrap_or_default();
    match code.as_ref() {
        sqlstate::ILLEGAL_TRANSITION | sqlstate::RETIRED_VALUE | sqlstate::KEPT => true,
        _ if said.constraint() == Some(sqlstate::ONE_TENANT_PER_TRANSACTION) => false,
        code => ["22", "23", "54"].iter().any(|class| code.starts_with(class)),
    }
}

/// Class 08, `statement_completion_unknown`, and whatever ends the session: an administrator's command, a crash, a
/// shutdown, a time limit on sessions.
fn is_end_unknown(said: &PgDatabaseError) -> bool {
    let ends_the_session = matches!(said.severity(), PgSeverity::Fatal | PgSeverity::Panic);
    ends_the_session
        || said.code() == "40003"
        || ["08", "57P"].iter().any(|class| said.code().starts_with(class))
}

/// What the server said of a login that it does not let in.
fn refused_login(error: &sqlx::Error) -> Option<ServerMessage> {
    let said = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    is_of_refused_login(said.code()).then(|| message(said))
}

fn is_of_refused_login(code: &str) -> bool {
    matches!(code, "28P01" | "28000" | "3D000")
}

/// The message may be in another language; the routine that reports it is the same, and reports nothing else.
fn is_of_stale_plan(said: &PgDatabaseError) -> bool {
    let is_named = said.routine() == Some("RevalidateCachedQuery");
    said.code() == "0A000" && (is_named || said.message() == "cached plan must not change result type")
}

/// A message about a value that does not fit (class 22) quotes the value.
fn message(said: &PgDatabaseError) -> ServerMessage {
    let message = match said.code().starts_with("22") {
        true => "a value does not fit, or cannot be computed",
        false => said.message(),
    };
    ServerMessage {
        code: said.code().into(),
        message: message.into(),
        is_of_stale_plan: is_of_stale_plan(said),
    }
}
