//! A hot standby of a throwaway server: a replica, to be read from.

use std::{
    fmt, fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Stdio},
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{
    account::ServerAccount,
    address::SOCKET_PORT,
    error::TestingError,
    guard::base_folder,
    server::{PostgresServer, blocking},
};

const SCRIPT: &str = include_str!("standby.sh");
const PATIENCE: Duration = Duration::from_secs(60);
/// The superuser of a throwaway server.
const SUPERUSER: &str = "postgres";

/// A hot standby for tests: it streams all that the throwaway server writes, and can only be read.
///
/// It listens on a Unix socket in a folder of its own. Dropping it, and the end of the process in any way, stops it
/// and removes the folder.
pub struct Standby {
    directory: PathBuf,
    /// The shell, which waits for the pipe's end.
    _guard: Child,
    _pipe: Option<ChildStdin>,
}

impl Standby {
    /// Copies the server as it is now, and follows it from there.
    ///
    /// # Errors
    /// [`TestingError::NotOurs`] for an external server; [`TestingError::Start`] with its log, when it does not come up.
    pub async fn start(server: &PostgresServer) -> Result<Self, TestingError> {
        let primary = server.socket_directory().ok_or(TestingError::NotOurs)?.to_owned();
        let program = server.bin("pg_basebackup").ok_or(TestingError::NotOurs)?;
        let standby = blocking(move || Self::start_blocking(&primary, &program)).await?;
        standby.wait_until_ready().await?;
        Ok(standby)
    }

    fn start_blocking(primary: &Path, program: &Path) -> Result<Self, TestingError> {
        let account =
            ServerAccount::choose().map_err(TestingError::system("tell the user of this process"))?;
        let directory = tempfile::Builder::new()
            .prefix("sdb-")
            .rand_bytes(10)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(base_folder(account))
            .map_err(TestingError::system("make a folder for a standby"))?;
        account
            .take(directory.path())
            .map_err(TestingError::system("give the standby's folder to its user"))?;
        let mut command = account.command(Path::new("/bin/sh"));
        command
            .args(["-c", SCRIPT, "stellaops-db-test-standby"])
            .arg(directory.path())
            .arg(program.parent().unwrap_or(Path::new("/")))
            .arg(primary)
            .args([SOCKET_PORT.to_string().as_str(), SUPERUSER])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut guard = command.spawn().map_err(TestingError::system("run /bin/sh"))?;
        Ok(Self {
            _pipe: guard.stdin.take(),
            _guard: guard,
            // From here on the shell removes it.
            directory: directory.keep(),
        })
    }

    /// A role's connection options for a database of the standby.
    pub fn connect_options_as(&self, database: &str, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.directory)
            .port(SOCKET_PORT)
            .username(role)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        fs::read(self.directory.join("log"))
            .map_or(String::new(), |log| String::from_utf8_lossy(&log).into_owned())
    }

    async fn wait_until_ready(&self) -> Result<(), TestingError> {
        let options = self.connect_options_as("postgres", SUPERUSER);
        let started = Instant::now();
        loop {
            if let Ok(connection) = options.connect().await {
                let _ = connection.close().await;
                return Ok(());
            }
            let has_ended = self.directory.join("ended").exists();
            if has_ended || started.elapsed() > PATIENCE {
                return Err(TestingError::Start {
                    reason: "the standby did not become ready".to_owned(),
                    log: self.log(),
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl fmt::Debug for Standby {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Standby").finish_non_exhaustive()
    }
}
