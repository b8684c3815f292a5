use crate::schema::vex::Consensus;
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A stop on a consensus: until it is released or runs out, the consensus keeps what it says.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.consensus_holds")]
pub struct ConsensusHold {
    /// The id; UUIDv7, made by the client.
    pub id: Id<ConsensusHold>,
    /// Whose hold it is.
    pub tenant_id: TenantId,
    /// The consensus that is held.
    pub consensus_id: Id<Consensus>,
    /// Why it is held.
    pub reason: HoldReason,
    /// Why it is held, in words.
    pub note: String,
    /// Whether the hold stands; changes by compare-and-swap.
    pub state: HoldState,
    /// The subject that placed it.
    pub placed_by: String,
    /// When it runs out unless it is released or prolonged before, by the database's clock.
    pub expires_at: Timestamp,
    /// The subject that released it.
    pub closed_by: Option<String>,
    /// When it ended; none: it is active.
    pub closed_at: Option<Timestamp>,
    /// What was found before it was released.
    pub close_note: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Why a consensus is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.hold_reason")]
pub enum HoldReason {
    /// Its claims contradict each other.
    Disagreement,
    /// They weigh too little.
    LowConfidence,
    /// Evidence is missing.
    MissingEvidence,
    /// A person wants to look.
    ManualReview,
    /// Nothing may be said yet.
    Embargo,
}

/// Whether a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.hold_state")]
pub enum HoldState {
    /// It does.
    Active,
    /// A person ended it.
    Released,
    /// Its time ran out.
    Expired,
}
