use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::scheduler::Run;
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A line that a worker wrote about a run, for the people who read it later.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scheduler.execution_logs")]
pub struct ExecutionLog {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose line it is.
    pub tenant_id: TenantId,
    /// The run that the line is about.
    pub run_id: Id<Run>,
    /// How serious the line is.
    pub level: LogLevel,
    /// Who wrote the line: the name of a worker, or a part of the service.
    pub source: String,
    /// The line itself, for a person.
    pub message: String,
    /// Facts that belong to the line.
    pub context: Option<ExecutionLogContext>,
    /// When the line was written, by the writer's clock.
    pub created_at: Timestamp,
}

/// How serious a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.log_level")]
pub enum LogLevel {
    /// For those who look for a fault.
    Debug,
    /// What is going on.
    Info,
    /// What may need attention.
    Warning,
    /// What failed.
    Error,
}

/// Facts that belong to a log line; writers may add their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.execution_log_context")]
#[serde(rename_all = "camelCase")]
pub struct ExecutionLogContext {
    /// The image that the line is about.
    pub image_digest: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_millis: Option<u64>,
    /// What the writer adds.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}
