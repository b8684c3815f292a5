use serde::{Deserialize, Serialize};

use crate::schema::vex::{Linkset, LinksetId, Statement, VexJustification, VexStatus};
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// What a tenant goes by for one vulnerability in one product: the outcome of weighing all claims.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.consensus")]
pub struct Consensus {
    /// The id; what holds point at.
    pub id: Id<Consensus>,
    /// Whose consensus it is.
    pub tenant_id: TenantId,
    /// The vulnerability, as the linkset names it.
    pub vulnerability_id: String,
    /// The product, as the linkset names it.
    pub product_key: String,
    /// What the vulnerability means for the product.
    pub status: VexStatus,
    /// Why the product is not affected.
    pub justification: Option<VexJustification>,
    /// The share of the weight that stands behind the status, in thousandths.
    pub confidence: i16,
    /// How the claims were weighed.
    pub rationale: ConsensusRationale,
    /// The row version of the linkset that was weighed.
    pub linkset_version: i64,
    /// The policy pack whose weights were used, and its version.
    pub policy_version: String,
    /// SHA-256 of inputs and outcome; what two computations are compared by.
    pub decision_digest: String,
    /// Whether a hold is active.
    pub held: bool,
    /// When the claims were weighed last.
    pub computed_at: Timestamp,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// When the claims were first weighed.
    pub created_at: Timestamp,
    /// When the row was changed last, a hold included.
    pub updated_at: Timestamp,
}

/// How the claims were weighed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.consensus_rationale")]
#[serde(rename_all = "camelCase")]
pub struct ConsensusRationale {
    /// Every active claim, sorted by provider and statement, those that did not count included.
    pub votes: Vec<ConsensusVote>,
    /// The outcome in one sentence, for people.
    pub summary: Option<String>,
}

/// What one claim weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.consensus_vote")]
#[serde(rename_all = "camelCase")]
pub struct ConsensusVote {
    /// Who claims it.
    pub provider: String,
    /// The statement.
    pub statement_id: Id<Statement>,
    /// What it claims.
    pub status: VexStatus,
    /// Its weight, in thousandths.
    pub weight: u32,
    /// Whether it was counted.
    pub is_counted: bool,
    /// Why it was not counted, or what moved its weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Consensus {
    /// The linkset that was weighed.
    pub fn linkset_id(&self) -> LinksetId {
        LinksetId::of(&self.vulnerability_id, &self.product_key)
    }

    /// Whether the linkset has changed since it was weighed.
    pub fn is_behind(&self, linkset: &Linkset) -> bool {
        self.linkset_version < linkset.row_version
    }
}
