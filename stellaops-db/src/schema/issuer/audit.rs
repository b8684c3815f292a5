use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::issuer::Issuer;
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// What somebody did to a publisher, a key or a weight, as the tenant's people read it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("issuer.audit")]
pub struct IssuerAuditEntry {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose entry it is: the tenant's own, or `@global` for everybody's.
    pub tenant_id: TenantId,
    /// The tenant of the publisher, or `@global`.
    pub issuer_tenant_id: TenantId,
    /// The publisher that it was about.
    pub issuer_id: Id<Issuer>,
    /// What was done.
    pub action: IssuerAuditAction,
    /// The key that it was done to.
    pub key_fingerprint: Option<String>,
    /// The weight that counts since then, in thousandths.
    pub trust_weight: Option<i16>,
    /// The weight that counted before.
    pub previous_trust_weight: Option<i16>,
    /// The subject that did it: a user, a service account, or the service itself.
    pub actor: String,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// What else changed.
    pub changes: Option<IssuerChanges>,
    /// The request, as traces name it.
    pub correlation_id: Option<String>,
    /// When it was done.
    pub created_at: Timestamp,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("issuer.issuer_audit_action")]
pub enum IssuerAuditAction {
    /// The publisher was entered.
    Created,
    /// Its row was changed.
    Changed,
    /// It is heard no more.
    Suspended,
    /// It is heard again.
    Resumed,
    /// It was deleted by mark.
    Deleted,
    /// It was restored.
    Restored,
    /// A key was entered.
    KeyAdded,
    /// A key was retired.
    KeyRetired,
    /// A key was revoked.
    KeyRevoked,
    /// A weight was set.
    WeightSet,
    /// An override was removed.
    WeightRemoved,
}

/// The columns of a publisher that differ, before and after; columns come and go, so the two sides are
/// open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("issuer.issuer_changes")]
#[serde(rename_all = "camelCase")]
pub struct IssuerChanges {
    /// The names of the columns that differ.
    pub changed: BTreeSet<String>,
    /// Those columns as they were; absent where the publisher was entered.
    pub before: Option<Map<String, Value>>,
    /// Those columns as they are; absent where the publisher was deleted.
    pub after: Option<Map<String, Value>>,
}
