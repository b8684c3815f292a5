//! The server of the tests.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use sqlx::{Connection, postgres::PgConnectOptions};

use super::{
    address::{Address, SOCKET_PORT, external_url},
    binaries::PostgresBinaries,
    error::TestingError,
    guard::Guard,
};

/// What a server that lives for minutes does without: durability, and listening to anything but its own folder.
pub(super) const SETTINGS: [&str; 11] = [
    "listen_addresses=",
    "port=5432",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_destination=stderr",
];

/// How a server is stopped before it starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Running transactions are rolled back, connections closed, the data written.
    Fast,
    /// Everything is dropped at once: the next start recovers from the log, as after a crash.
    Immediate,
}

/// A PostgreSQL server for tests, with its superuser's login.
///
/// A throwaway server listens on a Unix socket in its own folder in the system's folder for temporary files, so that
/// any number of runs go on side by side. Dropping it, and the end of the process in any way, `SIGKILL` included, stops
/// the server and removes the folder. A process that is root's runs it as `postgres`, else `nobody`.
pub struct PostgresServer {
    address: Arc<Address>,
    version: u32,
    local: Option<Local>,
}

struct Local {
    binaries: PostgresBinaries,
    guard: Arc<Guard>,
}

impl PostgresServer {
    /// The server of `STELLAOPS_DB_TEST_URL` if that is set, a superuser's URL; else a throwaway one, of the version
    /// that [`PostgresBinaries::find`] finds. `DATABASE_URL` is never looked at.
    ///
    /// # Errors
    /// No programs, a server that does not come up (with the end of its log), or a URL that does not serve.
    pub async fn start() -> Result<Self, TestingError> {
        match external_url() {
            Some(url) => Self::use_external(&url).await,
            None => Self::start_with(blocking(|| Ok(PostgresBinaries::find()?)).await?).await,
        }
    }

    /// A throwaway server of exactly these programs.
    ///
    /// # Errors
    /// [`TestingError::Start`] with the end of the server's log, when it does not come up.
    pub async fn start_with(binaries: PostgresBinaries) -> Result<Self, TestingError> {
        Self::start_with_settings(binaries, &[]).await
    }

    /// Like [`start_with`](Self::start_with), with settings of `postgresql.conf`, such as `("wal_level", "logical")`,
    /// that overrule those of a throwaway server.
    ///
    /// # Errors
    /// [`TestingError::Start`] with the end of the server's log, when it does not come up.
    pub async fn start_with_settings(
        binaries: PostgresBinaries,
        settings: &[(&str, &str)],
    ) -> Result<Self, TestingError> {
        let given = settings.iter().map(|(name, value)| format!("{name}={value}"));
        let settings: Vec<String> = SETTINGS.into_iter().map(str::to_owned).chain(given).collect();
        let programs = binaries.clone();
        let guard = blocking(move || Guard::start(&programs, &settings, &[])).await?;
        Ok(Self::of_guard(binaries, guard, SOCKET_PORT))
    }

    pub(super) fn of_guard(binaries: PostgresBinaries, guard: Guard, port: u16) -> Self {
        Self {
            address: Arc::new(Address::of_socket(guard.directory(), port)),
            version: binaries.version(),
            local: Some(Local {
                binaries,
                guard: Arc::new(guard),
            }),
        }
    }

    async fn use_external(url: &str) -> Result<Self, TestingError> {
        let address = Address::of_url(url)?;
        let mut connection = address.connect_to_maintenance().await?;
        let question = "SELECT current_setting('server_version_num')::int, rolsuper FROM pg_roles WHERE rolname = current_user";
        let (number, is_superuser): (i32, bool) =
            sqlx::query_as(question)
                .fetch_one(&mut connection)
                .await
                .map_err(TestingError::database("ask the test server for its version"))?;
        connection
            .close()
            .await
            .map_err(TestingError::database("close a connection"))?;
        if !is_superuser {
            return Err(TestingError::Url {
                reason: "its user is not a superuser".to_owned(),
            });
        }
        Ok(Self {
            address: Arc::new(address),
            version: number.unsigned_abs() / 10_000,
            local: None,
        })
    }

    /// The superuser's URL for a database, understood by sqlx, by libpq and by `psql`.
    pub fn url(&self, database: &str) -> String {
        self.address.url(database, None)
    }

    /// A role's URL for a database; see [`ensure_login`](super::ensure_login).
    pub fn url_as(&self, database: &str, role: &str) -> String {
        self.address.url(database, Some(role))
    }

    /// The superuser's connection options for a database.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        self.address.options(database, None)
    }

    /// A role's connection options for a database; see [`ensure_login`](super::ensure_login).
    pub fn connect_options_as(&self, database: &str, role: &str) -> PgConnectOptions {
        self.address.options(database, Some(role))
    }

    /// The major version, such as 18.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether this is the server of `STELLAOPS_DB_TEST_URL`.
    pub fn is_external(&self) -> bool {
        self.address.is_external()
    }

    /// The folder with the throwaway server's socket, its port being 5432; none for an external server.
    pub fn socket_directory(&self) -> Option<&Path> {
        self.local.as_ref().map(|local| local.guard.directory())
    }

    /// The path of a program of the throwaway server's version, such as `pg_dump`, if it is installed; none for an
    /// external server.
    pub fn bin(&self, program: &str) -> Option<PathBuf> {
        let path = self.local.as_ref()?.binaries.program(program);
        path.is_file().then_some(path)
    }

    /// All that the throwaway server has logged; none for an external server.
    pub fn log(&self) -> Option<String> {
        self.local.as_ref().map(|local| local.guard.log())
    }

    /// Stops the throwaway server, starts it again on the same data and waits until it is ready.
    ///
    /// # Errors
    /// [`TestingError::NotOurs`] for an external server; [`TestingError::Start`] when it does not come up again.
    pub async fn restart(&self, shutdown: Shutdown) -> Result<(), TestingError> {
        let guard = Arc::clone(&self.local.as_ref().ok_or(TestingError::NotOurs)?.guard);
        let signal = match shutdown {
            Shutdown::Fast => "INT",
            Shutdown::Immediate => "QUIT",
        };
        blocking(move || guard.restart(signal)).await
    }

    /// Stops the throwaway server and waits until it and its folder are gone; leaves an external server alone.
    ///
    /// # Errors
    /// [`TestingError::System`] when the end cannot be waited for.
    pub async fn stop(self) -> Result<(), TestingError> {
        match self.local {
            Some(local) => blocking(move || local.guard.stop()).await,
            None => Ok(()),
        }
    }

    pub(super) fn address(&self) -> &Arc<Address> {
        &self.address
    }
}

impl fmt::Debug for PostgresServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresServer")
            .field("version", &self.version)
            .field("socket_directory", &self.socket_directory())
            .finish_non_exhaustive()
    }
}

/// Runs what blocks off the runtime's threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TestingError> + Send + 'static,
) -> Result<T, TestingError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(TestingError::System {
                action: "finish, the runtime is shutting down".to_owned(),
                source: std::io::Error::other(error),
            }),
        },
    }
}
