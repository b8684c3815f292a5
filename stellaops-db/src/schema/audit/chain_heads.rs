use crate::{Table, TenantId, Timestamp};

/// The end of a tenant's chain of events: the number and the hash of its last one.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("audit.chain_heads")]
pub struct ChainHead {
    /// Whose chain it is.
    pub tenant_id: TenantId,
    /// The number of the tenant's last event; 0 before the first.
    pub position: i64,
    /// The hash of the tenant's last event; 32 zero bytes before the first.
    pub hash: Vec<u8>,
    /// When the last event was written.
    pub updated_at: Timestamp,
}
