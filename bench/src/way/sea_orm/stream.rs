//! All rows of a tenant, one by one, with SeaORM.

use futures_util::TryStreamExt as _;
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::stock::COMPLETED;
use crate::way::sea_orm::entity::job;
use crate::way::sea_orm::{begin, of_tenant};

/// Reads them; the answer is their number.
pub(crate) async fn read(database: &DatabaseConnection, tenant: &str) -> Result<usize, DbErr> {
    let transaction = begin(database, tenant).await?;
    let mut rows = job::Entity::find()
        .filter(of_tenant(tenant).add(job::Column::Status.eq(COMPLETED)))
        .order_by_desc(job::Column::CreatedAt)
        .order_by_desc(job::Column::Id)
        .stream(&transaction)
        .await?;
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        std::hint::black_box(row);
        number += 1;
    }
    drop(rows);
    transaction.commit().await?;
    Ok(number)
}
