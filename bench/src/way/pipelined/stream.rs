//! All rows of a tenant, one by one, with tokio-postgres.

use futures_util::TryStreamExt as _;
use tokio_postgres::types::ToSql;

use crate::Fault;
use crate::row::JobRow;
use crate::stock::COMPLETED;
use crate::way::pipelined::Pipelined;
use crate::way::statement;

/// Reads them; the answer is their number.
pub(crate) async fn read(pipelined: &Pipelined, tenant: &str) -> Result<usize, Fault> {
    let client = &pipelined.client;
    client.batch_execute("BEGIN").await?;
    client.execute(&pipelined.bind_tenant, &[&tenant]).await?;
    let statement = client.prepare(statement::STREAM).await?;
    let parameters: [&(dyn ToSql + Sync); 2] = [&tenant, &COMPLETED];
    let mut rows = std::pin::pin!(client.query_raw(&statement, parameters).await?);
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        std::hint::black_box(JobRow::try_from(&row)?);
        number += 1;
    }
    client.batch_execute("COMMIT").await?;
    Ok(number)
}
