//! What the server's catalog says, as rows with names: the server makes JSON of them.

use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, PgConnection};

/// The rows of a query on the catalog, by the names of its columns; `$1` are the schemas.
///
/// # Errors
/// What the server says, or that a row is another one than it is read as.
pub(crate) async fn rows<T: DeserializeOwned>(
    connection: &mut PgConnection,
    query: &'static str,
    schemas: &[String],
) -> Result<Vec<T>, sqlx::Error> {
    let text = format!(
        "WITH schemas AS (SELECT $1::text[]) SELECT coalesce(json_agg(fact), '[]')::text FROM ({query}) AS fact"
    );
    let found: String = sqlx::query_scalar(AssertSqlSafe(text))
        .bind(schemas)
        .persistent(false)
        .fetch_one(connection)
        .await?;
    serde_json::from_str(&found).map_err(|fault| sqlx::Error::Decode(fault.into()))
}
