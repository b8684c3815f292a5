use crate::schema::notify::EscalationSteps;
use crate::{Id, Table, TenantId, Timestamp};

/// Whom to call, one after the other, until somebody takes an incident.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.escalation_policies")]
pub struct EscalationPolicy {
    /// The id; UUIDv7, made by the client.
    pub id: Id<EscalationPolicy>,
    /// Whose policy it is.
    pub tenant_id: TenantId,
    /// What people call the policy; unique among the tenant's policies that are not deleted.
    pub name: String,
    /// What the policy is for, in its owner's words.
    pub description: Option<String>,
    /// Whom to tell, step by step.
    pub steps: EscalationSteps,
    /// How often the steps are gone through again when the last one found nobody.
    pub repeats: i16,
    /// Whether incidents escalate by the policy. Those of a disabled one are opened, and nobody is called.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the policy.
    pub created_by: String,
    /// The subject that changed the policy last.
    pub updated_by: String,
    /// When the policy was created.
    pub created_at: Timestamp,
    /// When the policy was changed last.
    pub updated_at: Timestamp,
    /// When the policy was deleted; none: it was not.
    pub deleted_at: Option<Timestamp>,
}
