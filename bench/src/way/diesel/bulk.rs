//! Many rows with diesel-async: one transaction, a chunk of them in each statement.

use diesel::QueryResult;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};

use crate::document::Payload;
use crate::way::diesel::schema::graph_jobs;
use crate::way::diesel::{bind_tenant, new_row};

/// Rows in a statement: four values each, of 65,535 that a statement can have.
const CHUNK: usize = 1_000;

/// Inserts so many rows; the answer is how many were stored.
pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    number: usize,
) -> QueryResult<usize> {
    connection
        .transaction(async |connection| {
            bind_tenant(connection, tenant).await?;
            let mut stored = 0;
            for begin in (0..number).step_by(CHUNK) {
                let chunk = begin..number.min(begin + CHUNK);
                let rows: Vec<_> = chunk
                    .map(|number| new_row(tenant, &Payload::numbered(number)))
                    .collect();
                let insert = diesel::insert_into(graph_jobs::table).values(&rows);
                stored += insert.execute(connection).await?;
            }
            Ok(stored)
        })
        .await
}
