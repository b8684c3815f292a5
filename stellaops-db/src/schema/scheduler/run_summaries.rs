use chrono::NaiveDate;

use crate::schema::scheduler::Schedule;
use crate::{Id, Table, TenantId, Timestamp};

/// What the runs of a schedule came to on one day.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.run_summaries")]
pub struct RunSummary {
    /// Whose summary it is.
    pub tenant_id: TenantId,
    /// The UTC day on which the runs were asked for.
    pub day: NaiveDate,
    /// The schedule.
    pub schedule_id: Id<Schedule>,
    /// How many runs were asked for.
    pub runs_total: i32,
    /// How many of them completed.
    pub runs_completed: i32,
    /// How many of them ended in error.
    pub runs_failed: i32,
    /// How many of them were cancelled.
    pub runs_cancelled: i32,
    /// Images looked at with success, over all runs.
    pub images_done: i64,
    /// Images that could not be looked at, over all runs.
    pub images_failed: i64,
    /// Findings of critical severity seen first on the day.
    pub new_critical: i64,
    /// Findings of high severity seen first on the day.
    pub new_high: i64,
    /// The sum of the durations of ended runs, in milliseconds.
    pub running_millis: i64,
    /// When the summary was first made.
    pub created_at: Timestamp,
    /// When the summary was computed last.
    pub updated_at: Timestamp,
}
