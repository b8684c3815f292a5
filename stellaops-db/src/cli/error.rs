//! What keeps a command from answering.

use std::process::ExitCode;

use stellaops_db::__private::ReachError;
use stellaops_db_spec::SourceError;
use stellaops_db_spec::generate::GenerateError;

use super::answer::Exit;

/// Something could not be read, written or reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("there is no `database.toml` in `{path}` or in `{path}/specs`, which `--specs` names")]
    NoSpecs { path: String },
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error(transparent)]
    Demo(#[from] stellaops_db::demo::DemoError),
    #[error("the database cannot be reached: {}", stellaops_db::__private::spoken(.0))]
    Connect(sqlx::Error),
    #[error(transparent)]
    Url(stellaops_db::ConfigError),
    #[error(transparent)]
    Refused(#[from] stellaops_db::ConnectError),
    #[error(transparent)]
    Database(#[from] stellaops_db::Error),
    #[error(transparent)]
    Scaffold(#[from] stellaops_db::scaffold::ScaffoldError),
    #[error(transparent)]
    Verify(#[from] stellaops_db::verify::VerifyError),
    #[error(transparent)]
    Lifecycle(#[from] stellaops_db::lifecycle::LifecycleError),
    #[error("no threads can be started: {0}")]
    Runtime(std::io::Error),
    #[error("`{path}` cannot be read or written: {cause}")]
    File { path: String, cause: std::io::Error },
}

impl From<ReachError> for CommandError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Url(error) => CommandError::Url(error),
            ReachError::Tls(error) => CommandError::Refused(error),
            ReachError::Failed(error) => CommandError::Connect(error),
        }
    }
}

impl CommandError {
    pub(super) fn file(path: &std::path::Path, cause: std::io::Error) -> Self {
        CommandError::File {
            path: path.display().to_string(),
            cause,
        }
    }

    pub(super) fn print(&self) -> ExitCode {
        anstream::eprintln!("\u{1b}[1;31merror\u{1b}[0m: {self}");
        Exit::Failed.into()
    }
}

/// Runs what a command does with a database.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(CommandError::Runtime)?.block_on(work))
}
