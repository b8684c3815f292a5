use serde::{Deserialize, Serialize};

use crate::schema::scheduler::ImageSelector;
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A standing order to look at a set of images again, at the times of a cron expression.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.schedules")]
pub struct Schedule {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Schedule>,
    /// Whose schedule it is.
    pub tenant_id: TenantId,
    /// What people call the schedule; unique among those that are not deleted.
    pub name: String,
    /// What the schedule is for, in its owner's words.
    pub description: Option<String>,
    /// Minute, hour, day of month, month and day of week; none: it runs on demand only.
    pub cron_expression: Option<String>,
    /// The IANA time zone that the cron expression is read in.
    pub timezone: String,
    /// What a run does with an image.
    pub mode: ScheduleMode,
    /// Which images a run looks at.
    pub selection: ImageSelector,
    /// How much a run may do.
    pub limits: Option<ScheduleLimits>,
    /// Whether the schedule fires. A disabled one can still be run on demand.
    pub enabled: bool,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that created the schedule.
    pub created_by: String,
    /// The subject that changed the schedule last.
    pub updated_by: String,
    /// When the schedule was created.
    pub created_at: Timestamp,
    /// When the schedule was changed last.
    pub updated_at: Timestamp,
    /// When the schedule was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What a run of a schedule does with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.schedule_mode")]
pub enum ScheduleMode {
    /// Evaluates what is known of it again.
    AnalysisOnly,
    /// Looks at its content again.
    ContentRefresh,
}

/// How much a run of a schedule may do; an absent limit does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.schedule_limits")]
#[serde(rename_all = "camelCase")]
pub struct ScheduleLimits {
    /// The greatest number of images a run.
    pub max_images: Option<u32>,
    /// The greatest number of images started a minute.
    pub images_per_minute: Option<u32>,
    /// The greatest number of images at work at once.
    pub parallelism: Option<u32>,
}
