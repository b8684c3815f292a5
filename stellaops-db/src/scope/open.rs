//! An open transaction, shared by its scope and the repositories made from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use sqlx::postgres::{PgConnection, Postgres};
use sqlx::{Executor as _, SqlSafeStr as _, SqlStr};
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit};

use crate::connection::InUse;
use crate::error::Error;
use crate::scope::to_its_end::ToItsEnd;

/// Whoever holds one can run statements, until the transaction ends for all.
#[derive(Clone)]
pub(crate) struct Open(Arc<Shared>);

struct Shared {
    /// The scope is gone; a call in flight takes the transaction with it.
    is_abandoned: AtomicBool,
    /// An operation of several statements was left in between: what it wrote so far must not be committed.
    is_spoiled: AtomicBool,
    /// How many names were given to temporary tables.
    names: AtomicU32,
    /// How many savepoints were set.
    savepoints: AtomicU32,
    transaction: Mutex<Option<OpenTransaction>>,
}

/// A place in a transaction that can be gone back to.
pub(crate) struct Savepoint {
    open: Open,
    name: String,
    /// Whether a statement before it failed, or was left before its answer came.
    had_failed: bool,
    is_done: bool,
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        // Left in between: half of its work must not be committed.
        if !self.is_done {
            self.open.spoil();
        }
    }
}

struct OpenTransaction {
    transaction: sqlx::Transaction<'static, Postgres>,
    /// Whether a statement failed, or was left before its answer came. PostgreSQL then takes a COMMIT
    /// for a ROLLBACK, without an error.
    has_failed: bool,
    /// As long as it is held, nobody waits for this connection in vain.
    _permit: OwnedSemaphorePermit,
}

/// The transaction during one statement.
pub(crate) struct Statement<'a> {
    open: MutexGuard<'a, Option<OpenTransaction>>,
    is_abandoned: &'a AtomicBool,
    had_failed: bool,
}

impl Open {
    pub(crate) async fn begin(in_use: InUse, words: Option<SqlStr>) -> Result<Self, Error> {
        let (connection, permit) = in_use.into_parts();
        let open = OpenTransaction {
            // A transaction that did not begin has done nothing.
            transaction: ToItsEnd::of(sqlx::Transaction::begin(connection, words))
                .await
                .map_err(Error::of_acquiring)?,
            has_failed: false,
            _permit: permit,
        };
        Ok(Open(Arc::new(Shared {
            is_abandoned: AtomicBool::new(false),
            is_spoiled: AtomicBool::new(false),
            names: AtomicU32::new(0),
            savepoints: AtomicU32::new(0),
            transaction: Mutex::new(Some(open)),
        })))
    }

    /// Sets a savepoint.
    pub(crate) async fn savepoint(&self) -> Result<Savepoint, Error> {
        let number = self.0.savepoints.fetch_add(1, Ordering::SeqCst) + 1;
        let mut savepoint = Savepoint {
            open: self.clone(),
            name: format!("stellaops_{number}"),
            had_failed: false,
            is_done: false,
        };
        savepoint.had_failed = savepoint.run("SAVEPOINT", None).await?;
        Ok(savepoint)
    }

    /// Waits for its turn.
    pub(crate) async fn statement(&self) -> Result<Statement<'_>, Error> {
        let statement = Statement {
            open: self.0.transaction.lock().await,
            is_abandoned: &self.0.is_abandoned,
            had_failed: false,
        };
        match self.0.is_abandoned.load(Ordering::SeqCst) || statement.open.is_none() {
            true => Err(Error::TransactionEnded),
            false => Ok(statement),
        }
    }

    pub(crate) async fn commit(&self) -> Result<(), Error> {
        let open = self.end().await?;
        if open.has_failed || self.0.is_spoiled.load(Ordering::SeqCst) {
            // Nothing was committed, whatever becomes of the rollback: a connection that is lost undoes it as well.
            let _ = open.transaction.rollback().await;
            return Err(Error::TransactionFailed);
        }
        Ok(open.transaction.commit().await?)
    }

    pub(crate) async fn rollback(&self) -> Result<(), Error> {
        Ok(self.end().await?.transaction.rollback().await?)
    }

    /// Ends it without waiting: now, or after the call in flight.
    pub(crate) fn abandon(&self) {
        self.0.is_abandoned.store(true, Ordering::SeqCst);
        if let Ok(mut open) = self.0.transaction.try_lock() {
            drop(open.take());
        }
    }

    /// Says that nothing of it may be committed any more.
    pub(crate) fn spoil(&self) {
        self.0.is_spoiled.store(true, Ordering::SeqCst);
    }

    /// A number that no other temporary table of the transaction has. Counted anew in each transaction, so that
    /// texts of statements are the same again.
    pub(crate) fn next_name(&self) -> u32 {
        self.0.names.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn end(&self) -> Result<OpenTransaction, Error> {
        self.0
            .transaction
            .lock()
            .await
            .take()
            .ok_or(Error::TransactionEnded)
    }
}

impl Savepoint {
    /// Keeps what was done since.
    pub(crate) async fn release(mut self) -> Result<(), Error> {
        self.is_done = true;
        self.run("RELEASE SAVEPOINT", None).await.map(|_| ())
    }

    /// Undoes what was done since; what failed meanwhile is undone with it.
    pub(crate) async fn roll_back(mut self) -> Result<(), Error> {
        self.is_done = true;
        let had_failed = Some(self.had_failed);
        self.run("ROLLBACK TO SAVEPOINT", had_failed).await.map(|_| ())
    }

    /// Says whether something had failed before, or is given what is to be taken for it from now on.
    async fn run(&self, words: &str, had_failed: Option<bool>) -> Result<bool, Error> {
        let sql = sqlx::AssertSqlSafe(format!("{words} {}", self.name)).into_sql_str();
        let mut statement = self.open.statement().await?;
        let result = statement.connection()?.execute(sqlx::raw_sql(sql)).await;
        let had_failed = had_failed.unwrap_or(statement.had_failed);
        statement.had_failed = had_failed;
        statement.settle(result).await.map(|_| had_failed)
    }
}

impl Statement<'_> {
    /// The connection, for what is done at once and whose result goes to [`Statement::settle`].
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        let open = self.open.as_mut().ok_or(Error::TransactionEnded)?;
        self.had_failed = std::mem::replace(&mut open.has_failed, true);
        Ok(&mut open.transaction)
    }

    /// Ends the statement.
    pub(crate) async fn settle<R>(mut self, result: Result<R, sqlx::Error>) -> Result<R, Error> {
        let open = self.open.as_mut().ok_or(Error::TransactionEnded)?;
        match result {
            Ok(value) => {
                open.has_failed = self.had_failed;
                Ok(value)
            }
            Err(error) => {
                let error = Error::from(error);
                if error.is_of_stale_statement() {
                    sqlx::Connection::clear_cached_statements(&mut *open.transaction).await?;
                }
                Err(error)
            }
        }
    }
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        if self.is_abandoned.load(Ordering::SeqCst) {
            drop(self.open.take());
        }
    }
}

impl std::fmt::Debug for Open {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Open").finish_non_exhaustive()
    }
}
