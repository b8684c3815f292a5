//! As whom a program connects, and who is refused.

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

use stellaops_db_spec::rule;

use crate::config::{Config, ConfigError, TlsFault, TlsMode, place};
use crate::connection::{ASK_AFTER, Connections, Patience};
use crate::error::Outcome;
use crate::guard::{self, Expected};
use crate::tenant::TenantId;
use crate::value::Parameter;
use crate::value::binder::bind;

/// Why a connection is refused or fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The application login sees through row-level security, or may do what it does not hold back.
    #[error(
        "the application login `{role}` {why}, so row-level security would not hold it back; connect as a login that is only a member of the `<schema>_app` roles"
    )]
    UnsafeRole {
        /// The login.
        role: String,
        /// What makes it unsafe.
        why: &'static str,
    },
    /// The login belongs to no role of the schemas.
    #[error(
        "the login `{role}` may not use the schema `stellaops`; make a service's login a member of the `<schema>_app` roles, and let work across tenants connect as `stellaops_system`"
    )]
    NoRights {
        /// The login.
        role: String,
    },
    /// The system login is under row-level security like any other.
    #[error(
        "the system login `{role}` has no BYPASSRLS, so that it would see no tenant's rows; connect as `stellaops_system`, which the generated SQL makes"
    )]
    BlindSystemRole {
        /// The login.
        role: String,
    },
    /// The shared objects are missing.
    #[error(
        "schema `stellaops` with its domain `tenant` is missing; apply the generated `schemas/*.sql` first"
    )]
    NotProvisioned,
    /// A pooler of transactions that does not keep prepared statements: PgBouncer before version 1.21, or with
    /// `max_prepared_statements = 0`.
    #[error(
        "the connections go through a pooler that does not keep prepared statements; set `max_prepared_statements = {needed}` in PgBouncer 1.21 or later (older ones: `pool_mode = session`), or connect past it"
    )]
    PreparedStatements {
        /// How many a connection of the toolkit's keeps at most.
        needed: usize,
    },
    /// A pooler that knows a parameter not, with which a session begins.
    #[error(
        "a pooler refuses the startup parameter `{parameter}`; name it in PgBouncer's `ignore_startup_parameters`, with `extra_float_digits, options, statement_timeout`, and set `statement_timeout` for the role: what is ignored does not arrive"
    )]
    StartupParameter {
        /// Which.
        parameter: String,
    },
    /// A pooler that gives a connection away after each statement.
    #[error(
        "the connections go through a pooler of statements, under which there are no transactions; set `pool_mode = transaction` in PgBouncer"
    )]
    StatementPooling,
    /// The replica can be written to: it is none, and a pooler before it dropped the setting that refuses writes.
    #[error(
        "the replica can be written to: let `replica_url` lead to a standby, or set `default_transaction_read_only = on` for the login there"
    )]
    WritableReplica,
    /// The server is on another machine, and the program was built without TLS.
    #[error(
        "`{login}` is on another machine and is to be reached with `sslmode={mode}`, but the program was built without TLS: turn on the feature `tls` of stellaops-db, or say `sslmode=disable` where the network between may be trusted"
    )]
    NoTlsBuilt {
        /// `login@host:port`.
        login: String,
        /// The mode that would need TLS.
        mode: TlsMode,
    },
    /// No protected connection to the server came about.
    #[error("cannot connect to `{login}`: {fault}")]
    Tls {
        /// `login@host:port`.
        login: String,
        /// Why, and what to do.
        fault: TlsFault,
    },
    /// Tables of tenants that the login can use stand open, or what all of them rely on does not hold.
    #[error(
        "not every table is walled off: {}; run `stellaops-db verify` for all that is wrong, and apply the generated SQL again",
        tables.join("; ")
    )]
    Unprotected {
        /// Each with what is wrong: `scheduler.graph_jobs has no row-level security`.
        tables: Vec<String>,
    },
    /// Tables are not those that the program was compiled against.
    #[error(
        "the database does not fit the program: {}; migrate it to the specs that the program was built with, or run the program that was built with its specs",
        differences.join("; ")
    )]
    OtherSchema {
        /// One line each: `scheduler.graph_jobs has no column `note``.
        differences: Vec<String>,
    },
    /// A login says what is the toolkit's alone, or cannot be sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server cannot be reached, or refuses the login.
    #[error("cannot connect: {}", crate::error::spoken(.0))]
    Failed(sqlx::Error),
}

