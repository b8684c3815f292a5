use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::vuln::Advisory;
use crate::{DbEnum, Id, Jsonb, Table, Timestamp};

/// That a merge made or changed an advisory: from which documents, to which content, and who won where
/// they disagreed. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.merge_events")]
pub struct MergeEvent {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// What became of it.
    pub kind: MergeEventKind,
    /// The version of the program that merged.
    pub engine_version: String,
    /// The content digest before; none: there was no advisory.
    pub before_digest: Option<String>,
    /// The content digest after.
    pub after_digest: String,
    /// The advisory snapshots that were merged, sorted.
    pub snapshot_ids: Vec<Uuid>,
    /// Where the sources disagreed, and what was decided.
    pub decisions: MergeDecisions,
    /// The subject that asked for the merge; none: a new document did.
    pub requested_by: Option<String>,
    /// The read or request that it belongs to, as traces name it.
    pub correlation_id: Option<String>,
    /// When the advisory was changed.
    pub created_at: Timestamp,
}

/// What became of an advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.merge_event_kind")]
pub enum MergeEventKind {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was taken back.
    Withdrawn,
    /// It stands again.
    Reinstated,
    /// It took in another one that turned out to be the same vulnerability.
    Joined,
}

/// Where the sources disagreed, and what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.merge_decisions")]
#[serde(rename_all = "camelCase")]
pub struct MergeDecisions {
    /// The columns and parts that differ from before.
    pub changed_fields: BTreeSet<String>,
    /// One entry for each field that the sources disagreed about, sorted by field.
    pub decisions: Vec<MergeDecision>,
    /// The advisory that was taken in, for [`MergeEventKind::Joined`].
    pub joined_advisory_id: Option<Id<Advisory>>,
}

/// Whose word was taken for a field, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.merge_decision")]
#[serde(rename_all = "camelCase")]
pub struct MergeDecision {
    /// The column or part.
    pub field: String,
    /// The key of the source whose word was taken.
    pub chosen_source: String,
    /// The keys of the sources that said something else.
    pub overruled_sources: BTreeSet<String>,
    /// Why.
    pub reason: MergeReason,
}

/// Why the word of one source was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum MergeReason {
    /// It goes before the others.
    Precedence,
    /// It is newer.
    Freshness,
    /// Nobody else says anything.
    OnlyStatement,
    /// A person decided.
    Override,
}
