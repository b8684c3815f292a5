use crate::schema::notify::{Channel, DigestPeriod, EscalationPolicy, EventFilter, Origin};
use crate::{Id, Table, TenantId, Timestamp};

/// A standing order to tell some channels of some events.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.rules")]
pub struct Rule {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Rule>,
    /// Whose rule it is.
    pub tenant_id: TenantId,
    /// What people call the rule; unique among the tenant's rules that are not deleted.
    pub name: String,
    /// What the rule is for, in its owner's words.
    pub description: Option<String>,
    /// The types of event that the rule is about.
    pub event_types: Vec<String>,
    /// Which of those events; none: all of them.
    pub filter: Option<EventFilter>,
    /// The channels that are told, each once.
    pub channel_ids: Vec<Id<Channel>>,
    /// The template that says it; none: the service's own text for the type of event.
    pub template_key: Option<String>,
    /// How important the rule is, 100 most.
    pub priority: i16,
    /// For how many seconds the same matter is not told again to the same channel; none: every time.
    pub throttle_seconds: Option<i32>,
    /// How long events are collected before they are told.
    pub digest_period: DigestPeriod,
    /// The policy by which an incident is opened for every event that fits; none: none is opened.
    pub escalation_policy_id: Option<Id<EscalationPolicy>>,
    /// Whether the row is kept here or in a manifest.
    pub origin: Origin,
    /// Whether the rule is held against events.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the rule: a user or a service identity.
    pub created_by: String,
    /// The subject that changed the rule last.
    pub updated_by: String,
    /// When the rule was created.
    pub created_at: Timestamp,
    /// When the rule was changed last.
    pub updated_at: Timestamp,
    /// When the rule was deleted; none: it was not.
    pub deleted_at: Option<Timestamp>,
}
