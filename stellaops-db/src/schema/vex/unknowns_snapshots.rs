use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::DbEnum as _;
use crate::schema::vex::{GraphRevisionId, Project, UnknownKind};
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// How much of a project could not be judged at one moment: the counts behind a trend and a release's
/// budget. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.unknowns_snapshots")]
pub struct UnknownsSnapshot {
    /// The id; UUIDv7, made by the client.
    pub id: Id<UnknownsSnapshot>,
    /// Whose snapshot it is.
    pub tenant_id: TenantId,
    /// The project.
    pub project_id: Id<Project>,
    /// The graph that was looked at.
    pub graph_revision_id: GraphRevisionId,
    /// The moment that the counts are about.
    pub taken_at: Timestamp,
    /// How many unknowns were open.
    pub total_count: i32,
    /// How many of them were not open at the snapshot before.
    pub opened_count: i32,
    /// How many that were open at the snapshot before no longer were.
    pub closed_count: i32,
    /// How many the project might have then; none: it had no budget.
    pub budget: Option<i32>,
    /// Open unknowns, counted.
    pub counts: UnknownsCounts,
    /// SHA-256 of the open items.
    pub items_digest: String,
    /// SHA-256 of the snapshot.
    pub snapshot_digest: String,
    /// When the snapshot was stored.
    pub created_at: Timestamp,
}

/// Open unknowns, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.unknowns_counts")]
#[serde(rename_all = "camelCase")]
pub struct UnknownsCounts {
    /// How many there are of each kind; kinds without any are absent.
    pub by_kind: BTreeMap<String, u64>,
}

impl UnknownsCounts {
    /// Counts unknowns by their kind.
    ///
    /// ```
    /// use stellaops_db::schema::vex::{UnknownKind, UnknownsCounts};
    /// let counts = UnknownsCounts::of([UnknownKind::MissingVersion, UnknownKind::MissingVersion]);
    /// assert_eq!(counts.of_kind(UnknownKind::MissingVersion), 2);
    /// assert_eq!(counts.of_kind(UnknownKind::MissingStatement), 0);
    /// assert_eq!(counts.total(), 2);
    /// ```
    pub fn of(kinds: impl IntoIterator<Item = UnknownKind>) -> Self {
        let mut by_kind = BTreeMap::new();
        for kind in kinds {
            *by_kind.entry(kind.name().to_string()).or_default() += 1;
        }
        UnknownsCounts { by_kind }
    }

    /// How many there are of that kind.
    pub fn of_kind(&self, kind: UnknownKind) -> u64 {
        self.by_kind.get(kind.name()).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.by_kind.values().sum()
    }
}

impl UnknownsSnapshot {
    /// Whether there were no more unknowns than the project might have.
    pub fn is_within_budget(&self) -> bool {
        self.budget.is_none_or(|budget| self.total_count <= budget)
    }
}
