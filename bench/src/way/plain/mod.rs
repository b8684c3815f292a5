//! One statement with sqlx: what the floor is, and what stands in the middle of the usual
//! transaction.

use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::types::Json;
use sqlx::{Connection as _, FromRow, Row, Transaction};
use uuid::Uuid;

use crate::call::{Body, Call, LEASE, WORKER};
use crate::row::{JobRow, RunRow, ScheduleRow, WorkerRow};
use crate::stock::COMPLETED;
use crate::verb::{PAGE, Verb};
use crate::way::statement::{self, CHILDREN_LIMIT, PAGE_LIMIT};

pub(crate) mod bulk;
pub(crate) mod queue;
pub(crate) mod stream;

/// A transaction that is bound to the tenant, in the usual way.
pub(crate) async fn begin<'c>(
    connection: &'c mut PgConnection,
    tenant: &str,
) -> Result<Transaction<'c, Postgres>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let bind = sqlx::query(statement::BIND_TENANT).bind(tenant);
    bind.execute(&mut *transaction).await?;
    Ok(transaction)
}

/// Runs the call on the connection; the answer is the number of rows it was about.
pub(crate) async fn run(connection: &mut PgConnection, call: &Call) -> Result<usize, sqlx::Error> {
    let tenant = call.tenant.as_str();
    let query = |verb: Verb| sqlx::query(statement::of(verb)).bind(tenant);
    match &call.body {
        Body::Get(id) => jobs(query(Verb::Get).bind(id), connection).await,
        Body::Exists(id) => {
            let row = query(Verb::Exists).bind(id).fetch_one(connection).await?;
            Ok(usize::from(row.try_get::<bool, _>(0)?))
        }
        Body::GetByUnique(name) => rows::<WorkerRow>(query(Verb::GetByUnique).bind(name), connection).await,
        Body::Insert(payload) => {
            let query = query(Verb::Insert).bind(Uuid::now_v7()).bind(Json(payload));
            jobs(query, connection).await
        }
        Body::InsertMany(payloads) => {
            let query = payloads.iter().fold(query(Verb::InsertMany), |query, payload| {
                query.bind(Uuid::now_v7()).bind(Json(payload))
            });
            jobs(query, connection).await
        }
        Body::Upsert(id, payload) => jobs(query(Verb::Upsert).bind(id).bind(Json(payload)), connection).await,
        Body::Update(id, reason) => jobs(query(Verb::Update).bind(id).bind(reason), connection).await,
        Body::CompareAndSwap(id) => jobs(query(Verb::CompareAndSwap).bind(id), connection).await,
        Body::Delete(id) => {
            let done = query(Verb::Delete).bind(id).execute(connection).await?;
            Ok(done.rows_affected() as usize)
        }
        Body::FirstPage => {
            page(
                query(Verb::FirstPage).bind(COMPLETED).bind(PAGE_LIMIT),
                connection,
            )
            .await
        }
        Body::LaterPage(start) => {
            let query = query(Verb::LaterPage).bind(COMPLETED).bind(PAGE_LIMIT);
            page(query.bind(start.created_at).bind(start.id), connection).await
        }
        Body::Family(id) => {
            let parents = rows::<ScheduleRow>(query(Verb::Family).bind(id), &mut *connection).await?;
            let children = sqlx::query(statement::RUNS).bind(tenant).bind(id);
            Ok(parents + rows::<RunRow>(children.bind(CHILDREN_LIMIT), connection).await?)
        }
        Body::Count => {
            let row = query(Verb::Count).bind(COMPLETED).fetch_one(connection).await?;
            Ok(row.try_get::<i64, _>(0)? as usize)
        }
        Body::Claim => {
            let query = query(Verb::Claim).bind(WORKER).bind(LEASE as f64).bind(1_i64);
            jobs(query, connection).await
        }
    }
}

type Bound<'q> = Query<'q, Postgres, PgArguments>;

async fn jobs(query: Bound<'_>, connection: &mut PgConnection) -> Result<usize, sqlx::Error> {
    rows::<JobRow>(query, connection).await
}

async fn page(query: Bound<'_>, connection: &mut PgConnection) -> Result<usize, sqlx::Error> {
    Ok(jobs(query, connection).await?.min(PAGE))
}

async fn rows<T>(query: Bound<'_>, connection: &mut PgConnection) -> Result<usize, sqlx::Error>
where
    T: for<'r> FromRow<'r, PgRow>,
{
    let rows = query.fetch_all(connection).await?;
    let rows: Vec<T> = rows.iter().map(T::from_row).collect::<Result<_, _>>()?;
    Ok(std::hint::black_box(rows).len())
}
