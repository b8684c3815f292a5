//! SQL of a test's own.

use sqlx::{AssertSqlSafe, PgConnection, Postgres};
use stellaops_db::TenantId;

/// A tenant of that id.
///
/// # Panics
/// When the text is none.
pub fn tenant(text: &str) -> TenantId {
    TenantId::new(text).expect("a tenant")
}

/// Runs SQL without parameters, and says how many rows it wrote.
///
/// # Errors
/// What the server says.
pub async fn run(connection: &mut PgConnection, sql: impl Into<String>) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.into()))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// The one value that a query gives.
///
/// # Panics
/// When it gives none.
pub async fn value<V>(connection: &mut PgConnection, sql: impl Into<String>) -> V
where
    V: Send + Unpin + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
{
    sqlx::query_scalar(AssertSqlSafe(sql.into()))
        .persistent(false)
        .fetch_one(connection)
        .await
        .expect("the query gives a value")
}
