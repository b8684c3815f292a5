//! Where the database is, and as whom.

mod tls;
mod tls_fault;
mod url;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;

use crate::connect::ConnectError;
use crate::query::CursorKey;

use tls::Tls;
pub use tls::TlsMode;
use tls::look_at;
pub(crate) use tls::place;
pub use tls_fault::TlsFault;
use url::{LoginUrl, given_options};

/// How many prepared statements a connection keeps. A program's statements are constants, a dozen a
/// table; with fewer places than statements, each call would prepare its own again.
pub(crate) const STATEMENT_CACHE: usize = 2048;

/// How to reach the database. `Debug` never shows a password.
///
/// | setting | environment | file | default |
/// |---|---|---|---|
/// | application login | `STELLAOPS_DB_URL` | `url` | required |
/// | system login | `STELLAOPS_DB_SYSTEM_URL` | `system_url` | none: no system scope |
/// | replica, by the application's login | `STELLAOPS_DB_REPLICA_URL` | `replica_url` | none: nothing is read from one |
/// | greatest number of connections | `STELLAOPS_DB_MAX_CONNECTIONS` | `max_connections` | 10 |
/// | seconds to wait for a connection | `STELLAOPS_DB_ACQUIRE_TIMEOUT` | `acquire_timeout` | 30 |
/// | milliseconds a statement may take | `STELLAOPS_DB_STATEMENT_TIMEOUT` | `statement_timeout` | 30,000 |
/// | milliseconds from which a statement is told as slow | `STELLAOPS_DB_SLOW_STATEMENT` | `slow_statement` | never |
/// | whether it is told with its plan: `true` or `false` | `STELLAOPS_DB_EXPLAIN_SLOW` | `explain_slow` | `false` |
/// | keys that sign cursors, the newest first | `STELLAOPS_DB_CURSOR_KEYS`, with a comma between | `cursor_keys`, a list | none: bound, not signed |
/// | name shown by the server | `STELLAOPS_DB_APPLICATION_NAME` | `application_name` | `stellaops-db` |
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
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {cause}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file does not have the form of a configuration.
    #[error("`{path}`:{line}:{column}: {message}")]
    File {
        /// Which.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

/// What a configuration file may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    url: String,
    system_url: Option<String>,
    replica_url: Option<String>,
    max_connections: Option<u32>,
    acquire_timeout: Option<u64>,
    statement_timeout: Option<u64>,
    application_name: Option<String>,
    #[serde(default)]
    cursor_keys: Vec<String>,
    slow_statement: Option<u64>,
    #[serde(default)]
    explain_slow: bool,
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
    /// [`with_tls`](Config::with_tls).
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
            slow_statement: None,
            explain_slow: false,
            tls: Tls::default(),
        }
    }

    /// Reads the environment; see the table above.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let url = variable("STELLAOPS_DB_URL").ok_or(ConfigError::Missing {
            setting: "STELLAOPS_DB_URL",
        })?;
        let number = |name| parsed::<u64>(name, "a number");
        let max_connections = number("STELLAOPS_DB_MAX_CONNECTIONS")?;
        let explain_slow = parsed("STELLAOPS_DB_EXPLAIN_SLOW", "`true` or `false`")?;
        let cursor_keys = variable("STELLAOPS_DB_CURSOR_KEYS").unwrap_or_default();
        let cursor_keys = cursor_keys
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty());
        Config::from_file_content(
            File {
                url,
                system_url: variable("STELLAOPS_DB_SYSTEM_URL"),
                replica_url: variable("STELLAOPS_DB_REPLICA_URL"),
                max_connections: max_connections.map(|number| u32::try_from(number).unwrap_or(u32::MAX)),
                acquire_timeout: number("STELLAOPS_DB_ACQUIRE_TIMEOUT")?,
                statement_timeout: number("STELLAOPS_DB_STATEMENT_TIMEOUT")?,
                application_name: variable("STELLAOPS_DB_APPLICATION_NAME"),
                cursor_keys: cursor_keys.map(str::to_owned).collect(),
                slow_statement: number("STELLAOPS_DB_SLOW_STATEMENT")?,
                explain_slow: explain_slow.unwrap_or(false),
            },
            [
                "STELLAOPS_DB_URL",
                "STELLAOPS_DB_SYSTEM_URL",
                "STELLAOPS_DB_REPLICA_URL",
                "STELLAOPS_DB_CURSOR_KEYS",
            ],
        )
    }

    /// Reads a TOML file; see the table above.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, and line and column of what is wrong in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let shown = path.as_ref().display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|cause| ConfigError::Unreadable {
            path: shown.clone(),
            cause,
        })?;
        let file: File = toml::from_str(&text).map_err(|error| {
            let before = error
                .span()
                .map_or("", |span| text.get(..span.start).unwrap_or(""));
            let line_start = before.rfind('\n').map_or(0, |index| index + 1);
            ConfigError::File {
                path: shown,
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                message: error.message().into(),
            }
        })?;
        Config::from_file_content(file, ["url", "system_url", "replica_url", "cursor_keys"])
    }

    fn from_file_content(file: File, names: [&str; 4]) -> Result<Self, ConfigError> {
        let mut config = Config::of(parse_url(names[0], &file.url)?);
        if let Some(url) = file.system_url {
            config.system = Some(parse_url(names[1], &url)?);
        }
        if let Some(url) = file.replica_url {
            config.replica = Some(parse_url(names[2], &url)?);
        }
        config.max_connections = file.max_connections.unwrap_or(config.max_connections).max(1);
        config.acquire_timeout = file
            .acquire_timeout
            .map_or(config.acquire_timeout, Duration::from_secs);
        config.statement_timeout = file
            .statement_timeout
            .map_or(config.statement_timeout, Duration::from_millis);
        config.application_name = file.application_name.unwrap_or(config.application_name);
        config.cursor_keys = cursor_keys(names[3], &file.cursor_keys)?;
        config.slow_statement = file.slow_statement.map(Duration::from_millis);
        config.explain_slow = file.explain_slow;
        Ok(config)
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
    pub(crate) fn look_at_tls(&self) -> Result<(), ConnectError> {
        let logins = [
            ("application", Some(&self.application)),
            ("system", self.system.as_ref()),
            ("replica", self.replica.as_ref()),
        ];
        for (name, login) in logins {
            if let Some(options) = login {
                look_at(name, &self.session(options))?;
            }
        }
        Ok(())
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
            format!("{}/{database}", place(options))
        };
        formatter
            .debug_struct("Config")
            .field("application", &login(&self.application))
            .field("system", &self.system.as_ref().map(login))
            .field("replica", &self.replica.as_ref().map(login))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("application_name", &self.application_name)
            .field("cursor_keys", &self.cursor_keys.len())
            .finish()
    }
}

