//! Where the database is, and as whom.

mod environment;
mod given;
mod login;
mod session_options;
mod setting;
mod tls;
mod tls_fault;
mod url;

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use crate::connect::ConnectError;
use crate::guard::Expected;
use crate::query::CursorKey;

pub(crate) use given::{Given, GivenSettings, NO_KEYS, cursor_keys};
use login::look_at_login;
pub use setting::{Kind, Setting};
use tls::Tls;
pub use tls::TlsMode;
pub(crate) use tls::{look_at, place};
pub use tls_fault::TlsFault;
pub(crate) use url::LoginUrl;
use url::given_options;

/// How many prepared statements a connection keeps. A program's statements are constants, a dozen a
/// table; with fewer places than statements, each call would prepare its own again.
pub(crate) const STATEMENT_CACHE: usize = 2048;

/// How to reach the database. `Debug` never shows a password.
///
/// Read from the environment ([`Config::from_environment`]), from a file with an entry a module
/// ([`Persistence`](crate::persistence::Persistence)), or made of a URL or the driver's options:
///
/// | setting | in the file | in the environment | default |
/// |---|---|---|---|
/// | application's login | `url` | `STELLAOPS_DB_URL` | required |
/// | its password | `password` | `STELLAOPS_DB_PASSWORD` | the URL's, `PGPASSWORD`, a password file |
/// | system's login | `system_url` | `STELLAOPS_DB_SYSTEM_URL` | none: no system scope |
/// | its password | `system_password` | `STELLAOPS_DB_SYSTEM_PASSWORD` | as the application's |
/// | replica, by the application's login | `replica_url` | `STELLAOPS_DB_REPLICA_URL` | none: nothing is read from one |
/// | its password there | `replica_password` | `STELLAOPS_DB_REPLICA_PASSWORD` | `password` |
/// | mode of TLS, of all logins | `tls` | `STELLAOPS_DB_TLS` | `verify-full` to other machines |
/// | who signed the servers' certificates | `tls_authority` | `STELLAOPS_DB_TLS_AUTHORITY` | public authorities |
/// | our certificate | `tls_certificate` | `STELLAOPS_DB_TLS_CERTIFICATE` | none |
/// | its key | `tls_key` | `STELLAOPS_DB_TLS_KEY` | none |
/// | greatest number of connections of a login | `max_connections` | `STELLAOPS_DB_MAX_CONNECTIONS` | `10` |
/// | how long to wait for one | `acquire_timeout` | `STELLAOPS_DB_ACQUIRE_TIMEOUT` | `30s` |
/// | how long a statement may take | `statement_timeout` | `STELLAOPS_DB_STATEMENT_TIMEOUT` | `30s` |
/// | from when on a statement is told as slow | `slow_statement` | `STELLAOPS_DB_SLOW_STATEMENT` | never |
/// | whether with its plan | `explain_slow` | `STELLAOPS_DB_EXPLAIN_SLOW` | `false` |
/// | name shown by the server | `application_name` | `STELLAOPS_DB_APPLICATION_NAME` | `stellaops-db`; in the file the module's |
/// | keys that sign cursors, the newest first | `cursor_keys`, a list | `STELLAOPS_DB_CURSOR_KEYS`, with a comma between | none: bound, not signed |
///
/// Times have a unit: `250ms`, `30s`, `5min`, `1h`.
///
/// # TLS
///
/// A server on another machine is spoken to over TLS, and has to prove that it is the one of the URL: `verify-full`. What
/// is weaker has to be stated, by `sslmode=` in the URL, by `tls` or by [`with_tls`](Config::with_tls), and is told by a
/// `tracing` warning when a program connects. A `PGSSLMODE` of the environment weakens no URL. Another machine is what is
/// neither a Unix socket nor `localhost` nor a loopback address.
///
/// The feature `tls`, on by default, trusts Mozilla's public authorities, which are compiled in, so that a program trusts
/// the same ones on every machine and in an empty container; `tls-native-roots` those of the machine instead. An
/// authority of your own is named by `tls_authority` or `sslrootcert=`, and is trusted beside them. Without the feature a
/// server on another machine is refused.
///
/// # Behind PgBouncer
///
/// The toolkit runs behind PgBouncer 1.21 and later in transaction mode: each call binds its tenant within its own
/// exchange and transaction, and leaves nothing on a connection. [`Database::connect`](crate::Database::connect) finds out
/// whether the pooler keeps prepared statements, and refuses one that does not, as every version before 1.21.
///
/// ```ini
/// [pgbouncer]
/// pool_mode = transaction
/// max_prepared_statements = 2048
/// ignore_startup_parameters = extra_float_digits, options, statement_timeout
/// ```
///
/// * `max_prepared_statements` is how many prepared statements PgBouncer keeps on each of its connections to the server.
///   A program has about a dozen constant texts a table, three more an order that it lists by, and those of its filters
///   and own queries; a connection of the toolkit's keeps 2,048 at most, so that no larger number is of use. With a smaller
///   one everything goes on working; a statement that had to make room is prepared again, one exchange between PgBouncer
///   and the server. PgBouncer tells nobody but its administrator what the number is, so that `connect` can tell zero from
///   the rest and no more.
/// * A session begins with `extra_float_digits`, `application_name`, `client_encoding`, `DateStyle` and `TimeZone`, and
///   with `TimeZone` and `statement_timeout` once more in `options`. PgBouncer refuses what it does not know, unless
///   `ignore_startup_parameters` names it; the error of `connect` says which. Since version 1.20 it looks into `options`.
/// * What is ignored does not arrive. Set it for the logins: `ALTER ROLE scheduler_service SET statement_timeout = '30s'`,
///   and `SET TimeZone = 'UTC'` where the server has another. `connect` warns where a session has another value than the
///   configuration. The limits of a [`UnitOfWork`](crate::UnitOfWork) are set within its transaction and hold.
/// * `server_reset_query` is not run in transaction mode and needs no value; `DISCARD ALL` with
///   `server_reset_query_always` would throw the prepared statements away after each call.
/// * `pool_mode = statement` is refused: there would be no transactions. `pool_mode = session` works with any version, and
///   `server_reset_query = DISCARD ALL` is then right.
/// * `default_pool_size` is what limits the server's connections; `max_connections` here may be as large or larger.
///
/// What belongs to a session cannot be had through a pooler of transactions, by no setting: `LISTEN`, session-level
/// advisory locks (`pg_advisory_lock`), `SET` without `LOCAL`, cursors `WITH HOLD`, temporary tables that outlive their
/// transaction. No verb needs one of them. A program that does connects past the pooler for it.
///
/// A text of your own that sets `app.tenant_id` for the session, against the rules, leaves it on a connection of the
/// pooler's. Whoever meets that connection with another tenant is refused, and so is a new connection of the toolkit's,
/// until PgBouncer closes it (`server_lifetime`, or `RECONNECT` on its console).
///
/// Not found out: a pooler that was given to [`Database::from_pool`](crate::Database::from_pool), one that is put in
/// between later, and one without prepared statements whose connections happened to stay the same while it was looked at,
/// as under load. Calls then fail with
/// [`Error::PreparedStatementLost`](crate::Error::PreparedStatementLost), which says so.
#[derive(Clone)]
pub struct Config {
    pub(crate) application: PgConnectOptions,
    pub(crate) system: Option<PgConnectOptions>,
    pub(crate) replica: Option<PgConnectOptions>,
    pub(crate) max_connections: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) application_name: String,
    pub(crate) cursor_keys: Vec<CursorKey>,
    pub(crate) expected: Vec<Expected>,
    /// Why nobody looks.
    pub(crate) unguarded: Option<String>,
    pub(crate) slow_statement: Option<Duration>,
    pub(crate) explain_slow: bool,
    tls: Tls,
}

