use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::vex::{GraphRevisionId, Project, UnknownKind};
use crate::{DbEnum, Error, Id, Jsonb, Table, TenantId, Timestamp, Transaction};

/// One version of the knowledge that something about a component of a project could not be judged.
///
/// Bitemporal: `valid_from` and `valid_to` say when it was so in the world, `system_from` and `system_to`
/// when this was held to be so here.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.unknown_items")]
pub struct UnknownItem {
    /// The id of this version.
    pub id: Id<UnknownItem>,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The project.
    pub project_id: Id<Project>,
    /// What is missing.
    pub kind: UnknownKind,
    /// What could not be judged: the key of the node in the project's graphs.
    pub subject_key: String,
    /// The vulnerability in question; none: the component itself is not known.
    pub vulnerability_id: Option<String>,
    /// The graph that this version was found in.
    pub graph_revision_id: GraphRevisionId,
    /// How much depends on it, in thousandths.
    pub priority: i16,
    /// What was tried and what would help.
    pub detail: Option<UnknownDetail>,
    /// How it came to an end; none: it has not.
    pub resolution: Option<UnknownResolution>,
    /// Since when it has been so.
    pub valid_from: Timestamp,
    /// Until when it was so, that moment excluded; none: it still is.
    pub valid_to: Option<Timestamp>,
    /// Since when this version has been held to be true.
    pub system_from: Timestamp,
    /// Until when it was, that moment excluded; none: it still is.
    pub system_to: Option<Timestamp>,
    /// Whether this version is what is held to be true; changes by compare-and-swap.
    pub state: KnowledgeState,
    /// The subject that recorded this version.
    pub recorded_by: String,
}

/// How an unknown came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.unknown_resolution")]
pub enum UnknownResolution {
    /// It was identified.
    Identified,
    /// Data came in.
    DataArrived,
    /// A claim settled it.
    ClaimArrived,
    /// A person accepted it.
    Accepted,
    /// The component is gone.
    ComponentRemoved,
}

/// Whether a version is what is held to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.knowledge_state")]
pub enum KnowledgeState {
    /// It is.
    Current,
    /// A later one took its place.
    Superseded,
}

/// What is known about an unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.unknown_detail")]
#[serde(rename_all = "camelCase")]
pub struct UnknownDetail {
    /// What the subject may be, as package URLs.
    pub candidates: Option<BTreeSet<String>>,
    /// Artifacts that were looked at, `sha256:…`.
    pub evidence_digests: Option<BTreeSet<String>>,
    /// What would help, in words.
    pub hint: Option<String>,
}

impl UnknownItem {
    /// Whether the version says that it was so at `valid_at`, and was held to be true at `known_at`.
    pub fn holds(&self, valid_at: Timestamp, known_at: Timestamp) -> bool {
        let within = |moment: Timestamp, from: Timestamp, to: Option<Timestamp>| {
            from <= moment && to.is_none_or(|to| moment < to)
        };
        within(valid_at, self.valid_from, self.valid_to) && within(known_at, self.system_from, self.system_to)
    }

    /// Whether it is so now, as far as is known now.
    pub fn is_open(&self) -> bool {
        self.state == KnowledgeState::Current && self.valid_to.is_none()
    }
}

impl NewUnknownItem {
    /// Inserts the version that is held to be true from now on, in the place of the one that was so far.
    /// None, and nothing is inserted, when that one is not current any more: somebody else knew better.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`].
    pub async fn supersede(
        self,
        transaction: &Transaction,
        earlier: Id<UnknownItem>,
    ) -> Result<Option<UnknownItem>, Error> {
        let items: UnknownItemRepository = transaction.repository();
        // One moment ends the one and begins the other: on every day exactly one of them was held to be true.
        let now = transaction.now();
        let swap = UnknownItem::STATE
            .from(KnowledgeState::Current)
            .to(KnowledgeState::Superseded);
        let ended = UnknownItem::patch().system_to(Some(now));
        if !items.compare_and_swap_with(earlier, swap, ended).await?.is_won() {
            return Ok(None);
        }
        items.insert(self.system_from(now)).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(number: u32) -> Timestamp {
        format!("2026-01-{number:02}T00:00:00Z").parse().expect("a time")
    }

    #[test]
    fn a_version_holds_within_both_of_its_times() {
        let item = UnknownItem {
            id: Id::new(Uuid::from_u128(1)),
            tenant_id: TenantId::new("acme").expect("a tenant"),
            project_id: Id::new(Uuid::from_u128(2)),
            kind: UnknownKind::MissingVersion,
            subject_key: "pkg:generic/libfoo".into(),
            vulnerability_id: None,
            graph_revision_id: GraphRevisionId::of("sbom", "feeds", "baseline@1.0.0"),
            priority: 0,
            detail: None,
            resolution: Some(UnknownResolution::Identified),
            valid_from: day(2),
            valid_to: Some(day(4)),
            system_from: day(10),
            system_to: None,
            state: KnowledgeState::Current,
            recorded_by: "tests".into(),
        };
        assert!(item.holds(day(2), day(10)));
        assert!(item.holds(day(3), day(20)));
        assert!(!item.holds(day(4), day(20)), "it had ended");
        assert!(!item.holds(day(1), day(20)), "it had not begun");
        assert!(!item.holds(day(3), day(9)), "nobody knew yet");
        assert!(!item.is_open());
        let open = UnknownItem {
            valid_to: None,
            resolution: None,
            ..item
        };
        assert!(open.is_open());
        assert!(open.holds(day(28), day(28)));
    }
}
