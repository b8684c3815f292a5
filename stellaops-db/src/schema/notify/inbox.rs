use crate::schema::notify::{Incident, Severity};
use crate::{Id, Table, TenantId, Timestamp};

/// A message for one user, shown inside the product.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.inbox")]
pub struct InboxMessage {
    /// The id; UUIDv7, made by the client.
    pub id: Id<InboxMessage>,
    /// Whose message it is.
    pub tenant_id: TenantId,
    /// The subject of the user whom the message is for.
    pub user_id: String,
    /// What the message is about; made by [`deduplication_key`](crate::schema::notify::deduplication_key).
    pub deduplication_key: String,
    /// The type of event that is told.
    pub event_type: String,
    /// How serious it is.
    pub severity: Severity,
    /// What it is about, in one line.
    pub title: String,
    /// More about it, in plain text; none: the title says all.
    pub body: Option<String>,
    /// The page of the product where it is looked at, a path without a host.
    pub link: Option<String>,
    /// The incident that it is about.
    pub incident_id: Option<Id<Incident>>,
    /// When the user read it; none: not yet.
    pub read_at: Option<Timestamp>,
    /// When the user put it away; none: it is still shown.
    pub archived_at: Option<Timestamp>,
    /// When the message came.
    pub created_at: Timestamp,
    /// When it was read or put away last.
    pub updated_at: Timestamp,
}
