//! What became of a call that failed, and whether it may be tried again.

use crate::error::Error;

/// What became of a call that failed: of all that it was to do, or of the transaction that it was a part of.
///
/// | error | outcome |
/// |---|---|
/// | [`PoolTimeout`](Error::PoolTimeout), [`Unreachable`](Error::Unreachable): nothing was sent | [`TryAgain`](Outcome::TryAgain) |
/// | [`Retry`](Error::Retry): serialization failure, deadlock | `TryAgain` |
/// | [`Cancelled`](Error::Cancelled), [`LockTimeout`](Error::LockTimeout): a time limit, a lock | `TryAgain` |
/// | [`OutOfResources`](Error::OutOfResources): a full disk, no memory | `TryAgain` |
/// | [`PreparedStatementLost`](Error::PreparedStatementLost) | `TryAgain` |
/// | [`Database`](Error::Database) with 0A000, "cached plan must not change result type": a table got other columns | `TryAgain` |
/// | [`Connection`](Error::Connection): it broke before the answer came, or 40003 | [`Unknown`](Outcome::Unknown) |
/// | [`Driver`](Error::Driver), [`Decode`](Error::Decode), [`QueryRow`](Error::QueryRow), [`RowNumber`](Error::RowNumber): the answer cannot be read | `Unknown` |
/// | [`LockLost`](Error::LockLost): what the protected work did until then is its own | `Unknown` |
/// | all others, as [`Database`](Error::Database) for a wrong password, role or database | [`Refused`](Outcome::Refused) |
///
/// What runs many calls, as a relay or a worker does, tells of the call that failed; those before it took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing took effect, and only the moment was wrong: the same call may be tried again, after a pause, and not
    /// for ever. In a transaction it is the whole transaction that is tried again.
    TryAgain,
    /// Nothing took effect, and it is refused again as long as neither the call nor what is stored changes.
    Refused,
    /// It took effect or not. Look before trying again, unless doing it twice is as good as doing it once.
    Unknown,
}

impl Error {
    /// Whether something took effect, and whether the call may be tried again: see the table at [`Outcome`].
    ///
    /// ```
    /// use stellaops_db::{Error, Outcome};
    ///
    /// assert_eq!(Error::PoolTimeout.outcome(), Outcome::TryAgain);
    /// assert_eq!(Error::NoTenantBound.outcome(), Outcome::Refused);
    /// ```
    pub fn outcome(&self) -> Outcome {
        match self {
            Error::PoolTimeout
            | Error::Unreachable(_)
            | Error::Retry { .. }
            | Error::Cancelled { .. }
            | Error::LockTimeout { .. }
            | Error::OutOfResources { .. }
            | Error::PreparedStatementLost { .. } => Outcome::TryAgain,
            // The connection is closed, or its prepared statements are forgotten: the next one is of the new columns.
            Error::Database(said) if said.is_of_stale_plan => Outcome::TryAgain,
            // The program has closed the database: nothing is sent any more.
            Error::Connection(sqlx::Error::PoolClosed) => Outcome::Refused,
            Error::Connection(_)
            | Error::Driver(_)
            | Error::Decode { .. }
            | Error::QueryRow { .. }
            | Error::RowNumber { .. }
            | Error::LockLost { .. } => Outcome::Unknown,
            Error::RefusedRow { reason, .. } => reason.outcome(),
            Error::NotFound { .. }
            | Error::VersionConflict { .. }
            | Error::LeaseLost { .. }
            | Error::WorkerName { .. }
            | Error::ConsumerName { .. }
            | Error::UniqueViolation { .. }
            | Error::ForeignKeyViolation { .. }
            | Error::CheckViolation { .. }
            | Error::NoPartition { .. }
            | Error::IllegalTransition { .. }
            | Error::RetiredValue { .. }
            | Error::AnotherTenantBound
            | Error::NoTenantBound
            | Error::Denied { .. }
            | Error::Source(_)
            | Error::Encode(_)
            | Error::QueryAsSystem
            | Error::QueryStatement { .. }
            | Error::QueryParameters { .. }
            | Error::Cursor(_)
            | Error::OutOfRange { .. }
            | Error::TransactionEnded
            | Error::LockOutsideTransaction
            | Error::TransactionFailed
            | Error::NoSystemLogin
            | Error::NoReplica
            | Error::ReadOnly { .. }
            | Error::Database(_)
            | Error::NotInMemory { .. } => Outcome::Refused,
        }
    }

    /// Whether the same call may be tried again as it is, after a pause: nothing of it has taken effect, and only
    /// the moment was wrong. [`Error::outcome`] tells the rest apart.
    pub fn is_retryable(&self) -> bool {
        self.outcome() == Outcome::TryAgain
    }

    /// Whether waiting may mend it, for programs that work until they are stopped: the server is away or busy, or lets
    /// the login not in. It was let in before: its password is being changed, or its database put in another's place.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Error::Connection(_) | Error::LockLost { .. } => true,
            Error::Database(said) if said.refuses_login() => true,
            Error::PreparedStatementLost { .. } => false,
            _ => self.is_retryable(),
        }
    }
}
