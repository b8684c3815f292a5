//! What can go wrong with a call, so that a service can act on it.

mod outcome;
mod said;

use stellaops_db_spec::rule;

use crate::query::InvalidCursor;
use crate::table::{TableDescriptor, TakenKey};
use crate::value::{DecodeError, EncodeError};

pub use outcome::Outcome;
pub use said::ServerMessage;
pub(crate) use said::is_about_a_row;
pub use said::spoken;

/// Why a call failed. Texts never hold values of rows. Whether the call may be tried again says
/// [`Error::outcome`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such row, or none that this tenant can see.
    #[error("`{table}` has no such row")]
    NotFound {
        /// `<schema>.<table>`.
        table: &'static str,
    },
    /// The row has another version than the update expected.
    #[error("the row of `{table}` has version {found}, not {expected}")]
    VersionConflict {
        /// `<schema>.<table>`.
        table: &'static str,
        /// The version that was expected.
        expected: i64,
        /// The version that was found.
        found: i64,
    },
    /// The lease of a row of a queue is another worker's by now, or nobody's: the row was ended or taken over.
    #[error("the lease of the row of `{table}` is lost: it was ended, or another worker has it")]
    LeaseLost {
        /// `<schema>.<table>`.
        table: &'static str,
    },
    /// The connection that held an advisory lock is gone, and the lock with it.
    #[error("the lock `{name}` is lost: the connection that held it has ended")]
    LockLost {
        /// The lock's name.
        name: String,
    },
    /// A worker cannot have that name.
    #[error("`{name}` is no name for a worker: it is not empty, and does not begin with `@`")]
    WorkerName {
        /// What was given.
        name: String,
    },
    /// A consumer cannot have that name.
    #[error(
        "`{name}` is no name for a consumer: it is not blank, has no control characters, and has at most 200 characters"
    )]
    ConsumerName {
        /// What was given.
        name: String,
    },
    /// A unique key is taken.
    #[error("`{constraint}`: {}", about_key(key.as_ref()))]
    UniqueViolation {
        /// The constraint, or the index of a key that holds for some rows.
        constraint: String,
        /// The key as the table's spec declares it; none where the constraint is not of the verb's own table, and
        /// for SQL of your own.
        key: Option<TakenKey>,
    },
    /// A reference points at no row of this tenant, or a row is still pointed at.
    #[error("`{constraint}`: {}", about_reference(*.parent))]
    ForeignKeyViolation {
        /// The constraint.
        constraint: String,
        /// `<schema>.<table>` of the row that is pointed at and does not exist for this tenant; none when
        /// a row is still pointed at.
        parent: Option<&'static str>,
    },
    /// A row breaks a CHECK of the table.
    #[error("`{constraint}`: the row breaks a check of its table")]
    CheckViolation {
        /// The constraint.
        constraint: String,
    },
    /// The row's month has no partition: too far ahead, not maintained, or detached already.
    #[error(
        "`{table}` has no partition for the month of this row: make the next months with `maintain_partitions` of a system scope, `stellaops-db partitions`, or by applying the schema's file again; a month past the retention has no place any more"
    )]
    NoPartition {
        /// `<schema>.<table>`.
        table: String,
    },
    /// The status does not lead to that one.
    #[error("illegal transition: {message}")]
    IllegalTransition {
        /// What the database said.
        message: String,
    },
    /// The value of an enum is retired: rows that hold it keep it, and no row gets it.
    #[error("retired value: {message}")]
    RetiredValue {
        /// What the database said.
        message: String,
    },
    /// A second tenant was bound in a transaction.
    #[error("this transaction is bound to another tenant already")]
    AnotherTenantBound,
    /// No tenant is bound where a row was looked at.
    #[error("no tenant is bound")]
    NoTenantBound,
    /// The database refused the statement for this role.
    #[error("the database refused: {message}")]
    Denied {
        /// What the database said.
        message: String,
    },
    /// A row of a bulk verb was refused, so that nothing of the call takes effect.
    #[error("row {position} of the input is refused: {reason}")]
    RefusedRow {
        /// Its position in the input, counted from zero.
        position: u64,
        /// Why.
        #[source]
        reason: Box<Error>,
    },
    /// What gives a bulk verb its rows failed, so that nothing of the call takes effect.
    #[error("the source of the rows failed: {0}")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A value cannot be sent.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A row is not what the table says.
    #[error("a row of `{table}` cannot be read: {cause}")]
    Decode {
        /// `<schema>.<table>`.
        table: &'static str,
        /// What is wrong with it.
        cause: DecodeError,
    },
    /// A row of a query does not fit what it is read into.
    #[error("a row of the query cannot be read as `{row}`: {cause}")]
    QueryRow {
        /// The struct, or how long the tuple is.
        row: &'static str,
        /// What does not fit.
        cause: DecodeError,
    },
    /// One row was asked for, and there was none or more than one.
    #[error("one row was asked for, and the query has {number}")]
    RowNumber {
        /// How many there were.
        number: usize,
    },
    /// A query in a scope of the system login, which row-level security does not hold.
    #[error(
        "the system login sees through row-level security, so that a query would see all tenants: run it with `database.tenant(…).query(…)`"
    )]
    QueryAsSystem,
    /// A query is no statement on data.
    #[error(
        "a query begins with `{word}`, and is SELECT, WITH, VALUES, TABLE, INSERT, UPDATE, DELETE or MERGE: transactions begin with `scope.begin()`, and the session's settings are the toolkit's"
    )]
    QueryStatement {
        /// Its first word.
        word: String,
    },
    /// A query names more parameters than there are values, or fewer.
    #[error("the query names parameters up to ${named}, and the values that are bound are {bound}")]
    QueryParameters {
        /// The number of its last parameter.
        named: usize,
        /// The number of the values.
        bound: usize,
    },
    /// The cursor belongs to another query or tenant, or is none.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// More rows, or a longer lease, than a call takes.
    #[error("{what}: {number} is out of range ({range})")]
    OutOfRange {
        /// What was asked for.
        what: &'static str,
        /// How much.
        number: i64,
        /// What is taken.
        range: &'static str,
    },
    /// The transaction was committed or rolled back already.
    #[error("the transaction has ended")]
    TransactionEnded,
    /// A lock was asked for outside a transaction, where it would end with its own statement.
    #[error("a row is locked until its transaction ends, and there is none: begin one with `scope.begin()`")]
    LockOutsideTransaction,
    /// An operation of the transaction failed, or was left before its answer came, so that nothing of
    /// the transaction takes effect.
    #[error("an operation of the transaction failed, so nothing of it takes effect")]
    TransactionFailed,
    /// The configuration names no system login.
    #[error("there is no system login: set `system_url` in the configuration")]
    NoSystemLogin,
    /// The configuration names no replica.
    #[error("there is no replica: set `replica_url` in the configuration")]
    NoReplica,
    /// No connection became free in time, or none could be made in time. Nothing was sent.
    #[error("no connection became free in time")]
    PoolTimeout,
    /// No connection could be made: the server is away, or starts. Nothing was sent. That it refuses the login is
    /// [`Error::Database`].
    #[error("the database cannot be reached: {}", crate::error::spoken(.0))]
    Unreachable(sqlx::Error),
    /// A write in a transaction, or on a server, that only reads.
    #[error("nothing can be written here: {message}")]
    ReadOnly {
        /// What the database said.
        message: String,
    },
    /// A statement ran into its time limit or was cancelled. Nothing of it has taken effect.
    #[error("the statement was cancelled: {message}")]
    Cancelled {
        /// What the database said.
        message: String,
    },
    /// A lock that somebody else has was waited for in vain, or was not to be waited for. Nothing of the statement
    /// has taken effect.
    #[error("somebody else has the lock: {message}")]
    LockTimeout {
        /// What the database said.
        message: String,
    },
    /// The server has no room: its disk is full, or its memory, or it has no more connections. Nothing of the
    /// statement has taken effect.
    #[error("the server has no room: {message}")]
    OutOfResources {
        /// What the database said.
        message: String,
    },
    /// Serialization failure or deadlock: the same unit of work may be tried again.
    #[error("the database asks to try again: {message}")]
    Retry {
        /// What the database said.
        message: String,
    },
    /// A prepared statement is not where it was made: a pooler of transactions is in between that does not keep
    /// prepared statements. Nothing of the call has taken effect.
    #[error(
        "a prepared statement is lost: {message}; behind PgBouncer, `max_prepared_statements` must not be 0, and the version at least 1.21"
    )]
    PreparedStatementLost {
        /// What the database said.
        message: String,
    },
    /// The connection failed; whether the statement took effect is not known.
    #[error("the connection failed: {}", crate::error::spoken(.0))]
    Connection(sqlx::Error),
    /// Anything else that the database said; also that it does not let the login in: a wrong password, role or database.
    #[error("the database said: {0}")]
    Database(ServerMessage),
    /// The memory twin was asked for what only the database does.
    #[error("not in memory: {what}; test it on PostgreSQL, with `stellaops_db::testing`")]
    NotInMemory {
        /// What it would have to do.
        what: String,
    },
    /// The driver failed before or behind the database.
    #[error("the driver failed: {0}")]
    Driver(sqlx::Error),
}

