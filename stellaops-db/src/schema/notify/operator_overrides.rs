use crate::schema::notify::Channel;
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A decision of an operator, for a short time, to tell in spite of limits and silence, or not to tell at all.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.operator_overrides")]
pub struct OperatorOverride {
    /// The id; UUIDv7, made by the client.
    pub id: Id<OperatorOverride>,
    /// Whose override it is.
    pub tenant_id: TenantId,
    /// What is decided.
    pub kind: OverrideKind,
    /// The channel that it is about; none: all of them.
    pub channel_id: Option<Id<Channel>>,
    /// The type of event that it is about; none: all of them.
    pub event_type: Option<String>,
    /// Why, in the operator's words.
    pub reason: String,
    /// The ticket that asks for it.
    pub ticket: Option<String>,
    /// When it begins to hold.
    pub starts_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// The subject that took it back.
    pub revoked_by: Option<String>,
    /// The subject that decided it.
    pub created_by: String,
    /// When it was decided.
    pub created_at: Timestamp,
    /// When it was decided or taken back.
    pub updated_at: Timestamp,
}

/// What an operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.override_kind")]
pub enum OverrideKind {
    /// Told in spite of throttles.
    BypassThrottle,
    /// Told in spite of quiet hours.
    BypassQuietHours,
    /// Told in spite of maintenance windows.
    BypassMaintenance,
    /// Not told at all.
    Suppress,
}

impl OperatorOverride {
    /// Whether the decision holds at that time: begun, not ended, not taken back.
    pub fn holds_at(&self, time: Timestamp) -> bool {
        self.revoked_at.is_none() && (self.starts_at..self.expires_at).contains(&time)
    }
}
