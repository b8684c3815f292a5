//! The database: two logins, a clock, and the scopes through which everything is reached.

use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::clock::{Clock, IdSource, SystemClock, UuidV7};
use crate::config::Config;
use crate::connection::Connections;
use crate::error::Error;
use crate::scope::{SystemScope, TenantScope};
use crate::tenant::TenantId;
use crate::value::Parameter;
use crate::value::binder::bind;

/// A database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Database {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) application: Connections,
    pub(crate) system: Option<Connections>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pool: PgPool,
}

/// Why a connection is refused or fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The application login sees through row-level security.
    #[error(
        "the application login `{role}` {why}, so row-level security would not hold for it; connect as a login that is only a member of the `<schema>_app` roles"
    )]
    UnsafeRole {
        /// The login.
        role: String,
        /// What makes it unsafe.
        why: &'static str,
    },
    /// The shared objects are missing.
    #[error(
        "schema `stellaops` with its domain `tenant` is missing; apply the generated `schemas/*.sql` first"
    )]
    NotProvisioned,
    /// The server cannot be reached, or refuses the login.
    #[error("cannot connect: {0}")]
    Failed(sqlx::Error),
}

impl Database {
    /// Connects, and refuses an application login that sees through row-level security.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(config: &Config) -> Result<Self, ConnectError> {
        let application = open(config, &config.application).await?;
        refuse_unsafe_role(&application).await?;
        let system = match &config.system {
            Some(options) => Some(open(config, options).await?),
            None => None,
        };
        Ok(Database::assemble(application, system))
    }

    /// Uses a pool that the program has already. The login is not checked; the pool should keep at
    /// least 1,000 prepared statements a connection (`statement_cache_capacity`) and not ask for a
    /// sign of life on acquire (`test_before_acquire(false)`). Connections that the toolkit has used
    /// are kept at hand up to a minute before they go back to the pool.
    pub fn from_pool(pool: PgPool) -> Self {
        Database::assemble(pool, None)
    }

    /// Adds the pool of the system login.
    pub fn with_system_pool(self, pool: PgPool) -> Self {
        let Shared {
            application,
            clock,
            ids,
            pool: own,
            ..
        } = self.parts();
        Database {
            shared: Arc::new(Shared {
                application,
                system: Some(Connections::new(pool)),
                clock,
                ids,
                pool: own,
            }),
        }
    }

    /// Takes times from this clock.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        let Shared {
            application,
            system,
            ids,
            pool,
            ..
        } = self.parts();
        Database {
            shared: Arc::new(Shared {
                application,
                system,
                clock: Arc::new(clock),
                ids,
                pool,
            }),
        }
    }

    /// Takes the ids of new rows from here.
    pub fn with_ids(self, ids: impl IdSource) -> Self {
        let Shared {
            application,
            system,
            clock,
            pool,
            ..
        } = self.parts();
        Database {
            shared: Arc::new(Shared {
                application,
                system,
                clock,
                ids: Arc::new(ids),
                pool,
            }),
        }
    }

    /// The scope of a tenant: no I/O until an operation.
    pub fn tenant(&self, tenant: &TenantId) -> TenantScope {
        TenantScope::new(
            self.shared.clone(),
            self.shared.application.clone(),
            tenant.clone(),
            None,
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

    /// The application login's pool, without a tenant: for tests and tools. Search the code for this
    /// word to see where a statement can leave the scopes; row-level security holds here too.
    pub fn unscoped(&self) -> &PgPool {
        &self.shared.pool
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        self.shared.application.close().await;
        if let Some(system) = &self.shared.system {
            system.close().await;
        }
    }

    fn assemble(pool: PgPool, system: Option<PgPool>) -> Self {
        Database {
            shared: Arc::new(Shared {
                application: Connections::new(pool.clone()),
                system: system.map(Connections::new),
                clock: Arc::new(SystemClock),
                ids: Arc::new(UuidV7),
                pool,
            }),
        }
    }

    fn parts(&self) -> Shared {
        Shared {
            application: self.shared.application.clone(),
            system: self.shared.system.clone(),
            clock: self.shared.clock.clone(),
            ids: self.shared.ids.clone(),
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

async fn open(config: &Config, options: &PgConnectOptions) -> Result<PgPool, ConnectError> {
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(config.acquire_timeout)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(warm(connection)))
        .connect_with(config.session(options))
        .await;
    pool.map_err(|error| match &error {
        // The warm-up is the first to use the domain.
        sqlx::Error::TypeNotFound { .. } => ConnectError::NotProvisioned,
        _ => ConnectError::Failed(error),
    })
}

/// Looks up the domain's id once a connection, so that no later call has to.
async fn warm(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    let arguments = bind(vec![Parameter::Tenant(TenantId::stored("warm-up".into()))])?;
    sqlx::query_with("/* stellaops-db warm-up */ SELECT $1::text", arguments)
        .execute(connection)
        .await?;
    Ok(())
}

async fn refuse_unsafe_role(pool: &PgPool) -> Result<(), ConnectError> {
    const SQL: &str = "SELECT rolname::text, rolsuper, rolbypassrls, \
        EXISTS (SELECT FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relowner = roles.oid) \
        FROM pg_catalog.pg_roles AS roles WHERE rolname = current_user";
    let (role, superuser, bypass, owner): (String, bool, bool, bool) = sqlx::query_as(SQL)
        .fetch_one(pool)
        .await
        .map_err(ConnectError::Failed)?;
    let why = match (superuser, bypass, owner) {
        (true, _, _) => "is a superuser",
        (_, true, _) => "has BYPASSRLS",
        (_, _, true) => "owns tables under row-level security",
        _ => return Ok(()),
    };
    Err(ConnectError::UnsafeRole { role, why })
}
