use crate::schema::issuer::Issuer;
use crate::{Id, Table, TenantId, Timestamp};

/// How much a tenant trusts a publisher, in place of the publisher's own weight.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("issuer.trust_overrides")]
pub struct TrustOverride {
    /// Whose judgement it is.
    pub tenant_id: TenantId,
    /// The tenant of the publisher, or `@global`.
    pub issuer_tenant_id: TenantId,
    /// The publisher.
    pub issuer_id: Id<Issuer>,
    /// How much its word counts for this tenant, in thousandths; 0: not at all.
    pub trust_weight: i16,
    /// Why the tenant judges otherwise, for whoever asks about a verdict.
    pub reason: String,
    /// When the override counts no more, by the database's clock.
    pub ends_at: Option<Timestamp>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that first judged otherwise.
    pub created_by: String,
    /// The subject that changed the weight last.
    pub updated_by: String,
    /// When the tenant first judged otherwise.
    pub created_at: Timestamp,
    /// When the weight was changed last.
    pub updated_at: Timestamp,
}

impl TrustOverride {
    /// Whether it is about this publisher.
    pub fn is_of(&self, issuer: &Issuer) -> bool {
        (&self.issuer_tenant_id, self.issuer_id) == (&issuer.tenant_id, issuer.id)
    }

    /// Whether the override has not ended at that time.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}
