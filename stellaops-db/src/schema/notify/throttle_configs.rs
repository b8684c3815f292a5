use crate::schema::notify::{Channel, Severity};
use crate::{Id, Table, TenantId, Timestamp};

/// How many messages of a kind may go to a channel in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.throttle_configs")]
pub struct ThrottleConfig {
    /// The id; UUIDv7, made by the client.
    pub id: Id<ThrottleConfig>,
    /// Whose config it is.
    pub tenant_id: TenantId,
    /// The channel that is limited; none: each channel of the tenant.
    pub channel_id: Option<Id<Channel>>,
    /// The type of event that is limited, or `*` for all of them together.
    pub event_type: String,
    /// How many messages may go in the span.
    pub max_deliveries: i32,
    /// How long the span is, in seconds; it moves with the time.
    pub window_seconds: i32,
    /// The least severity that is told all the same; none: nothing is.
    pub passes_from: Option<Severity>,
    /// Whether the limit holds; a disabled one does not fall back to a wider one.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the limit.
    pub created_by: String,
    /// The subject that changed the limit last.
    pub updated_by: String,
    /// When the limit was created.
    pub created_at: Timestamp,
    /// When the limit was changed last.
    pub updated_at: Timestamp,
}

impl ThrottleConfig {
    /// The type of event that stands for all of them.
    pub const EVERY_EVENT_TYPE: &str = "*";
}