fn about_key(key: Option<&TakenKey>) -> String {
    match key {
        Some(key) => format!("{key} is taken"),
        None => "the key is taken".into(),
    }
}

fn about_reference(parent: Option<&str>) -> String {
    match parent {
        Some(parent) => format!("the row of `{parent}` that it points at does not exist for this tenant"),
        None => "the row is still pointed at".into(),
    }
}

impl Error {
    /// The code of the rule that was broken, as `stellaops-db explain` takes it; none where nothing but
    /// the moment was wrong, or where the database alone knows why.
    ///
    /// ```
    /// let error = stellaops_db::Error::NoTenantBound;
    /// assert_eq!(error.code(), Some("SDB0803"));
    /// ```
    pub fn code(&self) -> Option<&'static str> {
        let rule = match self {
            Error::NoTenantBound => rule::TENANT_BOUND,
            Error::AnotherTenantBound => rule::ONE_TENANT,
            Error::IllegalTransition { .. } => rule::STEPS_LEGAL,
            Error::RetiredValue { .. } => rule::RETIRED_STAYS_OLD,
            Error::ForeignKeyViolation { .. } => rule::REFERENCE_OWN_TENANT,
            Error::CheckViolation { .. } => rule::VALUES_CHECKED,
            Error::Cursor(InvalidCursor::AnotherQuery) => rule::CURSOR_FOREIGN,
            Error::Cursor(InvalidCursor::NotSigned) => rule::CURSOR_SIGNED,
            Error::Cursor(InvalidCursor::Malformed | InvalidCursor::AnotherVersion) => rule::CURSOR_FORM,
            Error::LockOutsideTransaction => rule::LOCK_IN_TRANSACTION,
            Error::OutOfRange { .. } => rule::NUMBER_RANGE,
            Error::VersionConflict { .. } => rule::VERSION_EXPECTED,
            Error::LeaseLost { .. } | Error::WorkerName { .. } => rule::LEASE_HELD,
            Error::NoSystemLogin => rule::SYSTEM_LOGIN,
            Error::TransactionEnded => rule::TRANSACTION_OPEN,
            Error::TransactionFailed => rule::TRANSACTION_WHOLE,
            Error::Encode(error) if matches!(error.cause(), EncodeError::Nul) => rule::NO_NUL,
            Error::Decode {
                cause: DecodeError::Json { .. },
                ..
            } => rule::DOCUMENT_READABLE,
            Error::RefusedRow { reason, .. } => return reason.code(),
            Error::QueryRow { .. } => rule::RESULT_FITS,
            Error::QueryAsSystem => rule::QUERY_UNDER_POLICIES,
            Error::QueryStatement { .. } | Error::QueryParameters { .. } => rule::QUERY_STATEMENT,
            _ => return None,
        };
        Some(rule.code)
    }

    /// A word for the kind of error, for metrics and traces: `unique_violation`, `pool_timeout`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Error::NotFound { .. } => "not_found",
            Error::VersionConflict { .. } => "version_conflict",
            Error::LeaseLost { .. } => "lease_lost",
            Error::LockLost { .. } => "lock_lost",
            Error::WorkerName { .. } => "worker_name",
            Error::ConsumerName { .. } => "consumer_name",
            Error::UniqueViolation { .. } => "unique_violation",
            Error::ForeignKeyViolation { .. } => "foreign_key_violation",
            Error::CheckViolation { .. } => "check_violation",
            Error::NoPartition { .. } => "no_partition",
            Error::IllegalTransition { .. } => "illegal_transition",
            Error::RetiredValue { .. } => "retired_value",
            Error::AnotherTenantBound => "another_tenant_bound",
            Error::NoTenantBound => "no_tenant_bound",
            Error::Denied { .. } => "denied",
            Error::RefusedRow { .. } => "refused_row",
            Error::Source(_) => "source",
            Error::Encode(_) => "encode",
            Error::Decode { .. } | Error::QueryRow { .. } | Error::RowNumber { .. } => "decode",
            Error::QueryAsSystem | Error::QueryStatement { .. } | Error::QueryParameters { .. } => "query",
            Error::Cursor(_) => "cursor",
            Error::OutOfRange { .. } => "out_of_range",
            Error::TransactionEnded => "transaction_ended",
            Error::LockOutsideTransaction => "lock_outside_transaction",
            Error::TransactionFailed => "transaction_failed",
            Error::NoSystemLogin => "no_system_login",
            Error::NoReplica => "no_replica",
            Error::PoolTimeout => "pool_timeout",
            Error::ReadOnly { .. } => "read_only",
            Error::Unreachable(_) => "unreachable",
            Error::Cancelled { .. } => "cancelled",
            Error::LockTimeout { .. } => "lock_timeout",
            Error::OutOfResources { .. } => "out_of_resources",
            Error::Retry { .. } => "retry",
            Error::PreparedStatementLost { .. } => "prepared_statement_lost",
            Error::Connection(_) => "connection",
            Error::Database(_) => "database",
            Error::NotInMemory { .. } => "not_in_memory",
            Error::Driver(_) => "driver",
        }
    }

    /// Whether a prepared statement of the connection fails again and again: it was prepared with another
    /// type of parameter, or before its tables got other columns.
    pub(crate) fn is_of_stale_statement(&self) -> bool {
        match self {
            Error::NoTenantBound | Error::PreparedStatementLost { .. } => true,
            Error::Database(said) => said.is_of_stale_plan,
            _ => false,
        }
    }

    /// Of a row of that table that was to be written: names the key that is taken, or the parent that its
    /// reference misses.
    pub(crate) fn of_row(self, table: &'static TableDescriptor) -> Self {
        match self {
            Error::UniqueViolation { constraint, .. } => Error::UniqueViolation {
                key: table.taken_key(&constraint),
                constraint,
            },
            Error::ForeignKeyViolation { constraint, .. } => {
                let mut references = table.references.iter();
                let broken = references.find(|reference| reference.constraint == constraint);
                Error::ForeignKeyViolation {
                    parent: broken.map(|reference| reference.parent),
                    constraint,
                }
            }
            other => other,
        }
    }
}
