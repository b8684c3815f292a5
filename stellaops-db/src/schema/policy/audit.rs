use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{DbEnum, Jsonb, Table, TenantId, Timestamp};

/// What somebody did to a pack, a version, a profile or an exception. Never changed.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policy.audit")]
pub struct AuditEntry {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose trail it is.
    pub tenant_id: TenantId,
    /// What sort of row the entry is about.
    pub entity: AuditedEntity,
    /// Which one; a trail outlives what it is about.
    pub entity_id: Uuid,
    /// What was done, a verb in the past: `approved`.
    pub action: String,
    /// The subject that did it.
    pub actor: String,
    /// Why, in the actor's words, or a ticket.
    pub reason: Option<String>,
    /// What differs from before.
    pub changes: Option<AuditedChanges>,
    /// The request that it belongs to, as traces name it.
    pub correlation_id: Option<String>,
    /// When it was done.
    pub created_at: Timestamp,
}

/// What sort of row an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.audited_entity")]
pub enum AuditedEntity {
    /// A pack.
    Pack,
    /// A version of a pack.
    PackVersion,
    /// A risk profile.
    RiskProfile,
    /// An evaluation.
    EvaluationRun,
    /// An exception.
    Exception,
}

/// The columns that differ, as they were and as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.audited_changes")]
#[serde(rename_all = "camelCase")]
pub struct AuditedChanges {
    /// The old values by column; none: the row is new.
    pub before: Option<Map<String, Value>>,
    /// The new values by column.
    pub after: Map<String, Value>,
}
