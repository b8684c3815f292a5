use crate::schema::notify::{Channel, EventFilter, SilenceEffect};
use crate::{Id, Table, TenantId, Timestamp};

/// A planned time in which events of some kinds are expected and nobody is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.maintenance_windows")]
pub struct MaintenanceWindow {
    /// The id; UUIDv7, made by the client.
    pub id: Id<MaintenanceWindow>,
    /// Whose window it is.
    pub tenant_id: TenantId,
    /// What people call the window.
    pub name: String,
    /// What is done in it, in its planner's words.
    pub description: Option<String>,
    /// When the silence begins.
    pub starts_at: Timestamp,
    /// When the silence ends.
    pub ends_at: Timestamp,
    /// The types of event that are expected; empty: all.
    pub event_types: Vec<String>,
    /// The channels that are silent; empty: all.
    pub channel_ids: Vec<Id<Channel>>,
    /// Which of those events are expected; none: all of them.
    pub filter: Option<EventFilter>,
    /// What happens to a message in the window.
    pub effect: SilenceEffect,
    /// When the window was called off.
    pub cancelled_at: Option<Timestamp>,
    /// The subject that called it off.
    pub cancelled_by: Option<String>,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that planned the window.
    pub created_by: String,
    /// The subject that changed the window last.
    pub updated_by: String,
    /// When the window was planned.
    pub created_at: Timestamp,
    /// When the window was changed last.
    pub updated_at: Timestamp,
}

impl MaintenanceWindow {
    /// Whether the window is open at that time: begun, not over, not called off.
    pub fn is_open_at(&self, time: Timestamp) -> bool {
        self.cancelled_at.is_none() && (self.starts_at..self.ends_at).contains(&time)
    }
}
