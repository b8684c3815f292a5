//! The tables of `tests/ledger/specs`, which keep rows for ever, for a while, or as evidence.

use stellaops_db::{Id, Table, TenantId, Timestamp};

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.contracts", specs = "ledger/specs")]
pub struct Contract {
    /// The id.
    pub id: Id<Contract>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What it is about.
    pub title: String,
}

/// Somebody came.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.visits", specs = "ledger/specs")]
pub struct Visit {
    /// The id.
    pub id: Id<Visit>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Who came.
    pub visitor: String,
    /// When they came.
    pub visited_at: Timestamp,
}
