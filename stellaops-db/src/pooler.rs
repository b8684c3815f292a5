//! A pooler between a program and its server: found when the program connects, by what it does.
//!
//! In transaction mode two connections of ours can share one of the server's, one after the other, and a connection of
//! ours meets several of the server's. So the second of two connections begins a transaction, which keeps the server's
//! connection that the first one used just now, and the first one asks again.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Row as _};

use crate::config::{Config, STATEMENT_CACHE};
use crate::connect::{ConnectError, probe};

/// How long the first connection waits for a server's connection. A server without a pooler answers at once; a pool of
/// one connection never does, as long as the second holds it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a statement of ours sees of its session.
struct Seen {
    /// The server's process.
    process: i32,
    /// In milliseconds.
    statement_timeout: String,
    time_zone: String,
}

/// Refuses a pooler that forgets prepared statements, and warns of one that does not pass on what sessions ask for.
/// Without a pooler this takes a second connection and four exchanges: the first look, BEGIN, the second look, ROLLBACK.
pub(crate) async fn look_for(
    mut first: PgConnection,
    session: &PgConnectOptions,
    config: &Config,
) -> Result<(), ConnectError> {
    let before = see(&mut first).await.map_err(ConnectError::of)?;
    let mut second = probe(session).await?;
    let held = begin(&mut second).await.map_err(ConnectError::of)?;
    let after = tokio::time::timeout(PATIENCE, see(&mut first)).await;
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut second)
        .await
        .map_err(ConnectError::of)?;
    second.close().await.map_err(ConnectError::Failed)?;
    let is_pooled = match after {
        Ok(after) => {
            let after = after.map_err(ConnectError::of)?;
            first.close().await.map_err(ConnectError::Failed)?;
            held == before.process || after.process != before.process
        }
        // It is still waiting for its answer, and is dropped.
        Err(_) => {
            tracing::warn!(
                "the pooler has one connection to the server, so that nobody knows whether it keeps prepared statements"
            );
            true
        }
    };
    if is_pooled {
        tracing::info!(
            "the connections go through a pooler of transactions, which keeps prepared statements"
        );
    }
    warn_of_settings(&before, config);
    Ok(())
}

/// A statement that is prepared once a connection.
async fn see(connection: &mut PgConnection) -> Result<Seen, sqlx::Error> {
    const SQL: &str = "/* stellaops-db session */ SELECT pg_catalog.pg_backend_pid(), setting, \
        pg_catalog.current_setting('TimeZone') FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'";
    let (process, statement_timeout, time_zone) = sqlx::query_as(SQL).fetch_one(connection).await?;
    Ok(Seen {
        process,
        statement_timeout,
        time_zone,
    })
}

/// Begins a transaction, and says which of the server's processes it has; one exchange.
async fn begin(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let rows = sqlx::raw_sql("BEGIN; SELECT pg_catalog.pg_backend_pid()").fetch_all(connection);
    let rows = rows.await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}

fn warn_of_settings(seen: &Seen, config: &Config) {
    let wanted = config.statement_timeout().as_millis().to_string();
    if seen.statement_timeout != wanted {
        tracing::warn!(
            wanted,
            found = seen.statement_timeout,
            "the session has another `statement_timeout` than the configuration: a pooler does not pass it on; set it for the role, with ALTER ROLE … SET statement_timeout"
        );
    }
    if seen.time_zone != "UTC" {
        tracing::warn!(
            found = seen.time_zone,
            "the session's time zone is not UTC: a pooler does not pass it on; set it for the role, with ALTER ROLE … SET TimeZone = 'UTC'"
        );
    }
}

impl ConnectError {
    /// Says it in our words where a pooler is the cause.
    pub(crate) fn of(error: sqlx::Error) -> Self {
        let Some(said) = error.as_database_error() else {
            return ConnectError::Failed(error);
        };
        let refused = said.message().strip_prefix("unsupported startup parameter");
        match (said.code().as_deref(), refused) {
            // `: name`, or ` in options: name`.
            (_, Some(parameter)) => ConnectError::StartupParameter {
                parameter: parameter.rsplit(": ").next().unwrap_or_default().to_owned(),
            },
            // No such prepared statement, or one of another connection of ours by the same name.
            (Some("26000" | "42P05"), None) => ConnectError::PreparedStatements {
                needed: STATEMENT_CACHE,
            },
            (Some("08P01"), None) if said.message().contains("statement pooling") => {
                ConnectError::StatementPooling
            }
            _ => ConnectError::Failed(error),
        }
    }
}
