//! `/graph-jobs`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use stellaops_db::schema::scheduler::{
    GraphBuildJob, GraphJob, GraphJobPayload, GraphJobRepository, GraphJobStatus, GraphJobType,
};
use stellaops_db::{Cursor, Id, Swapped};

use crate::api::view::{JobLine, JobView, PageView, Status};
use crate::api::{ApiError, Tenant};

/// `?status=queued&limit=50&cursor=…`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    status: Option<AskedStatus>,
    #[serde(default = "usual_limit")]
    limit: u32,
    /// What a page gave as `next` or `previous`, of the same status.
    cursor: Option<Cursor>,
}

#[derive(Debug, Deserialize)]
struct AskedStatus(#[serde(with = "Status")] GraphJobStatus);

fn usual_limit() -> u32 {
    50
}

type JobId = Result<Path<Id<GraphJob>>, PathRejection>;

/// A page, newest first.
pub(super) async fn list(
    Tenant(scope): Tenant,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<PageView<JobLine>>, ApiError> {
    let Query(asked) = asked?;
    let jobs = scope.repository::<GraphJobRepository>();
    let list = match asked.status {
        Some(AskedStatus(status)) => jobs.list(GraphJob::BY_STATUS_NEWEST.of(status)),
        None => jobs.list(GraphJob::BY_NEWEST),
    };
    let mut list = list.project::<JobLine>().limit(asked.limit);
    if let Some(cursor) = asked.cursor {
        list = list.at(cursor);
    }
    Ok(Json(list.await?.into()))
}

/// One job.
pub(super) async fn show(Tenant(scope): Tenant, id: JobId) -> Result<Json<JobView>, ApiError> {
    let job = scope.repository::<GraphJobRepository>().get(id?.0).await?;
    Ok(Json(job.ok_or_else(ApiError::not_found)?.into()))
}

/// Asks for a graph. `X-Request-Id` becomes the job's correlation id.
pub(super) async fn create(
    Tenant(scope): Tenant,
    headers: HeaderMap,
    build: Result<Json<GraphBuildJob>, JsonRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let request_id =
        headers.get("x-request-id").and_then(|value| value.to_str().ok()).filter(|id| !id.is_empty());
    let row = GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build?.0))
        .status(GraphJobStatus::Queued)
        .correlation_id(request_id.map(str::to_owned));
    let job = scope.repository::<GraphJobRepository>().insert(row).await?;
    let location = [(header::LOCATION, format!("/graph-jobs/{}", job.id))];
    Ok((StatusCode::CREATED, location, Json(JobView::from(job))))
}

/// Calls a running job off; its worker finds its lease lost. Of several that try, one wins.
pub(super) async fn cancel(Tenant(scope): Tenant, id: JobId) -> Result<Json<JobView>, ApiError> {
    let Path(id) = id?;
    let jobs = scope.repository::<GraphJobRepository>();
    let step = GraphJob::STATUS.from(GraphJobStatus::Running).to(GraphJobStatus::Cancelled);
    match jobs.compare_and_swap(id, step).await? {
        Swapped::Won(job) => Ok(Json(job.into())),
        Swapped::Lost if jobs.exists(id).await? => {
            Err(ApiError::conflict("not_running", "a job can be cancelled while it is running"))
        }
        Swapped::Lost => Err(ApiError::not_found()),
    }
}