/// One key, or two while they are changed: each further one is one more that may have leaked.
fn cursor_keys(setting: &str, texts: &[String]) -> Result<Vec<CursorKey>, ConfigError> {
    let keys = texts.iter().map(|text| CursorKey::from_hexadecimal(text));
    match keys.collect::<Option<Vec<_>>>() {
        Some(keys) if keys.len() <= 2 => Ok(keys),
        _ => Err(ConfigError::Invalid {
            setting: setting.into(),
            wanted: "not one or two keys of 64 hexadecimal digits, the newest first (`openssl rand -hex 32`)"
                .into(),
        }),
    }
}

/// A variable of the environment that is set, and not to an empty text.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parsed<V: std::str::FromStr>(name: &str, wanted: &'static str) -> Result<Option<V>, ConfigError> {
    let value = variable(name).map(|text| text.parse()).transpose();
    value.map_err(|_| ConfigError::Invalid {
        setting: name.into(),
        wanted: format!("not {wanted}"),
    })
}

fn parse_url(setting: &str, url: &str) -> Result<PgConnectOptions, ConfigError> {
    let login = LoginUrl::parse(url).map_err(|fault| ConfigError::Invalid {
        setting: setting.into(),
        wanted: fault.to_string(),
    })?;
    Ok(login.options)
}
