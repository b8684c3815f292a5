//! Many rows with sqlx: as arrays, a chunk of them in each statement.

use sqlx::postgres::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::document::Payload;
use crate::way::statement;

/// Rows in a statement.
const CHUNK: usize = 5_000;

/// Inserts so many rows; the answer is how many were stored.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: &str,
    number: usize,
) -> Result<usize, sqlx::Error> {
    let mut stored = 0;
    for begin in (0..number).step_by(CHUNK) {
        let chunk = begin..number.min(begin + CHUNK);
        let ids: Vec<Uuid> = chunk.clone().map(|_| Uuid::now_v7()).collect();
        let payloads: Vec<Json<Payload>> = chunk.map(|number| Json(Payload::numbered(number))).collect();
        let insert = sqlx::query(statement::INSERT_ARRAYS)
            .bind(tenant)
            .bind(ids)
            .bind(payloads);
        stored += insert.execute(&mut *connection).await?.rows_affected() as usize;
    }
    Ok(stored)
}
