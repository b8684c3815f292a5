use stellaops_db::{Table, TenantId, Timestamp};

/// A shop: a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.shops")]
pub struct Shop {
    /// The shop itself.
    pub tenant_id: TenantId,
    /// How people call the shop.
    pub name: String,
    /// When the shop opened here.
    pub created_at: Timestamp,
}
