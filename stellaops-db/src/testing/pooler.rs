//! A PgBouncer in front of a throwaway server.

use std::{
    fmt, fs,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{
    account::ServerAccount,
    error::TestingError,
    server::{PostgresServer, blocking},
    shell::{self, Folder, Shell},
};

/// The environment variable with the path of a PgBouncer to use instead of one that is installed.
pub const PGBOUNCER_VARIABLE: &str = "STELLAOPS_DB_TEST_PGBOUNCER";

const SCRIPT: &str = include_str!("pooler.sh");
/// The port that names the socket; nothing listens on it.
const PORT: u16 = 6432;
const PATIENCE: Duration = Duration::from_secs(30);
/// Since this version prepared statements of a client are made again wherever they are missing.
const KEEPS_STATEMENTS: (u32, u32) = (1, 21);

/// A PgBouncer for tests, in transaction mode, in front of a throwaway server.
///
/// It listens on a Unix socket in a folder of its own and lets in whoever the server knows. Dropping it, and the end of
/// the process in any way, ends it. A process that is root's runs it as `postgres`, else `nobody`, as it runs the server.
pub struct PgBouncer {
    shell: Shell,
    version: (u32, u32),
}

impl PgBouncer {
    /// Finds a PgBouncer that runs: the one of `STELLAOPS_DB_TEST_PGBOUNCER`, else in `PATH`, else in `/usr/sbin`, where
    /// Linux distributions install it.
    pub fn find() -> Option<PathBuf> {
        let account = ServerAccount::choose().ok()?;
        let named = std::env::var_os(PGBOUNCER_VARIABLE).filter(|path| !path.is_empty());
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let installed = std::env::split_paths(&paths)
            .chain([PathBuf::from("/usr/sbin")])
            .map(|folder| folder.join("pgbouncer"));
        let mut candidates: Box<dyn Iterator<Item = PathBuf>> = match named {
            Some(path) => Box::new(std::iter::once(PathBuf::from(path))),
            None => Box::new(installed),
        };
        candidates.find(|program| version(program, account).is_ok())
    }

    /// Starts it in front of the server. The settings are those of the section `[pgbouncer]`, such as
    /// `("default_pool_size", "2")`, and overrule ours: transaction mode, 2,048 prepared statements where the version
    /// keeps any, and no complaint about what the toolkit asks of a session.
    ///
    /// # Errors
    /// [`TestingError::NotOurs`] for an external server; [`TestingError::Start`] with its log, when it does not come up.
    pub async fn start(
        server: &PostgresServer,
        program: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, TestingError> {
        let socket = server.socket_directory().ok_or(TestingError::NotOurs)?.to_owned();
        let program = program.to_owned();
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        blocking(move || Self::start_blocking(&socket, &program, &settings)).await
    }

    fn start_blocking(
        socket: &Path,
        program: &Path,
        settings: &[(String, String)],
    ) -> Result<Self, TestingError> {
        let folder = Folder::make()?;
        let version = version(program, folder.account).map_err(|reason| failure(&reason, ""))?;
        write_files(folder.path(), socket, version, settings)
            .map_err(TestingError::system("write PgBouncer's configuration"))?;
        folder.give(&folder.path().join(USERS))?;
        let shell = folder.run("stellaops-db-test-pooler", SCRIPT, [program])?;
        let pooler = Self { shell, version };
        pooler.wait_until_ready()?;
        Ok(pooler)
    }

    /// A role's connection options for a database of the server, through the pooler.
    pub fn connect_options_as(&self, database: &str, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.shell.directory)
            .port(PORT)
            .username(role)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// The version, such as `(1, 24)`.
    pub fn version(&self) -> (u32, u32) {
        self.version
    }

    /// Whether the version keeps prepared statements at all.
    pub fn keeps_statements(&self) -> bool {
        self.version >= KEEPS_STATEMENTS
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        shell::log(&self.shell.directory)
    }

    fn wait_until_ready(&self) -> Result<(), TestingError> {
        let socket = self.shell.directory.join(format!(".s.PGSQL.{PORT}"));
        let started = Instant::now();
        // The socket is there a moment before anybody listens.
        while UnixStream::connect(&socket).is_err() {
            if self.shell.directory.join("ended").exists() {
                return Err(failure("PgBouncer ended", &self.log()));
            }
            if started.elapsed() > PATIENCE {
                return Err(failure("PgBouncer did not become ready", &self.log()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl fmt::Debug for PgBouncer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PgBouncer")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

const USERS: &str = "users.txt";

/// Whoever the server knows is asked of the server itself; the superuser, who asks, is the one that is written down.
fn write_files(
    directory: &Path,
    socket: &Path,
    version: (u32, u32),
    settings: &[(String, String)],
) -> std::io::Result<()> {
    let folder = directory.display();
    let ours = [
        ("pool_mode", "transaction".to_owned()),
        ("listen_addr", String::new()),
        ("listen_port", PORT.to_string()),
        ("unix_socket_dir", folder.to_string()),
        ("auth_type", "trust".to_owned()),
        ("auth_file", format!("{folder}/{USERS}")),
        ("auth_user", "postgres".to_owned()),
        ("max_client_conn", "500".to_owned()),
        (
            "ignore_startup_parameters",
            "extra_float_digits,options,statement_timeout".to_owned(),
        ),
    ];
    let kept = (version >= KEEPS_STATEMENTS).then(|| ("max_prepared_statements", "2048".to_owned()));
    let mut text = format!(
        "[databases]\n* = host={} port={}\n[pgbouncer]\n",
        socket.display(),
        super::address::SOCKET_PORT
    );
    // A line that comes later overrules.
    for (name, value) in ours.into_iter().chain(kept) {
        text.push_str(&format!("{name} = {value}\n"));
    }
    for (name, value) in settings {
        text.push_str(&format!("{name} = {value}\n"));
    }
    fs::write(directory.join("pgbouncer.ini"), text)?;
    fs::set_permissions(directory.join("pgbouncer.ini"), fs::Permissions::from_mode(0o644))?;
    fs::write(directory.join(USERS), "\"postgres\" \"\"\n")
}

/// Asks the program for its version.
fn version(program: &Path, account: ServerAccount) -> Result<(u32, u32), String> {
    let output = account.command(program).arg("--version").output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers = text
        .lines()
        .find_map(|line| line.strip_prefix("PgBouncer "))
        .and_then(|version| version.trim().split_once('.'))
        .and_then(|(major, rest)| Some((major.parse().ok()?, rest.split('.').next()?.parse().ok()?)));
    numbers.ok_or_else(|| format!("{} does not say that it is a PgBouncer", program.display()))
}

fn failure(reason: &str, log: &str) -> TestingError {
    TestingError::Start {
        reason: reason.to_owned(),
        log: log.to_owned(),
    }
}