/// Why a configuration cannot be used. Texts never hold an URL: it has a password inside.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A setting is missing.
    #[error("`{setting}` is not set; set it to postgres://user@host/database")]
    Missing {
        /// Which.
        setting: &'static str,
    },
    /// A setting has no meaning.
    #[error("`{setting}` is {wanted}")]
    Invalid {
        /// Which.
        setting: String,
        /// What it is not: `not a number`.
        wanted: String,
    },
}

impl Config {
    /// Connects as the application login of the URL, `postgres://user:password@host:port/database`.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    ///
    /// ```
    /// let config = stellaops_db::Config::from_url("postgres://app:secret@localhost/stellaops")?;
    /// assert!(!format!("{config:?}").contains("secret"));
    /// # Ok::<(), stellaops_db::ConfigError>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self, ConfigError> {
        Ok(Config::of(parse_url("url", url)?))
    }

    /// Connects with the driver's own options. Their `sslmode` counts, unless it is `prefer`, the driver's default:
    /// to a server on another machine that becomes [`TlsMode::VerifyFull`]. Who means `prefer` says so by
    /// [`with_tls`](Config::with_tls). What a URL may not say, [`Database::connect`](crate::Database::connect) refuses here
    /// as well: a NUL, and `options` that set what is the toolkit's alone, as a tenant or a role.
    pub fn from_options(application: PgConnectOptions) -> Self {
        Config::of(given_options(application))
    }

    /// With a login whose mode of TLS was stated, or chosen.
    fn of(application: PgConnectOptions) -> Self {
        Config {
            application,
            system: None,
            replica: None,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(30),
            application_name: "stellaops-db".into(),
            cursor_keys: Vec::new(),
            expected: Vec::new(),
            unguarded: None,
            slow_statement: None,
            explain_slow: false,
            tls: Tls::default(),
        }
    }

    /// Adds the system login, without which there is no system scope.
    pub fn with_system_options(mut self, system: PgConnectOptions) -> Self {
        self.system = Some(given_options(system));
        self
    }

    /// Adds a replica, which [`TenantScope::on_replica`](crate::TenantScope::on_replica) reads from. The login is the
    /// application's there too, and its sessions are read-only, whatever the server is.
    pub fn with_replica_options(mut self, replica: PgConnectOptions) -> Self {
        self.replica = Some(given_options(replica));
        self
    }

    /// At most that many connections a login.
    pub fn with_max_connections(mut self, number: u32) -> Self {
        self.max_connections = number.max(1);
        self
    }

    /// How long a call waits for a connection.
    pub fn with_acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long a statement may take; zero for no limit.
    pub fn with_statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Signs the cursors of pages with the first of these keys, and takes those that any of them signed. To
    /// change the key, put the new one first and leave the old one behind it as long as its cursors may come
    /// back.
    pub fn with_cursor_keys(mut self, keys: impl IntoIterator<Item = CursorKey>) -> Self {
        self.cursor_keys = keys.into_iter().collect();
        self
    }

    /// The tables that the program was compiled against: [`Database::connect`](crate::Database::connect) refuses a
    /// database in which one of them is missing or has another shape. May be called more than once.
    pub fn expecting(mut self, tables: impl IntoIterator<Item = Expected>) -> Self {
        self.expected.extend(tables);
        self
    }

    /// Connects also where a table stands open or has another shape; the reason is told by a `tracing` event of level
    /// WARN each time. For the time of a migration, say. What the login itself may not be is refused all the same.
    pub fn without_boot_guard(mut self, reason: impl Into<String>) -> Self {
        self.unguarded = Some(reason.into());
        self
    }

    /// How the connections of all logins are protected, whatever their URLs say.
    pub fn with_tls(mut self, mode: TlsMode) -> Self {
        self.tls.mode = Some(mode);
        self
    }

    /// The file (PEM) of the authority that signed the servers' certificates, beside those that everybody trusts.
    pub fn with_tls_authority(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.authority = Some(path.into());
        self
    }

    /// The files (PEM) of the certificate that all logins show the server, and of its key.
    pub fn with_tls_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls.certificate = Some(certificate.into());
        self.tls.key = Some(key.into());
        self
    }

    pub(crate) fn statement_timeout(&self) -> Duration {
        self.statement_timeout
    }

    /// Looks at all logins before anything is sent.
    pub(crate) fn look_at_logins(&self) -> Result<(), ConnectError> {
        let logins = [
            ("application", Some(&self.application)),
            ("system", self.system.as_ref()),
            ("replica", self.replica.as_ref()),
        ];
        for (name, login) in logins {
            if let Some(options) = login {
                let session = self.session(options);
                look_at_login(&session).map_err(|fault| ConfigError::Invalid {
                    setting: name.into(),
                    wanted: fault.to_string(),
                })?;
                look_at(name, &session)?;
            }
        }
        Ok(())
    }

    /// How the connections of a login are protected.
    fn mode_of(&self, options: &PgConnectOptions) -> TlsMode {
        TlsMode::of(&self.tls.apply(options))
    }

    /// The options of a connection that is none of a session's of ours.
    #[cfg(feature = "cli")]
    pub(crate) fn application_options(&self) -> PgConnectOptions {
        self.tls.apply(&self.application)
    }

    /// The options of a session on a replica: what is written by mistake is refused there, and where the replica
    /// is none.
    pub(crate) fn replica_session(&self, options: &PgConnectOptions) -> PgConnectOptions {
        self.session(options)
            .options([("default_transaction_read_only", "on")])
    }

    /// The options of a login with what every session of ours has.
    pub(crate) fn session(&self, options: &PgConnectOptions) -> PgConnectOptions {
        let timeout = self.statement_timeout.as_millis().to_string();
        self.tls
            .apply(options)
            .application_name(&self.application_name)
            .statement_cache_capacity(STATEMENT_CACHE)
            .options([("TimeZone", "UTC"), ("statement_timeout", timeout.as_str())])
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let login = |options: &PgConnectOptions| {
            let database = options.get_database().unwrap_or("");
            format!("{}/{database} ({})", place(options), self.mode_of(options))
        };
        formatter
            .debug_struct("Config")
            .field("application", &login(&self.application))
            .field("system", &self.system.as_ref().map(login))
            .field("replica", &self.replica.as_ref().map(login))
            .field("tls", &self.tls)
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("application_name", &self.application_name)
            .field("cursor_keys", &self.cursor_keys.len())
            .field("slow_statement", &self.slow_statement)
            .field("explain_slow", &self.explain_slow)
            .finish()
    }
}

fn parse_url(setting: &str, url: &str) -> Result<PgConnectOptions, ConfigError> {
    let login = LoginUrl::parse(url).map_err(|fault| ConfigError::Invalid {
        setting: setting.into(),
        wanted: fault.to_string(),
    })?;
    Ok(login.options)
}