impl ConnectError {
    /// The code of the rule that was broken, as `stellaops-db explain` takes it.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            ConnectError::UnsafeRole { .. } => Some(rule::SAFE_LOGIN.code),
            ConnectError::NotProvisioned => Some(rule::PROVISIONED.code),
            ConnectError::BlindSystemRole { .. } => Some(rule::SYSTEM_LOGIN.code),
            ConnectError::Unprotected { .. } => Some(rule::TABLES_WALLED.code),
            ConnectError::OtherSchema { .. } => Some(rule::SCHEMA_FITS.code),
            ConnectError::PreparedStatements { .. }
            | ConnectError::StartupParameter { .. }
            | ConnectError::StatementPooling
            | ConnectError::WritableReplica
            | ConnectError::NoRights { .. }
            | ConnectError::Config(_)
            | ConnectError::Failed(_) => None,
            ConnectError::NoTlsBuilt { .. } | ConnectError::Tls { .. } => Some(rule::VERIFIED_SERVER.code),
        }
    }
}

impl ConnectError {
    /// Whether connecting may be tried again, after a pause: the connection broke, or the server was starting, stopping or
    /// full. Nothing took effect in any case, so that it is never [`Outcome::Unknown`].
    pub fn outcome(&self) -> Outcome {
        let ConnectError::Failed(error) = self else {
            return Outcome::Refused;
        };
        match error {
            sqlx::Error::Database(said) => {
                let code = said.code().unwrap_or_default();
                // 40: a conflict with others, or with recovery on a standby; 55P03 and 57014: a limit of time.
                match ["08", "40", "53", "55P03", "57014", "57P"]
                    .iter()
                    .any(|class| code.starts_with(class))
                {
                    true => Outcome::TryAgain,
                    false => Outcome::Refused,
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed => Outcome::TryAgain,
            _ => Outcome::Refused,
        }
    }
}

/// Connects once outside any pool, which would try again until its time is up and then not say why.
pub(crate) async fn probe(session: &PgConnectOptions) -> Result<PgConnection, ConnectError> {
    let connected = session.connect().await;
    let mut connection = connected.map_err(|error| match TlsFault::of(&error, session) {
        Some(fault) => ConnectError::Tls {
            login: place(session),
            fault,
        },
        None => ConnectError::of(error),
    })?;
    begin(&mut connection, session.get_username()).await?;
    Ok(connection)
}

/// The first use of the domain by a login.
async fn begin(connection: &mut PgConnection, login: &str) -> Result<(), ConnectError> {
    warm(connection).await.map_err(|error| match &error {
        sqlx::Error::TypeNotFound { .. } => ConnectError::NotProvisioned,
        sqlx::Error::Database(said) if said.code().as_deref() == Some("42501") => ConnectError::NoRights {
            role: login.to_owned(),
        },
        _ => ConnectError::of(error),
    })
}

pub(crate) async fn open(config: &Config, session: PgConnectOptions) -> Result<PgPool, ConnectError> {
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(config.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, rest| {
            Box::pin(async move { Ok(rest.idle_for < ASK_AFTER || connection.ping().await.is_ok()) })
        })
        .after_connect(|connection, _| Box::pin(warm(connection)))
        .connect_with(session)
        .await;
    pool.map_err(ConnectError::of)
}

/// The application's login of a pool that the program made, held against all that [`probe`] and the boot guard ask.
pub(crate) async fn look_at_pool(pool: &PgPool, expected: &[Expected]) -> Result<(), ConnectError> {
    let mut connection = pool.acquire().await.map_err(ConnectError::of)?;
    look_at_application(&mut connection, pool, expected).await
}

async fn look_at_application(
    connection: &mut PgConnection,
    pool: &PgPool,
    expected: &[Expected],
) -> Result<(), ConnectError> {
    begin(connection, pool.connect_options().get_username()).await?;
    refuse_unsafe_role(connection).await?;
    guard::look_at(connection, expected).await
}

/// The system's login of a pool that the program made.
pub(crate) async fn look_at_system_pool(pool: &PgPool) -> Result<(), ConnectError> {
    let mut connection = pool.acquire().await.map_err(ConnectError::of)?;
    refuse_blind_role(&mut connection).await
}

/// The application's login of a pool on a replica that the program made.
pub(crate) async fn look_at_replica_pool(pool: &PgPool, expected: &[Expected]) -> Result<(), ConnectError> {
    let mut connection = pool.acquire().await.map_err(ConnectError::of)?;
    look_at_application(&mut connection, pool, expected).await?;
    refuse_writable(&mut connection).await
}

/// The login that sees all tenants.
pub(crate) async fn open_system(
    config: &Config,
    options: &PgConnectOptions,
) -> Result<Connections, ConnectError> {
    let session = config.session(options);
    let mut first = probe(&session).await?;
    refuse_blind_role(&mut first).await?;
    first.close().await.map_err(ConnectError::Failed)?;
    Ok(Connections::new(open(config, session).await?, Patience::OWN_POOL))
}

/// Of a login that no policy lets see anything every table looks empty, and nothing says so. For the command, too.
///
/// # Errors
/// [`ConnectError::BlindSystemRole`], and what the database can say.
pub(crate) async fn refuse_blind_role(connection: &mut PgConnection) -> Result<(), ConnectError> {
    const SQL: &str = "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user";
    let (role, sees): (String, bool) = sqlx::query_as(SQL)
        .fetch_one(connection)
        .await
        .map_err(ConnectError::of)?;
    match sees {
        true => Ok(()),
        false => Err(ConnectError::BlindSystemRole { role }),
    }
}

/// The application's login on a replica, as safe as on the server that is written to.
pub(crate) async fn open_replica(
    config: &Config,
    options: &PgConnectOptions,
) -> Result<Connections, ConnectError> {
    let session = config.replica_session(options);
    let mut first = probe(&session).await?;
    refuse_unsafe_role(&mut first).await?;
    refuse_writable(&mut first).await?;
    // A logical replica has policies and a shape of its own.
    guard::look(&mut first, config).await?;
    first.close().await.map_err(ConnectError::Failed)?;
    Ok(Connections::new(open(config, session).await?, Patience::OWN_POOL))
}

/// What is written to a replica by mistake is refused.
async fn refuse_writable(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let (is_read_only,): (String,) = sqlx::query_as("SELECT current_setting('transaction_read_only')")
        .fetch_one(connection)
        .await
        .map_err(ConnectError::Failed)?;
    match is_read_only.as_str() {
        "on" => Ok(()),
        _ => Err(ConnectError::WritableReplica),
    }
}

/// Looks up the domain's id once a connection, so that no later call has to.
async fn warm(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let arguments = bind(vec![Parameter::Tenant(TenantId::stored("warm-up"))])?;
    sqlx::query_with("/* stellaops-db warm-up */ SELECT $1::text", arguments)
        .execute(connection)
        .await?;
    Ok(())
}

/// Of each role of PostgreSQL's own that no service needs: its name, and its membership as a condition on the login, with
/// what is told of it.
macro_rules! predefined {
    ($($role:literal,)*) => {
        /// Roles of PostgreSQL's own that read or write past every policy, or as the server's own user.
        #[cfg(feature = "verify")]
        pub(crate) const PREDEFINED: &[&str] = &[$($role),*];

        const MEMBERSHIPS: &[(&str, &str)] = &[$((
            concat!(
                "EXISTS (SELECT FROM pg_catalog.pg_roles AS other WHERE other.rolname = '",
                $role,
                "' AND pg_catalog.pg_has_role(own.oid, other.oid, 'MEMBER'))"
            ),
            concat!("is a member of ", $role),
        )),*];
    };
}

predefined! {
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
    "pg_create_subscription",
}

/// What makes a login unsafe beside [`MEMBERSHIPS`]: a condition on `own`, and what is told of it. The first that holds is
/// told.
const DANGERS: &[(&str, &str)] = &[
    ("own.rolsuper", "is a superuser"),
    ("own.rolbypassrls", "has BYPASSRLS"),
    ("own.rolreplication", "has REPLICATION"),
    ("own.rolcreaterole", "can make roles"),
    (
        "EXISTS (SELECT FROM pg_catalog.pg_roles AS other WHERE (other.rolsuper OR other.rolbypassrls OR other.rolreplication) \
            AND pg_catalog.pg_has_role(own.oid, other.oid, 'MEMBER'))",
        "is a member of a role that is a superuser, or has BYPASSRLS or REPLICATION",
    ),
    (
        "EXISTS (SELECT FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity \
            AND pg_catalog.pg_has_role(own.oid, relowner, 'MEMBER'))",
        "owns tables under row-level security, or is a member of a role that does",
    ),
];

/// A membership counts like the attribute itself: `SET ROLE` is all that lies between, and `RESET ROLE` between the role
/// that is set and that of the login.
pub(crate) async fn refuse_unsafe_role(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let dangers = || DANGERS.iter().chain(MEMBERSHIPS);
    let conditions: Vec<&str> = dangers().map(|(condition, _)| *condition).collect();
    let conditions = conditions.join(", ");
    let text = format!(
        "SELECT own.rolname::text, ARRAY[{conditions}] FROM pg_catalog.pg_roles AS own WHERE own.rolname IN (current_user, session_user)"
    );
    let roles: Vec<(String, Vec<bool>)> = sqlx::query_as(AssertSqlSafe(text))
        .fetch_all(connection)
        .await
        .map_err(ConnectError::of)?;
    for (role, holding) in roles {
        let mut told = dangers().zip(holding);
        if let Some(((_, why), _)) = told.find(|(_, holds)| *holds) {
            return Err(ConnectError::UnsafeRole { role, why });
        }
    }
    Ok(())
}
