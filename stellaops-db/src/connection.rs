//! Connections at hand.
//!
//! sqlx's pool asks the server for a sign of life each time a connection is given back: one more
//! exchange, and the connection is not free meanwhile. So what has been used with success is kept
//! here. It goes back to the pool after an error, after a rest, and once in a while, so that the pool
//! can apply its own limits of age and others who wait for the pool are served.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

/// How long a connection may rest before it is asked for a sign of life.
pub(crate) const ASK_AFTER: Duration = Duration::from_secs(10);

/// How long connections are kept from the pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// From when a connection left the pool, however busy it is.
    used: Duration,
    /// From when it was used last.
    rested: Duration,
}

impl Patience {
    /// Nobody else waits for this pool's connections.
    pub(crate) const OWN_POOL: Patience = Patience {
        used: Duration::from_secs(60),
        rested: ASK_AFTER,
    };
    /// The program's other code takes connections from this pool, too.
    pub(crate) const SHARED_POOL: Patience = Patience {
        used: Duration::from_secs(1),
        rested: Duration::from_millis(200),
    };
}

/// The connections of one login.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    home: Arc<Home>,
    /// One permit a connection: whoever waits here gets the next one that is free, in turn.
    permits: Arc<Semaphore>,
    timeout: Duration,
}

/// Where connections rest.
struct Home {
    patience: Patience,
    resting: Mutex<Resting>,
}

#[derive(Default)]
struct Resting {
    connections: Vec<Idle>,
    /// Whether a task looks after those that rest too long.
    is_watched: bool,
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
    home: Arc<Home>,
    permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(crate) fn new(pool: PgPool, patience: Patience) -> Self {
        let number = pool.options().get_max_connections() as usize;
        let timeout = pool.options().get_acquire_timeout();
        Connections {
            pool,
            home: Arc::new(Home {
                patience,
                resting: Mutex::default(),
            }),
            permits: Arc::new(Semaphore::new(number.max(1))),
            timeout,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<InUse, Error> {
        let permit = tokio::time::timeout(self.timeout, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| Error::PoolTimeout)?
            .map_err(|_| Error::Connection(sqlx::Error::PoolClosed))?;
        let home = self.home.clone();
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
        let connection = self.pool.acquire().await.map_err(Error::of_acquiring)?;
        Ok(InUse {
            connection,
            taken: Instant::now(),
            home,
            permit,
        })
    }

    /// Lets the pool look at the connections that rest, because one was found to be lost: a server that ended has
    /// taken the others with it.
    pub(crate) fn doubt(&self) {
        self.home.give_back();
    }

    pub(crate) async fn close(&self) {
        self.permits.close();
        self.home.give_back();
        self.pool.close().await;
    }

    fn take(&self) -> Option<Idle> {
        if self.pool.is_closed() {
            return None;
        }
        // The last one given back first: its prepared statements are the warmest.
        self.home.lock().connections.pop()
    }
}

impl Home {
    fn lock(&self) -> MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(self: &Arc<Self>, connection: PoolConnection<Postgres>, taken: Instant) {
        let mut resting = self.lock();
        resting.connections.push(Idle {
            connection,
            taken,
            rested: Instant::now(),
        });
        if !resting.is_watched
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            resting.is_watched = true;
            runtime.spawn(watch(Arc::downgrade(self), self.patience.rested));
        }
    }

    /// Gives all that rest back to the pool, which looks at each of them.
    fn give_back(&self) {
        let connections = std::mem::take(&mut self.lock().connections);
        drop(connections);
    }

    /// Gives those back that rested too long, and says whether others are left.
    fn give_back_rested(&self) -> bool {
        let mut resting = self.lock();
        let limit = self.patience.rested;
        let (rested, left) = std::mem::take(&mut resting.connections)
            .into_iter()
            .partition::<Vec<_>, _>(|idle| idle.rested.elapsed() >= limit);
        resting.connections = left;
        resting.is_watched = !resting.connections.is_empty();
        let is_watched = resting.is_watched;
        drop(resting);
        drop(rested);
        is_watched
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // The pool takes connections back in a task, which needs a runtime; without one they are closed.
        if tokio::runtime::Handle::try_current().is_err() {
            for idle in std::mem::take(&mut self.lock().connections) {
                drop(idle.connection.leak());
            }
        }
    }
}

/// Lives as long as connections rest.
async fn watch(home: Weak<Home>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        match home.upgrade() {
            Some(home) if home.give_back_rested() => {}
            _ => return,
        }
    }
}

impl InUse {
    /// Gives the connection back after a call that ended well.
    pub(crate) fn keep(self) {
        if self.taken.elapsed() < self.home.patience.used {
            self.home.receive(self.connection, self.taken);
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
    /// closed when its statement cache holds what fails again: a text prepared with another type of
    /// parameter, so that no tenant was bound, or for a table that has other columns since. When a connection is lost, a server that
    /// ended may have taken the others with it: the pool looks at those that rest.
    pub(crate) fn settle<R>(self, result: Result<R, sqlx::Error>) -> Result<R, Error> {
        match result {
            Ok(value) => {
                self.keep();
                Ok(value)
            }
            Err(error) => {
                let error = Error::from(error);
                match error {
                    _ if error.is_of_stale_statement() => self.discard(),
                    // The tenant is bound once a call: one that is there already was left by a text that
                    // sets `app.tenant_id` for the session.
                    Error::AnotherTenantBound => self.discard(),
                    Error::Connection(_) => self.home.give_back(),
                    _ => {}
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
