//! All rows of a tenant, one by one, with diesel-async.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult, SelectableHelper as _,
};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use futures_util::TryStreamExt as _;

use crate::stock::COMPLETED;
use crate::way::diesel::bind_tenant;
use crate::way::diesel::row::Job;
use crate::way::diesel::schema::graph_jobs;

/// Reads them; the answer is their number.
pub(crate) async fn read(connection: &mut AsyncPgConnection, tenant: &str) -> QueryResult<usize> {
    connection
        .transaction(async |connection| {
            bind_tenant(connection, tenant).await?;
            let mut rows = graph_jobs::table
                .filter(
                    graph_jobs::tenant_id
                        .eq(tenant)
                        .and(graph_jobs::status.eq(COMPLETED)),
                )
                .order((graph_jobs::created_at.desc(), graph_jobs::id.desc()))
                .select(Job::as_select())
                .load_stream::<Job>(connection)
                .await?;
            let mut number = 0;
            while let Some(row) = rows.try_next().await? {
                std::hint::black_box(row);
                number += 1;
            }
            Ok(number)
        })
        .await
}
