//! The database: two logins, a clock, and the scopes through which everything is reached.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::clock::{Clock, IdSource, SystemClock, UuidV7};
use crate::config::Config;
use crate::connect::{
    ConnectError, look_at_pool, look_at_replica_pool, look_at_system_pool, open, open_replica, open_system,
    probe, refuse_unsafe_role,
};
use crate::connection::{Connections, Patience};
use crate::error::Error;
use crate::guard::{self, Expected};
use crate::pooler;
use crate::query::{CursorKey, CursorKeys};
use crate::scope::{Login, SystemScope, TenantScope};
use crate::telemetry::Slow;
use crate::tenant::TenantId;

/// A database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Database {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) application: Connections,
    pub(crate) system: Option<Connections>,
    pub(crate) replica: Option<Connections>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) cursor_keys: CursorKeys,
    pub(crate) slow: Option<Slow>,
    /// The name of the database, for whoever listens.
    pub(crate) namespace: Arc<str>,
    pool: PgPool,
}

impl Database {
    /// Connects, and refuses an application login that sees through row-level security, a system login that does not,
    /// and a pooler that does not keep prepared statements (see [`Config`]). A server on another machine is spoken to
    /// over TLS and has to prove who it is; where the configuration says otherwise, that is told by `tracing`.
    ///
    /// Then the boot guard looks at the database: a tenant is bound once a transaction, what policies call raises when none
    /// is, each table of tenants that the login can use has forced row-level security
    /// and a restrictive policy for everybody that asks for the bound tenant, and each of [`Config::expecting`] is there
    /// in its shape. It looks at the replica as well. [`Config::without_boot_guard`] leaves that out, and says so.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(config: &Config) -> Result<Self, ConnectError> {
        config.look_at_logins()?;
        let session = config.session(&config.application);
        let mut first = probe(&session).await?;
        refuse_unsafe_role(&mut first).await?;
        guard::look(&mut first, config).await?;
        pooler::look_for(first, &session, config).await?;
        let application = open(config, session.clone()).await?;
        let system = match &config.system {
            Some(options) => Some(open_system(config, options).await?),
            None => None,
        };
        let replica = match &config.replica {
            Some(options) => Some(open_replica(config, options).await?),
            None => None,
        };
        let unscoped = PgPoolOptions::new()
            .max_connections(UNSCOPED_CONNECTIONS)
            .acquire_timeout(config.acquire_timeout)
            .connect_lazy_with(session);
        let application = Connections::new(application, Patience::OWN_POOL);
        if config.cursor_keys.is_empty() {
            tracing::warn!(
                "cursors of pages are bound to their query and tenant, but not signed: set `cursor_keys` (STELLAOPS_DB_CURSOR_KEYS)"
            );
        }
        let database = Database::of(Shared {
            replica,
            ..Database::assemble(application, system, unscoped).parts()
        });
        let database = database.with_cursor_keys(config.cursor_keys.iter().cloned());
        Ok(match config.slow_statement {
            Some(threshold) => database.with_slow_statements(threshold, config.explain_slow),
            None => database,
        })
    }

    /// Uses a pool that the program has already, on one connection of which the login and the database are looked at as by
    /// [`connect`](Database::connect): a login that sees through row-level security is refused, and the boot guard
    /// refuses a database in which a table stands open, or one of `expected` has another shape.
    ///
    /// How its connections are protected is not looked at, and a pooler is not looked for. The pool should keep at least
    /// 1,000 prepared statements a connection (`statement_cache_capacity`) and not ask for a sign of life on acquire
    /// (`test_before_acquire(false)`). Connections that the toolkit has used are kept at hand for up to a second before
    /// they go back to the pool.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::{ConnectError, Database, schema::scheduler};
    /// # async fn example(pool: sqlx::PgPool) -> Result<(), ConnectError> {
    /// let database = Database::from_pool(pool, scheduler::TABLES.iter().copied()).await?;
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn from_pool(
        pool: PgPool,
        expected: impl IntoIterator<Item = Expected>,
    ) -> Result<Self, ConnectError> {
        let expected: Vec<Expected> = expected.into_iter().collect();
        look_at_pool(&pool, &expected).await?;
        Ok(Database::of_pool(pool))
    }

    /// Uses a pool as it is, without I/O: neither its login nor its database is looked at, so that row-level security may
    /// hold nothing back. The reason is told by a `tracing` event of level WARN. For tools and tests; what else
    /// [`from_pool`](Database::from_pool) says of a pool holds here, too.
    pub fn from_pool_unguarded(pool: PgPool, reason: impl Into<String>) -> Self {
        tracing::warn!(
            reason = reason.into(),
            "neither the login of a pool nor its database is looked at"
        );
        Database::of_pool(pool)
    }

    fn of_pool(pool: PgPool) -> Self {
        let application = Connections::new(pool.clone(), Patience::SHARED_POOL);
        Database::assemble(application, None, pool)
    }

    /// Adds the pool of the system login.
    ///
    /// # Errors
    /// [`ConnectError::BlindSystemRole`]: without BYPASSRLS it would see every table empty; what the database can say.
    pub async fn with_system_pool(self, pool: PgPool) -> Result<Self, ConnectError> {
        look_at_system_pool(&pool).await?;
        let system = Some(Connections::new(pool, Patience::SHARED_POOL));
        Ok(Database::of(Shared {
            system,
            ..self.parts()
        }))
    }

    /// Adds a pool of the application's login on a replica, which is looked at as that of [`from_pool`](Database::from_pool).
    /// What is written by mistake has to be refused: by a standby, or by sessions with `default_transaction_read_only`.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn with_replica_pool(
        self,
        pool: PgPool,
        expected: impl IntoIterator<Item = Expected>,
    ) -> Result<Self, ConnectError> {
        let expected: Vec<Expected> = expected.into_iter().collect();
        look_at_replica_pool(&pool, &expected).await?;
        let replica = Some(Connections::new(pool, Patience::SHARED_POOL));
        Ok(Database::of(Shared {
            replica,
            ..self.parts()
        }))
    }

    /// Takes times from this clock.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Database::of(Shared {
            clock: Arc::new(clock),
            ..self.parts()
        })
    }

    /// Takes the ids of new rows from here.
    pub fn with_ids(self, ids: impl IdSource) -> Self {
        Database::of(Shared {
            ids: Arc::new(ids),
            ..self.parts()
        })
    }

    /// Signs cursors with the first of these keys, and takes those that any of them signed. To change the key,
    /// put the new one first and leave the old one behind it as long as its cursors may come back.
    pub fn with_cursor_keys(self, keys: impl IntoIterator<Item = CursorKey>) -> Self {
        Database::of(Shared {
            cursor_keys: CursorKeys(keys.into_iter().collect()),
            ..self.parts()
        })
    }

    /// Tells of statements that take as long as that or longer, by a `tracing` event of level WARN: which verb of
    /// which table, and how long. With `with_plan` the server is asked for the plan afterwards, which costs one
    /// more exchange; it is told without what is compared.
    pub fn with_slow_statements(self, threshold: Duration, with_plan: bool) -> Self {
        Database::of(Shared {
            slow: Some(Slow { threshold, with_plan }),
            ..self.parts()
        })
    }

    /// The scope of a tenant: no I/O until an operation.
    pub fn tenant(&self, tenant: &TenantId) -> TenantScope {
        TenantScope::new(
            self.shared.clone(),
            self.shared.application.clone(),
            tenant.clone(),
            Login::Application,
        )
    }

    /// Opens a scope across tenants and for global tables, as the system login. What it was for, and
    /// how many statements it ran, is kept in `stellaops.system_access`.
    ///
    /// # Errors
    /// [`Error::NoSystemLogin`] when the configuration has none; anything that inserting the
    /// evidence can say.
    pub async fn system(&self, reason: &str) -> Result<SystemScope, Error> {
        SystemScope::open(self.shared.clone(), reason).await
    }

    /// A pool of the application login, without a tenant: for tests and tools. Search the code for this
    /// word to see where a statement can leave the scopes; row-level security holds here too. It has
    /// two connections of its own, opened when they are asked for; with [`Database::from_pool`] it is
    /// that pool.
    pub fn unscoped(&self) -> &PgPool {
        &self.shared.pool
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        self.shared.application.close().await;
        if let Some(system) = &self.shared.system {
            system.close().await;
        }
        if let Some(replica) = &self.shared.replica {
            replica.close().await;
        }
        self.shared.pool.close().await;
    }

    fn assemble(application: Connections, system: Option<Connections>, pool: PgPool) -> Self {
        Database::of(Shared {
            application,
            system,
            replica: None,
            clock: Arc::new(SystemClock),
            ids: Arc::new(UuidV7),
            cursor_keys: CursorKeys::default(),
            slow: None,
            namespace: pool.connect_options().get_database().unwrap_or_default().into(),
            pool,
        })
    }

    fn of(shared: Shared) -> Self {
        Database {
            shared: Arc::new(shared),
        }
    }

    fn parts(&self) -> Shared {
        Shared {
            application: self.shared.application.clone(),
            system: self.shared.system.clone(),
            replica: self.shared.replica.clone(),
            clock: self.shared.clock.clone(),
            ids: self.shared.ids.clone(),
            cursor_keys: self.shared.cursor_keys.clone(),
            slow: self.shared.slow,
            namespace: self.shared.namespace.clone(),
            pool: self.shared.pool.clone(),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Database")
            .field("system", &self.shared.system.is_some())
            .finish_non_exhaustive()
    }
}

/// How many connections [`Database::unscoped`] has.
const UNSCOPED_CONNECTIONS: u32 = 2;
