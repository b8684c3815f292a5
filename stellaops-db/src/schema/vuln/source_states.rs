use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::schema::vuln::{FeedSnapshot, Source};
use crate::{Id, Jsonb, Table, Timestamp};

/// How far a source was read, when it is read next, and how the last read went.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("vuln.source_states")]
pub struct SourceState {
    /// The source.
    pub source_id: Id<Source>,
    /// Whether the source is read; follows the source's own switch.
    pub enabled: bool,
    /// Where the next read begins; none: at the beginning.
    pub cursor: Option<IngestionCursor>,
    /// The state of the feed as it is known now.
    pub feed_snapshot_id: Option<Id<FeedSnapshot>>,
    /// When the source is read next; whoever moves it by compare-and-swap reads.
    pub next_attempt_at: Timestamp,
    /// When a read began last.
    pub last_attempt_at: Option<Timestamp>,
    /// When a read reached its end last: the age of the data.
    pub last_success_at: Option<Timestamp>,
    /// How many reads have failed since the last that succeeded.
    pub consecutive_failures: i32,
    /// Why the last read failed, for an operator.
    pub last_failure_reason: Option<String>,
    /// How many document versions were recorded since the source was added.
    pub documents_recorded: i64,
    /// Counts the versions of the row; a connector names the one that its read began with.
    pub row_version: i64,
    /// When the source was first scheduled.
    pub created_at: Timestamp,
    /// When the state was changed last.
    pub updated_at: Timestamp,
}

/// Where a connector goes on; beside these members each keeps its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.ingestion_cursor")]
#[serde(rename_all = "camelCase")]
pub struct IngestionCursor {
    /// The place as the publisher names it: a page, a serial number, a commit.
    pub position: Option<String>,
    /// The latest change that was read.
    pub modified_after: Option<Timestamp>,
    /// The entity tag of the last answer, to ask whether anything is new.
    pub entity_tag: Option<String>,
    /// Documents that are known to be new and were not read yet.
    pub pending_documents: Option<BTreeSet<String>>,
    /// What the connector adds.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}
