use crate::schema::scheduler::Schedule;
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// When a schedule fires next: the scheduler's own state, apart from the row that people edit.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.triggers")]
pub struct Trigger {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Trigger>,
    /// Whose trigger it is.
    pub tenant_id: TenantId,
    /// The schedule that fires.
    pub schedule_id: Id<Schedule>,
    /// Where the times come from.
    pub kind: TriggerKind,
    /// Whether the trigger fires; follows the schedule's own switch.
    pub enabled: bool,
    /// The next occurrence; whoever moves it has fired the trigger: with a lease, or by compare-and-swap.
    pub next_fire_at: Timestamp,
    /// What happens to occurrences that were missed.
    pub misfire_policy: MisfirePolicy,
    /// How late an occurrence may be, in seconds, before it counts as missed.
    pub misfire_grace_seconds: i32,
    /// When the trigger fired last.
    pub last_fired_at: Option<Timestamp>,
    /// How many occurrences were missed since the trigger was made.
    pub missed: i64,
    /// When the claim ends unless it is renewed, by the database's clock.
    pub lease_expires_at: Option<Timestamp>,
    /// The scheduler that holds the claim.
    pub leased_by: Option<String>,
    /// How often the trigger was claimed.
    pub attempts: i32,
    /// Why the last attempt to fire failed.
    pub failure_reason: Option<String>,
    /// When the trigger was made.
    pub created_at: Timestamp,
    /// When the trigger was changed last, a firing included.
    pub updated_at: Timestamp,
}

/// Where the times of a trigger come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.trigger_kind")]
pub enum TriggerKind {
    /// The schedule's cron expression.
    Cron,
    /// `next_fire_at` alone; firing disables the trigger.
    Once,
}

/// What happens to occurrences missed while no scheduler ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.misfire_policy")]
pub enum MisfirePolicy {
    /// One run for all of them.
    FireOnce,
    /// None.
    Skip,
    /// One run each.
    FireAll,
}
