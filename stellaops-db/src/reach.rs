//! One connection by a URL, for the commands: as safe on its way as those of a program.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use crate::config::{Config, ConfigError, TlsFault, look_at, place};
use crate::connect::ConnectError;

/// Why a command's URL leads to no database.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// It is none.
    #[error(transparent)]
    Url(#[from] ConfigError),
    /// The way there is not safe.
    #[error(transparent)]
    Tls(#[from] ConnectError),
    /// The server cannot be reached, or refuses the login.
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
}

/// Connects, with TLS as [`Config`] says it of a URL, and gives the options to connect again.
///
/// # Errors
/// [`ReachError`], which never shows the URL.
pub async fn reach(
    url: &str,
    application_name: &str,
) -> Result<(PgConnection, PgConnectOptions), ReachError> {
    let options = Config::from_url(url)?.application_options();
    let options = options.application_name(application_name);
    look_at("command", &options)?;
    match options.connect().await {
        Ok(connection) => Ok((connection, options)),
        Err(error) => Err(match TlsFault::of(&error, &options) {
            Some(fault) => ReachError::Tls(ConnectError::Tls {
                login: place(&options),
                fault,
            }),
            None => ReachError::Failed(error),
        }),
    }
}
