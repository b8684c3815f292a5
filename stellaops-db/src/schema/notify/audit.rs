use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DbEnum, Jsonb, Table, TenantId, Timestamp};

/// A change that somebody made to the notifications of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.audit")]
pub struct AuditEntry {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose trail it is.
    pub tenant_id: TenantId,
    /// The subject that made the change.
    pub actor: String,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// The subject for whom a delegated service account acted.
    pub on_behalf_of: Option<String>,
    /// What was done to the row.
    pub action: AuditAction,
    /// The table of this schema whose row was changed.
    pub entity_type: String,
    /// The row that was changed; it may be gone.
    pub entity_id: Uuid,
    /// Why, in the actor's words, or the ticket that asks for it.
    pub reason: Option<String>,
    /// The columns that differ, before and after.
    pub change: Option<AuditChange>,
    /// The request that all this began with, as traces name it.
    pub correlation_id: Option<String>,
    /// When the change was made.
    pub created_at: Timestamp,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.actor_kind")]
pub enum ActorKind {
    /// A person.
    User,
    /// Another service.
    Service,
    /// This service by itself.
    System,
}

/// What was done to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.audit_action")]
pub enum AuditAction {
    /// It is new.
    Created,
    /// It was changed.
    Updated,
    /// It was switched on.
    Enabled,
    /// It was switched off.
    Disabled,
    /// It was deleted.
    Deleted,
    /// It is back.
    Restored,
    /// Somebody took it.
    Acknowledged,
    /// It was settled.
    Resolved,
    /// It was opened again.
    Reopened,
    /// It was closed for good.
    Closed,
    /// It was called off.
    Cancelled,
    /// It was taken back.
    Revoked,
}

/// The columns that differ, before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.audit_change")]
#[serde(rename_all = "camelCase")]
pub struct AuditChange {
    /// The columns that differ, as they were; none: the row is new.
    pub before: Option<serde_json::Map<String, serde_json::Value>>,
    /// The same columns, as they are; none: the row is gone.
    pub after: Option<serde_json::Map<String, serde_json::Value>>,
}
