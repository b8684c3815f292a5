//! Cleaning up after runs that were killed, on a server that outlives them.
//!
//! A process that uses the server of `STELLAOPS_DB_TEST_URL` holds an advisory lock for as long as it lives, and its
//! token is in the name of each of its databases. Whoever comes next drops the databases whose lock is free.

use std::collections::BTreeSet;

use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::sync::oneshot;

use super::{database::drop_database, error::TestingError};

const NAME: &str = "stellaops_test_";
/// The first half of the advisory locks' keys; the second is the token.
const LOCK_CLASS: i32 = 0x5344_4254;

/// The right to databases of a process's own.
pub(super) struct Lease {
    token: u32,
    /// Dropping it ends the session that holds the lock.
    _session: Option<oneshot::Sender<()>>,
}

impl Lease {
    /// For a server that dies with the process.
    pub(super) fn unneeded() -> Self {
        Self {
            token: random(),
            _session: None,
        }
    }

    /// Drops what dead processes left, and takes the lock on a thread of its own: no test's runtime lives long enough.
    pub(super) async fn take(maintenance: PgConnectOptions) -> Result<Self, TestingError> {
        let token = random();
        let (held, is_held) = oneshot::channel();
        let (session, end) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let hold = async {
                let taken = sweep_and_lock(maintenance, token).await;
                let (connection, answer) = match taken {
                    Ok(connection) => (Some(connection), Ok(())),
                    Err(error) => (None, Err(error)),
                };
                let _ = held.send(answer);
                // Ends, with an error, when the lease is dropped.
                let _ = end.await;
                drop(connection);
            };
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(hold);
            }
        });
        let lost = |error| TestingError::System {
            action: "keep a session on the test server".to_owned(),
            source: std::io::Error::other(error),
        };
        is_held.await.map_err(lost)??;
        Ok(Self {
            token,
            _session: Some(session),
        })
    }

    /// What the names of the process's databases begin with.
    pub(super) fn name_prefix(&self) -> String {
        format!("{NAME}{:08x}_", self.token)
    }
}

async fn sweep_and_lock(maintenance: PgConnectOptions, token: u32) -> Result<PgConnection, TestingError> {
    let failed = || TestingError::database("drop what earlier test runs left");
    let mut connection = maintenance.connect().await.map_err(failed())?;
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1")
            .bind(NAME)
            .fetch_all(&mut connection)
            .await
            .map_err(failed())?;
    let tokens: BTreeSet<u32> = names.iter().filter_map(|name| token_of(name)).collect();
    for dead in tokens {
        if !ask(&mut connection, "SELECT pg_try_advisory_lock($1, $2)", dead)
            .await
            .map_err(failed())?
        {
            continue;
        }
        for name in names.iter().filter(|name| token_of(name) == Some(dead)) {
            // Another run may be dropping it too.
            let _ = drop_database(&mut connection, name).await;
        }
        ask(&mut connection, "SELECT pg_advisory_unlock($1, $2)", dead)
            .await
            .map_err(failed())?;
    }
    let lock = "SELECT pg_try_advisory_lock($1, $2)";
    ask(&mut connection, lock, token)
        .await
        .map_err(TestingError::database("lock the test databases' names"))?;
    Ok(connection)
}

async fn ask(connection: &mut PgConnection, question: &'static str, token: u32) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(question)
        .bind(LOCK_CLASS)
        .bind(token.cast_signed())
        .fetch_one(connection)
        .await
}

fn token_of(name: &str) -> Option<u32> {
    u32::from_str_radix(name.strip_prefix(NAME)?.get(..8)?, 16).ok()
}

/// The low bits of a UUIDv7 are random.
fn random() -> u32 {
    uuid::Uuid::now_v7().as_fields().3[4..]
        .iter()
        .fold(0, |bits, byte| bits << 8 | u32::from(*byte))
}
