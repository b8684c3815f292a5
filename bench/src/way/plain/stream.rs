//! All rows of a tenant, one by one, with sqlx.

use futures_util::TryStreamExt as _;
use sqlx::FromRow as _;
use sqlx::postgres::PgConnection;

use crate::row::JobRow;
use crate::stock::COMPLETED;
use crate::way::statement;

/// Reads them; the answer is their number.
pub(crate) async fn read(connection: &mut PgConnection, tenant: &str) -> Result<usize, sqlx::Error> {
    let query = sqlx::query(statement::STREAM).bind(tenant).bind(COMPLETED);
    let mut rows = query.fetch(connection);
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        std::hint::black_box(JobRow::from_row(&row)?);
        number += 1;
    }
    Ok(number)
}
