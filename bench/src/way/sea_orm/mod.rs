//! SeaORM, as its users bind a tenant: a transaction, `set_config` with a parameter, the statement, commit.

pub(crate) mod bulk;
mod entity;
pub(crate) mod queue;
pub(crate) mod stream;

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait as _, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, EntityTrait as _, LoaderTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, SelectExt as _, Statement, TransactionTrait as _,
};
use uuid::Uuid;

use crate::call::{Body, Call, PageStart};
use crate::document::Payload;
use crate::stock::COMPLETED;
use crate::verb::PAGE;
use crate::way::sea_orm::entity::{job, run, schedule, worker};
use crate::way::statement::{BIND_TENANT, PAGE_LIMIT};

/// Runs the call; the answer is the number of rows it was about.
pub(crate) async fn run(database: &DatabaseConnection, call: &Call) -> Result<usize, DbErr> {
    let transaction = begin(database, call.tenant.as_str()).await?;
    let rows = in_transaction(&transaction, call).await?;
    transaction.commit().await?;
    Ok(rows)
}

/// A transaction that is bound to the tenant.
async fn begin(database: &DatabaseConnection, tenant: &str) -> Result<DatabaseTransaction, DbErr> {
    let transaction = database.begin().await?;
    let bind = Statement::from_sql_and_values(DbBackend::Postgres, BIND_TENANT, [tenant.into()]);
    transaction.execute_raw(bind).await?;
    Ok(transaction)
}

async fn in_transaction(transaction: &DatabaseTransaction, call: &Call) -> Result<usize, DbErr> {
    let tenant = call.tenant.as_str();
    let key = |id: &Uuid| (*id, tenant.to_owned());
    match &call.body {
        Body::Get(id) => Ok(counted(job::Entity::find_by_id(key(id)).one(transaction).await?)),
        Body::Exists(id) => Ok(usize::from(
            job::Entity::find_by_id(key(id)).exists(transaction).await?,
        )),
        Body::GetByUnique(name) => {
            let workers = worker::Entity::find().filter(worker::Column::TenantId.eq(tenant));
            let worker = workers.filter(worker::Column::Name.eq(name)).one(transaction);
            Ok(counted(worker.await?))
        }
        Body::Insert(payload) => Ok(counted([new_row(tenant, payload).insert(transaction).await?])),
        Body::InsertMany(payloads) => {
            let rows = payloads.iter().map(|payload| new_row(tenant, payload));
            let insert = job::Entity::insert_many(rows).exec_with_returning(transaction);
            Ok(counted(insert.await?))
        }
        Body::Upsert(id, payload) => upsert(transaction, tenant, *id, payload).await,
        Body::Update(id, reason) => {
            let mut row = changed(tenant, *id);
            row.failure_reason = Set(Some(reason.clone()));
            Ok(counted([row.update(transaction).await?]))
        }
        Body::CompareAndSwap(id) => {
            let update = job::Entity::update_many()
                .col_expr(job::Column::Status, Expr::value(1_i16))
                .col_expr(job::Column::UpdatedAt, Expr::current_timestamp())
                .filter(
                    of_tenant(tenant)
                        .add(job::Column::Id.eq(*id))
                        .add(job::Column::Status.eq(0_i16)),
                );
            Ok(counted(update.exec_with_returning(transaction).await?))
        }
        Body::Delete(id) => {
            let deleted = job::Entity::delete_by_id(key(id)).exec(transaction).await?;
            Ok(deleted.rows_affected as usize)
        }
        Body::FirstPage => page(transaction, tenant, None).await,
        Body::LaterPage(start) => page(transaction, tenant, Some(start)).await,
        Body::Family(id) => family(transaction, key(id)).await,
        Body::Count => {
            let completed = of_tenant(tenant).add(job::Column::Status.eq(COMPLETED));
            Ok(job::Entity::find().filter(completed).count(transaction).await? as usize)
        }
        Body::Claim => queue::claim_one(transaction, tenant).await.map(counted),
    }
}

async fn upsert(
    transaction: &DatabaseTransaction,
    tenant: &str,
    id: Uuid,
    payload: &Payload,
) -> Result<usize, DbErr> {
    let mut row = new_row(tenant, payload);
    row.id = Set(id);
    let on_conflict = OnConflict::columns([job::Column::TenantId, job::Column::Id])
        .update_column(job::Column::Payload)
        .value(job::Column::UpdatedAt, Expr::current_timestamp())
        .to_owned();
    let upsert = job::Entity::insert(row).on_conflict(on_conflict);
    Ok(counted([upsert.exec_with_returning(transaction).await?]))
}

async fn page(
    transaction: &DatabaseTransaction,
    tenant: &str,
    start: Option<&PageStart>,
) -> Result<usize, DbErr> {
    let mut query = job::Entity::find().filter(of_tenant(tenant).add(job::Column::Status.eq(COMPLETED)));
    if let Some(start) = start {
        let place = Expr::tuple([Expr::col(job::Column::CreatedAt), Expr::col(job::Column::Id)]);
        let before = [Expr::value(start.created_at), Expr::value(start.id)];
        query = query.filter(place.lt(Expr::tuple(before)));
    }
    let rows = query
        .order_by_desc(job::Column::CreatedAt)
        .order_by_desc(job::Column::Id)
        .limit(PAGE_LIMIT as u64)
        .all(transaction)
        .await?;
    Ok(counted(rows).min(PAGE))
}

/// The loader's statement has no limit; there are no more children than are asked for.
async fn family(transaction: &DatabaseTransaction, key: (Uuid, String)) -> Result<usize, DbErr> {
    let parents = schedule::Entity::find_by_id(key)
        .filter(schedule::Column::DeletedAt.is_null())
        .all(transaction)
        .await?;
    let newest = run::Entity::find()
        .order_by_desc(run::Column::CreatedAt)
        .order_by_desc(run::Column::Id);
    let children = parents.load_many(newest, transaction).await?;
    Ok(counted(parents) + children.into_iter().map(counted).sum::<usize>())
}

fn of_tenant(tenant: &str) -> Condition {
    Condition::all().add(job::Column::TenantId.eq(tenant))
}

fn new_row(tenant: &str, payload: &Payload) -> job::ActiveModel {
    job::ActiveModel {
        tenant_id: Set(tenant.to_owned()),
        id: Set(Uuid::now_v7()),
        kind: Set(0),
        payload: Set(payload.clone()),
        ..Default::default()
    }
}

fn changed(tenant: &str, id: Uuid) -> job::ActiveModel {
    job::ActiveModel {
        tenant_id: Unchanged(tenant.to_owned()),
        id: Unchanged(id),
        updated_at: Set(chrono::Utc::now()),
        ..Default::default()
    }
}

fn counted<T>(rows: impl IntoIterator<Item = T>) -> usize {
    rows.into_iter().map(std::hint::black_box).count()
}
