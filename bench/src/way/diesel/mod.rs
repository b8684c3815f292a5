//! diesel-async, as its users bind a tenant: a transaction, `set_config` with a parameter, the statement,
//! commit.

pub(crate) mod bulk;
pub(crate) mod queue;
mod row;
mod schema;
pub(crate) mod stream;

use diesel::dsl::{exists, now};
use diesel::sql_types::{Record, Timestamptz};
use diesel::upsert::excluded;
use diesel::{
    BelongingToDsl as _, BoolExpressionMethods as _, ExpressionMethods as _, IntoSql as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, SelectableHelper as _,
};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::call::{Body, Call, PageStart};
use crate::document::Payload;
use crate::stock::COMPLETED;
use crate::verb::PAGE;
use crate::way::diesel::row::{Job, NewJob, Run, Schedule, Worker};
use crate::way::diesel::schema::{graph_jobs, runs, schedules, workers};
use crate::way::statement::{CHILDREN_LIMIT, PAGE_LIMIT};

/// Runs the call; the answer is the number of rows it was about.
pub(crate) async fn run(connection: &mut AsyncPgConnection, call: &Call) -> QueryResult<usize> {
    connection
        .transaction(async |connection| {
            bind_tenant(connection, call.tenant.as_str()).await?;
            in_transaction(connection, call).await
        })
        .await
}

/// By a function and not by SQL text, of which diesel-async keeps no prepared statement.
async fn bind_tenant(connection: &mut AsyncPgConnection, tenant: &str) -> QueryResult<()> {
    let bind = diesel::select(schema::set_config("app.tenant_id", tenant, true));
    bind.execute(connection).await.map(drop)
}

async fn in_transaction(connection: &mut AsyncPgConnection, call: &Call) -> QueryResult<usize> {
    let tenant = call.tenant.as_str();
    match &call.body {
        Body::Get(id) => {
            let job = graph_jobs::table.find((tenant, id)).select(Job::as_select());
            Ok(counted(job.first(connection).await.optional()?))
        }
        Body::Exists(id) => {
            let job = diesel::select(exists(graph_jobs::table.find((tenant, id))));
            Ok(usize::from(job.get_result::<bool>(connection).await?))
        }
        Body::GetByUnique(name) => {
            let worker = workers::table.filter(workers::tenant_id.eq(tenant).and(workers::name.eq(name)));
            let worker = worker.select(Worker::as_select()).first(connection).await;
            Ok(counted(worker.optional()?))
        }
        Body::Insert(payload) => {
            let insert = diesel::insert_into(graph_jobs::table).values(new_row(tenant, payload));
            Ok(counted([insert
                .returning(Job::as_returning())
                .get_result(connection)
                .await?]))
        }
        Body::InsertMany(payloads) => {
            let rows: Vec<_> = payloads.iter().map(|payload| new_row(tenant, payload)).collect();
            let insert = diesel::insert_into(graph_jobs::table).values(&rows);
            Ok(counted(
                insert
                    .returning(Job::as_returning())
                    .get_results(connection)
                    .await?,
            ))
        }
        Body::Upsert(id, payload) => upsert(connection, tenant, *id, payload).await,
        Body::Update(id, reason) => {
            let update = diesel::update(graph_jobs::table.find((tenant, id))).set((
                graph_jobs::failure_reason.eq(reason),
                graph_jobs::updated_at.eq(now),
            ));
            Ok(counted([update
                .returning(Job::as_returning())
                .get_result(connection)
                .await?]))
        }
        Body::CompareAndSwap(id) => {
            let pending = graph_jobs::table
                .find((tenant, id))
                .filter(graph_jobs::status.eq(0_i16));
            let update =
                diesel::update(pending).set((graph_jobs::status.eq(1_i16), graph_jobs::updated_at.eq(now)));
            let swapped = update.returning(Job::as_returning()).get_result(connection).await;
            Ok(counted(swapped.optional()?))
        }
        Body::Delete(id) => {
            diesel::delete(graph_jobs::table.find((tenant, id)))
                .execute(connection)
                .await
        }
        Body::FirstPage => first_page(connection, tenant).await,
        Body::LaterPage(start) => later_page(connection, tenant, start).await,
        Body::Family(id) => family(connection, tenant, *id).await,
        Body::Count => {
            let completed = graph_jobs::tenant_id
                .eq(tenant)
                .and(graph_jobs::status.eq(COMPLETED));
            let number = graph_jobs::table.filter(completed).count();
            Ok(number.get_result::<i64>(connection).await? as usize)
        }
        Body::Claim => queue::claim_one(connection, tenant).await.map(counted),
    }
}

async fn upsert(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    id: Uuid,
    payload: &Payload,
) -> QueryResult<usize> {
    let row = NewJob {
        id,
        ..new_row(tenant, payload)
    };
    let upsert = diesel::insert_into(graph_jobs::table)
        .values(row)
        .on_conflict((graph_jobs::tenant_id, graph_jobs::id))
        .do_update()
        .set((
            graph_jobs::payload.eq(excluded(graph_jobs::payload)),
            graph_jobs::updated_at.eq(now),
        ));
    Ok(counted([upsert
        .returning(Job::as_returning())
        .get_result(connection)
        .await?]))
}

async fn first_page(connection: &mut AsyncPgConnection, tenant: &str) -> QueryResult<usize> {
    let rows = graph_jobs::table
        .filter(
            graph_jobs::tenant_id
                .eq(tenant)
                .and(graph_jobs::status.eq(COMPLETED)),
        )
        .order((graph_jobs::created_at.desc(), graph_jobs::id.desc()))
        .limit(PAGE_LIMIT)
        .select(Job::as_select())
        .load(connection)
        .await?;
    Ok(counted(rows).min(PAGE))
}

async fn later_page(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    start: &PageStart,
) -> QueryResult<usize> {
    type Place = Record<(Timestamptz, diesel::sql_types::Uuid)>;
    let place = (graph_jobs::created_at, graph_jobs::id).into_sql::<Place>();
    let rows = graph_jobs::table
        .filter(
            graph_jobs::tenant_id
                .eq(tenant)
                .and(graph_jobs::status.eq(COMPLETED)),
        )
        .filter(place.lt((start.created_at, start.id)))
        .order((graph_jobs::created_at.desc(), graph_jobs::id.desc()))
        .limit(PAGE_LIMIT)
        .select(Job::as_select())
        .load(connection)
        .await?;
    Ok(counted(rows).min(PAGE))
}

async fn family(connection: &mut AsyncPgConnection, tenant: &str, id: Uuid) -> QueryResult<usize> {
    let parent = schedules::table
        .find((tenant, id))
        .filter(schedules::deleted_at.is_null())
        .select(Schedule::as_select())
        .first(connection)
        .await?;
    let children = Run::belonging_to(&parent)
        .filter(runs::tenant_id.eq(tenant))
        .order((runs::created_at.desc(), runs::id.desc()))
        .limit(CHILDREN_LIMIT)
        .select(Run::as_select())
        .load(connection)
        .await?;
    Ok(counted([parent]) + counted(children))
}

fn new_row<'a>(tenant: &'a str, payload: &Payload) -> NewJob<'a> {
    NewJob {
        tenant_id: tenant,
        id: Uuid::now_v7(),
        kind: 0,
        payload: payload.clone(),
    }
}

fn counted<T>(rows: impl IntoIterator<Item = T>) -> usize {
    rows.into_iter().map(std::hint::black_box).count()
}
