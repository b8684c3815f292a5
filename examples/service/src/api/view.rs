//! Graph jobs as the API writes them.

use serde::{Deserialize, Serialize};
use stellaops_db::schema::scheduler::{
    GraphBuildJob, GraphJob, GraphJobPayload, GraphJobStatus, GraphJobType, GraphOverlayJob, GraphResult,
};
use stellaops_db::{Cursor, Id, Page, Projection, Timestamp};

/// A page, and where the next and the previous one begin.
#[derive(Debug, Serialize)]
pub(super) struct PageView<T> {
    rows: Vec<T>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl<T> From<Page<T>> for PageView<T> {
    fn from(page: Page<T>) -> Self {
        PageView { rows: page.rows, next: page.next, previous: page.previous }
    }
}

/// A line of a list: the columns that it shows are all that is read. The graph, which may be large, is none of them.
#[derive(Debug, Serialize, Projection)]
#[serde(rename_all = "camelCase")]
#[projection("scheduler.graph_jobs", of = "GraphJob")]
pub(super) struct JobLine {
    id: Id<GraphJob>,
    #[column("type")]
    #[serde(rename = "type", with = "Kind")]
    kind: GraphJobType,
    #[serde(with = "Status")]
    status: GraphJobStatus,
    attempts: i32,
    created_at: Timestamp,
}

/// A job with all that a client may know of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JobView {
    id: Id<GraphJob>,
    #[serde(with = "Status")]
    status: GraphJobStatus,
    payload: Payload,
    result: Option<GraphResult>,
    failure_reason: Option<String>,
    correlation_id: Option<String>,
    attempts: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<GraphJob> for JobView {
    fn from(job: GraphJob) -> Self {
        JobView {
            id: job.id,
            status: job.status,
            payload: match job.payload {
                GraphJobPayload::Build(build) => Payload::Build(build),
                GraphJobPayload::Overlay(overlay) => Payload::Overlay(overlay),
            },
            result: job.result,
            failure_reason: job.failure_reason,
            correlation_id: job.correlation_id,
            attempts: job.attempts,
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Payload {
    Build(GraphBuildJob),
    Overlay(GraphOverlayJob),
}

/// The words of the API for a status, which are its own promise: renaming a variant does not break clients.
#[derive(Serialize, Deserialize)]
#[serde(remote = "GraphJobStatus", rename_all = "snake_case")]
pub(super) enum Status {
    Pending,
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Serialize)]
#[serde(remote = "GraphJobType", rename_all = "snake_case")]
enum Kind {
    Build,
    Overlay,
}
