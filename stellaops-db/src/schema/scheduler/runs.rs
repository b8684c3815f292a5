use crate::schema::scheduler::{ImpactSnapshot, Schedule};
use crate::{DbEnum, Id, List, Table, TenantId, Timestamp};

/// One execution over a set of images: planned, queued, run, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.runs")]
pub struct Run {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Run>,
    /// Whose run it is.
    pub tenant_id: TenantId,
    /// The schedule that the run belongs to; none, or one that is gone.
    pub schedule_id: Option<Id<Schedule>>,
    /// The occurrence of the trigger that the run answers.
    pub scheduled_for: Option<Timestamp>,
    /// What asked for the run.
    pub reason: RunReason,
    /// More about the reason: the feed's revision, or what a person wrote.
    pub reason_detail: Option<String>,
    /// The subject that asked for the run; none: the scheduler itself.
    pub requested_by: Option<String>,
    /// How far the run has come; changes by compare-and-swap.
    pub state: RunState,
    /// The images that the run was planned on; none until the plan is made.
    pub impact_snapshot_id: Option<Id<ImpactSnapshot>>,
    /// How many images the plan holds, after limits.
    pub images_selected: i32,
    /// How many of them were looked at with success.
    pub images_done: i32,
    /// How many of them could not be looked at.
    pub images_failed: i32,
    /// Findings of critical severity that the run saw first.
    pub new_critical: i32,
    /// Findings of high severity that the run saw first.
    pub new_high: i32,
    /// Why the run ended in error, for a person.
    pub failure_reason: Option<String>,
    /// When the first image was begun.
    pub started_at: Option<Timestamp>,
    /// When the run reached its final state.
    pub finished_at: Option<Timestamp>,
    /// When the run was asked for.
    pub created_at: Timestamp,
    /// When the run was changed last.
    pub updated_at: Timestamp,
}

/// What asked for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.run_reason")]
pub enum RunReason {
    /// A trigger.
    Schedule,
    /// A person.
    Manual,
    /// An advisory feed that changed.
    AdvisoryFeed,
    /// A VEX feed that changed.
    VexFeed,
}

/// How far a run has come; completed, error and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.run_state")]
pub enum RunState {
    /// Its images are being worked out.
    Planning,
    /// Planned.
    Queued,
    /// At work.
    Running,
    /// Done; a plan without images completes at once.
    Completed,
    /// Ended early; there is a reason.
    Error,
    /// Called off.
    Cancelled,
}

/// Which runs are meant; what is left out narrows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of this schedule.
    pub schedule_id: Option<Id<Schedule>>,
    /// Those in this state.
    pub state: Option<RunState>,
    /// Those asked for after this moment.
    pub created_after: Option<Timestamp>,
}

impl RunRepository {
    /// Lists the runs that are meant, newest first; rows of one instant by id. An index serves each way to
    /// filter; a page's cursor goes on with the same filter.
    pub fn list_matching(&self, filter: RunFilter) -> List<Run> {
        let list = match (filter.schedule_id, filter.state) {
            (Some(schedule), Some(state)) => self.list_by_schedule_state_newest(schedule, state),
            (Some(schedule), None) => self.list_by_schedule_newest(schedule),
            (None, Some(state)) => self.list_by_state_newest(state),
            (None, None) => self.list_by_newest(),
        };
        match filter.created_after {
            Some(moment) => list.filter(Run::CREATED_AT.gt(moment)),
            None => list,
        }
    }
}
