//! What bulk loads are measured by: a superuser's COPY into the table itself, in the binary form. Row-level security
//! refuses it to everybody else.

use futures_util::pin_mut;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{Json, Type};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::Fault;
use crate::document::Payload;

const COPY: &str = "COPY scheduler.graph_jobs (tenant_id, id, type, payload) FROM STDIN (FORMAT binary)";

/// Connects.
pub(crate) async fn connect(url: &str) -> Result<Client, Fault> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends when the client is dropped; an error reaches the caller that waits for the answer.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

/// Inserts so many rows; the answer is how many were stored.
pub(crate) async fn insert(client: &Client, tenant: &str, number: usize) -> Result<usize, Fault> {
    let sink = client.copy_in(COPY).await?;
    let writer = BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::UUID, Type::INT2, Type::JSONB]);
    pin_mut!(writer);
    for number in 0..number {
        let payload = Json(Payload::numbered(number));
        writer
            .as_mut()
            .write(&[&tenant, &Uuid::now_v7(), &0_i16, &payload])
            .await?;
    }
    Ok(writer.finish().await? as usize)
}
