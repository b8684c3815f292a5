use serde::{Deserialize, Serialize};

use crate::schema::scheduler::{GraphJob, GraphJobStatus};
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// A status that a graph job reached, and what was known about it then.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.graph_job_events")]
pub struct GraphJobEvent {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose event it is.
    pub tenant_id: TenantId,
    /// The job.
    pub job_id: Id<GraphJob>,
    /// The status that the job reached.
    pub status: GraphJobStatus,
    /// What was known then.
    pub payload: GraphJobEventPayload,
    /// When the job reached the status.
    pub created_at: Timestamp,
}

/// What was known when a graph job reached a status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.graph_job_event")]
#[serde(rename_all = "camelCase")]
pub struct GraphJobEventPayload {
    /// Which claim of the job it was, from 1; none before the first.
    pub attempt: Option<u32>,
    /// The worker that held the job.
    pub worker: Option<String>,
    /// Why the job failed or was cancelled.
    pub reason: Option<String>,
    /// The graph that a completed job made.
    pub graph_revision_id: Option<String>,
}
