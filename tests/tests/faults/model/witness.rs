//! Somebody who sees everything, and connects again when the server was restarted.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use crate::support::until;

pub(super) struct Witness {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Witness {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Witness {
            options,
            connection: None,
        }
    }

    /// Runs SQL once, as well as it goes.
    pub(super) async fn run(&mut self, sql: &str) -> Option<u64> {
        if self.connection.is_none() {
            self.connection = self.options.connect().await.ok();
        }
        let connection = self.connection.as_mut()?;
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
        match done {
            Ok(done) => Some(done.rows_affected()),
            Err(_) => {
                self.connection = None;
                None
            }
        }
    }

    /// Kills a session after a while.
    pub(super) async fn kill(&mut self, session: &str, after: Duration) {
        tokio::time::sleep(after).await;
        let kill = format!("SELECT pg_terminate_backend(pid) {}", of(session));
        self.run(&kill).await;
    }

    /// Holds the lock of the table for a while.
    pub(super) async fn lock(&mut self, time: Duration) {
        if self.run("BEGIN; LOCK TABLE scheduler.graph_jobs").await.is_some() {
            tokio::time::sleep(time).await;
        }
        self.run("ROLLBACK").await;
    }

    /// Waits until a session has ended.
    pub(super) async fn ended(&mut self, session: &str) {
        let look = format!("SELECT {}", of(session));
        until("a session ends", async || self.run(&look).await == Some(0)).await;
    }
}

/// What tells a session from all others, those after a restart too.
pub(super) const SESSION: &str =
    "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()";

fn of(session: &str) -> String {
    format!("FROM pg_stat_activity WHERE pid || ' ' || backend_start = '{session}'")
}
