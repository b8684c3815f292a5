//! A database, as the system login, for commands that look across tenants.

use sqlx::Connection as _;
use sqlx::postgres::PgPoolOptions;
use stellaops_db::__private::reach;
use stellaops_db::Database;

use super::error::CommandError;

/// Connects on one connection. A login that would see empty tables is refused: all would look well.
pub(super) async fn connect(url: &str) -> Result<Database, CommandError> {
    // A pool would try again for half a minute before it says why.
    let (first, options) = reach(url, "stellaops-db").await?;
    first.close().await.map_err(CommandError::Connect)?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await;
    let pool = pool.map_err(CommandError::Connect)?;
    let database = Database::from_pool_unguarded(pool.clone(), "a command works as the system login alone");
    Ok(database.with_system_pool(pool).await?)
}
