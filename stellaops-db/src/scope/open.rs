//! An open transaction, shared by its scope and the repositories made from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::{PgConnection, Postgres};
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit};

use crate::connection::InUse;
use crate::error::Error;

/// Whoever holds one can run statements, until the transaction ends for all.
#[derive(Clone)]
pub(crate) struct Open(Arc<Shared>);

struct Shared {
    /// The scope is gone; a call in flight takes the transaction with it.
    is_abandoned: AtomicBool,
    transaction: Mutex<Option<OpenTransaction>>,
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
    pub(crate) async fn begin(in_use: InUse) -> Result<Self, Error> {
        let (connection, permit) = in_use.into_parts();
        let open = OpenTransaction {
            transaction: sqlx::Transaction::begin(connection, None).await?,
            has_failed: false,
            _permit: permit,
        };
        Ok(Open(Arc::new(Shared {
            is_abandoned: AtomicBool::new(false),
            transaction: Mutex::new(Some(open)),
        })))
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
        if open.has_failed {
            open.transaction.rollback().await?;
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

    async fn end(&self) -> Result<OpenTransaction, Error> {
        self.0
            .transaction
            .lock()
            .await
            .take()
            .ok_or(Error::TransactionEnded)
    }
}

impl Statement<'_> {
    /// The connection, for one statement whose result goes to [`Statement::settle`].
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
