//! Connections at hand.
//!
//! sqlx's pool asks the server for a sign of life each time a connection is given back: one more
//! exchange, and the connection is not free meanwhile. So what has been used with success is kept
//! here, and goes back to the pool only after an error, or once a minute, so that the pool can apply
//! its own limits of age.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

/// How long a connection is kept here before the pool looks at it again.
const RETURN_AFTER: Duration = Duration::from_secs(60);
/// How long a connection may rest before it is asked for a sign of life.
const ASK_AFTER: Duration = Duration::from_secs(10);

/// The connections of one login.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    idle: Arc<Mutex<Vec<Idle>>>,
    /// One permit a connection: whoever waits here gets the next one that is free, in turn.
    permits: Arc<Semaphore>,
    timeout: Duration,
}

struct Idle {
    connection: PoolConnection<Postgres>,
    taken: Instant,
    rested: Instant,
}

/// A connection in use. Dropped without [`InUse::keep`], as on an error or a cancelled call, it goes
/// back to the pool, which clears or closes it.
pub(crate) struct InUse {
    pub(crate) connection: PoolConnection<Postgres>,
    taken: Instant,
    home: Arc<Mutex<Vec<Idle>>>,
    permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(crate) fn new(pool: PgPool) -> Self {
        let number = pool.options().get_max_connections() as usize;
        let timeout = pool.options().get_acquire_timeout();
        Connections {
            pool,
            idle: Arc::new(Mutex::new(Vec::with_capacity(number))),
            permits: Arc::new(Semaphore::new(number.max(1))),
            timeout,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<InUse, Error> {
        let permit = tokio::time::timeout(self.timeout, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| Error::PoolTimeout)?
            .map_err(|_| Error::Connection(sqlx::Error::PoolClosed))?;
        let home = self.idle.clone();
        while let Some(idle) = self.take() {
            let mut connection = idle.connection;
            if idle.rested.elapsed() < ASK_AFTER || connection.ping().await.is_ok() {
                return Ok(InUse {
                    connection,
                    taken: idle.taken,
                    home,
                    permit,
                });
            }
            connection.close_on_drop();
        }
        let connection = self.pool.acquire().await?;
        Ok(InUse {
            connection,
            taken: Instant::now(),
            home,
            permit,
        })
    }

    pub(crate) async fn close(&self) {
        self.permits.close();
        drop(self.idle.lock().map(|mut idle| std::mem::take(&mut *idle)));
        self.pool.close().await;
    }

    fn take(&self) -> Option<Idle> {
        if self.pool.is_closed() {
            return None;
        }
        // The last one given back first: its prepared statements are the warmest.
        self.idle.lock().ok()?.pop()
    }
}

impl InUse {
    /// Gives the connection back after a call that ended well.
    pub(crate) fn keep(self) {
        if self.taken.elapsed() > RETURN_AFTER {
            return;
        }
        if let Ok(mut home) = self.home.lock() {
            home.push(Idle {
                connection: self.connection,
                taken: self.taken,
                rested: Instant::now(),
            });
        }
    }

    /// Closes the connection: what is on it is not to be trusted.
    pub(crate) fn discard(mut self) {
        self.connection.close_on_drop();
    }
}

impl InUse {
    /// Gives the connection up to a transaction, which returns it to the pool when it ends. The permit
    /// goes with it: as long as it is held, nobody waits for this connection in vain.
    pub(crate) fn into_parts(self) -> (PoolConnection<Postgres>, OwnedSemaphorePermit) {
        (self.connection, self.permit)
    }

    /// Ends a call: the connection is kept after success, given back to the pool after an error, and
    /// closed when a scoped statement found no tenant bound, because then its statement cache holds
    /// that text prepared with another type of parameter.
    pub(crate) fn settle<R>(self, result: Result<R, sqlx::Error>) -> Result<R, Error> {
        match result {
            Ok(value) => {
                self.keep();
                Ok(value)
            }
            Err(error) => {
                let error = Error::from(error);
                if matches!(error, Error::NoTenantBound) {
                    self.discard();
                }
                Err(error)
            }
        }
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connections").finish_non_exhaustive()
    }
}
