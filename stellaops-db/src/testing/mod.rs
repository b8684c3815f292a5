//! A real PostgreSQL for your own tests (feature `testing`, Unix only).
//!
//! * [`PostgresServer`]: a throwaway server that ends with the process, however that ends; [`shared_server`] is one for
//!   the whole process. With `STELLAOPS_DB_TEST_URL` set, the server behind that superuser URL is used instead.
//! * [`TemplateDatabase`] and [`TestDatabase`]: the schema is built once, each test gets a copy of its own.
//! * [`WireProxy`]: counts the messages of the protocol, adds latency and cuts connections.
//! * [`NetworkServer`]: a throwaway server that listens on a port, with TLS or without.
//! * [`PgBouncer`]: a pooler in front of a throwaway server, where one is installed.
//! * [`FixedClock`] and [`SequentialIds`]: time and ids that are the same in every run.
//!
//! ```no_run
//! use sqlx::ConnectOptions;
//! use stellaops_db::testing::{TemplateDatabase, TestingError, shared_server};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let server = shared_server().await;
//! let template = TemplateDatabase::prepare(server, "orders", async |connection| {
//!     sqlx::raw_sql("CREATE TABLE orders (id uuid PRIMARY KEY)").execute(connection).await?;
//!     Ok::<(), sqlx::Error>(())
//! })
//! .await?;
//! let database = template.clone_database().await?;
//! let connection = database.connect_options().connect().await?;
//! # drop(connection);
//! # Ok(())
//! # }
//! ```
//!
//! Each `#[tokio::test]` has a runtime of its own: share the server and the template, never a pool.

mod account;
mod address;
mod binaries;
mod clock;
mod database;
mod download;
mod error;
mod guard;
mod lease;
mod network;
mod pooler;
mod role;
mod server;
mod shell;
mod standby;
mod wire;

pub use binaries::PostgresBinaries;
pub use clock::{FixedClock, SequentialIds};
pub use database::{TemplateDatabase, TestDatabase};
pub use error::{BinariesError, Place, TestingError};
pub use network::{NetworkServer, ServerTls};
pub use pooler::{PGBOUNCER_VARIABLE, PgBouncer};
pub use role::ensure_login;
pub use server::{PostgresServer, Shutdown};
pub use standby::Standby;
pub use wire::{Peer, ProxyOptions, Upstream, WireProxy, WireSnapshot};

/// The environment variable with the superuser URL of a server to use instead of a throwaway one. One on another machine
/// is verified by [`Database::connect`](crate::Database::connect), unless the URL says `sslmode=disable` or `require`.
pub const TEST_URL_VARIABLE: &str = "STELLAOPS_DB_TEST_URL";

/// The environment variable with the major version that a throwaway server should have.
pub const VERSION_VARIABLE: &str = "STELLAOPS_DB_TEST_VERSION";

/// The environment variable that, set to anything but an empty text, forbids downloading PostgreSQL.
pub const OFFLINE_VARIABLE: &str = "STELLAOPS_DB_TEST_OFFLINE";

/// The server that all tests of this process share: started by the first call, ended with the process.
///
/// Roles and their settings belong to the whole server; give each test its own database, see [`TemplateDatabase`].
///
/// # Panics
/// When no server can be had: the message is that of the [`TestingError`], with the end of the server's log.
pub async fn shared_server() -> &'static PostgresServer {
    static SERVER: tokio::sync::OnceCell<PostgresServer> = tokio::sync::OnceCell::const_new();
    SERVER
        .get_or_init(async || match PostgresServer::start().await {
            Ok(server) => server,
            Err(error) => panic!("{error}"),
        })
        .await
}
