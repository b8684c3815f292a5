//! A hot standby of a throwaway server: a replica, to be read from.

use std::{
    fmt,
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{
    address::SOCKET_PORT,
    error::TestingError,
    server::{PostgresServer, blocking},
    shell::{self, Folder, Shell},
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
    shell: Shell,
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
        let folder = Folder::make()?;
        let port = SOCKET_PORT.to_string();
        let arguments = [
            program.parent().unwrap_or(Path::new("/")).as_os_str(),
            primary.as_os_str(),
            port.as_ref(),
            SUPERUSER.as_ref(),
        ];
        let shell = folder.run("stellaops-db-test-standby", SCRIPT, arguments)?;
        Ok(Self { shell })
    }

    /// A role's connection options for a database of the standby.
    pub fn connect_options_as(&self, database: &str, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.shell.directory)
            .port(SOCKET_PORT)
            .username(role)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        shell::log(&self.shell.directory)
    }

    async fn wait_until_ready(&self) -> Result<(), TestingError> {
        let options = self.connect_options_as("postgres", SUPERUSER);
        let started = Instant::now();
        loop {
            if let Ok(connection) = options.connect().await {
                let _ = connection.close().await;
                return Ok(());
            }
            let has_ended = self.shell.directory.join("ended").exists();
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
