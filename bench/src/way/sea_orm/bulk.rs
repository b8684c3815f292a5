//! Many rows with SeaORM: one transaction, a chunk of them in each statement.

use sea_orm::{DatabaseConnection, DbErr, EntityTrait as _};

use crate::document::Payload;
use crate::way::sea_orm::entity::job;
use crate::way::sea_orm::{begin, new_row};

/// Rows in a statement: four values each, of 65,535 that a statement can have.
const CHUNK: usize = 1_000;

/// Inserts so many rows; the answer is how many were stored.
pub(crate) async fn insert(
    database: &DatabaseConnection,
    tenant: &str,
    number: usize,
) -> Result<usize, DbErr> {
    let transaction = begin(database, tenant).await?;
    let mut stored = 0;
    for begin in (0..number).step_by(CHUNK) {
        let chunk = begin..number.min(begin + CHUNK);
        let rows = chunk.map(|number| new_row(tenant, &Payload::numbered(number)));
        let insert = job::Entity::insert_many(rows).exec_without_returning(&transaction);
        stored += insert.await? as usize;
    }
    transaction.commit().await?;
    Ok(stored)
}
