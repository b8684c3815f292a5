//! Units of work: a closure that runs in a transaction, again when the database asks for it.

use std::time::Duration;

use crate::error::Error;
use crate::pause::pause;
use crate::scope::{Session, Transaction};

/// So often a unit of work is tried when nothing else is said.
const ATTEMPTS: u32 = 5;
/// The pause before the second attempt; twice as long before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How much of what others do at the same time a transaction sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// Each statement sees what was committed before it began.
    #[default]
    ReadCommitted,
    /// All statements see what was committed before the first one.
    RepeatableRead,
    /// As if transactions ran one after another; one of two that cannot is asked to try again.
    Serializable,
}

/// A transaction that is about to begin: how isolated it is, how long it waits, how often it is tried.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::{Error, Id, Isolation, TenantScope};
/// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
/// # async fn example(scope: TenantScope, id: Id<GraphJob>) -> Result<(), Error> {
/// let left = scope
///     .transaction()
///     .isolation(Isolation::Serializable)
///     .run(async |transaction| {
///         let jobs = transaction.repository::<GraphJobRepository>();
///         jobs.delete(id).await?;
///         jobs.count([]).await
///     })
///     .await?;
/// # let _: u64 = left;
/// # Ok(()) }
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing begins until `begin` or `run`"]
pub struct UnitOfWork {
    session: Session,
    isolation: Isolation,
    is_read_only: bool,
    statement_timeout: Option<Duration>,
    lock_timeout: Option<Duration>,
    attempts: u32,
}

/// Errors of units of work: those that come from the database say whether the work may be tried again.
pub trait WorkError: From<Error> {
    /// The database's error, if this is one.
    fn database(&self) -> Option<&Error>;
}

impl WorkError for Error {
    fn database(&self) -> Option<&Error> {
        Some(self)
    }
}

impl WorkError for Box<dyn std::error::Error + Send + Sync> {
    fn database(&self) -> Option<&Error> {
        self.downcast_ref()
    }
}

impl UnitOfWork {
    pub(crate) fn new(session: Session) -> Self {
        UnitOfWork {
            session,
            isolation: Isolation::default(),
            is_read_only: false,
            statement_timeout: None,
            lock_timeout: None,
            attempts: ATTEMPTS,
        }
    }

    /// How much it sees of what others do. Default: [`Isolation::ReadCommitted`].
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = isolation;
        self
    }

    /// Writes are refused by the database.
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// How long each statement may take, in place of the configuration's limit; in milliseconds at the least.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How long each lock is waited for, in milliseconds at the least; without it as long as the statement may take.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = Some(timeout);
        self
    }

    /// How often the work is tried at most; 5 when it is not said, and once at the least.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Begins the transaction, for work that is not repeated.
    ///
    /// # Errors
    /// [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin_with(&self.session, self.words()).await
    }

    /// Runs the work in a transaction and commits it. On a serialization failure or a deadlock, [`Error::Retry`],
    /// nothing has taken effect, and the work is run again after a pause of random length: it must do nothing
    /// outside the transaction that cannot be done twice. A lost connection is not tried again, since it is not
    /// known what took effect.
    ///
    /// # Errors
    /// What the work says, after the last attempt; what beginning and committing can say.
    pub async fn run<R, E: WorkError>(
        &self,
        work: impl AsyncFn(&Transaction) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut attempt = 1;
        loop {
            let error = match self.once(&work).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let is_worth_it = matches!(error.database(), Some(Error::Retry { .. }));
            if !is_worth_it || attempt >= self.attempts {
                return Err(error);
            }
            tokio::time::sleep(pause(FIRST_PAUSE, LONGEST_PAUSE, attempt)).await;
            attempt += 1;
        }
    }

    async fn once<R, E: WorkError>(&self, work: &impl AsyncFn(&Transaction) -> Result<R, E>) -> Result<R, E> {
        let transaction = self.begin().await?;
        match work(&transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The work's own error says more than one of the rollback, which closes the connection.
                let _ = transaction.rollback().await;
                Err(error)
            }
        }
    }

    /// The words that begin it: one exchange, whatever they say. They hold numbers only.
    fn words(&self) -> String {
        let isolation = match self.isolation {
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::RepeatableRead => "REPEATABLE READ",
            Isolation::Serializable => "SERIALIZABLE",
        };
        // Where nothing is said, the session's own access holds: on a replica none to write.
        let access = if self.is_read_only { " READ ONLY" } else { "" };
        let mut words = format!("BEGIN ISOLATION LEVEL {isolation}{access}");
        let timeouts = [
            ("statement_timeout", self.statement_timeout),
            ("lock_timeout", self.lock_timeout),
        ];
        for (setting, timeout) in timeouts {
            if let Some(timeout) = timeout {
                // Zero would mean no limit.
                let milliseconds = timeout.as_millis().clamp(1, i32::MAX as u128);
                words.push_str(&format!("; SET LOCAL {setting} = {milliseconds}"));
            }
        }
        words
    }
}
