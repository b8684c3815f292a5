use serde::{Deserialize, Serialize};

use crate::schema::vex::{LinksetId, Statement};
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// All active claims about one vulnerability in one product, brought together without merging.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.linksets")]
pub struct Linkset {
    /// The id, which follows from vulnerability and product.
    pub id: LinksetId,
    /// Whose linkset it is.
    pub tenant_id: TenantId,
    /// The vulnerability, as the statements name it.
    pub vulnerability_id: String,
    /// The product, as the statements name it.
    pub product_key: String,
    /// Other ids of the vulnerability, sorted.
    pub aliases: Vec<String>,
    /// The active statements, sorted.
    pub statement_ids: Vec<Id<Statement>>,
    /// How many active statements there are.
    pub statement_count: i32,
    /// How many providers they are from, the tenant itself counted as one.
    pub provider_count: i32,
    /// Whether they agree.
    pub agreement: LinksetAgreement,
    /// On what they disagree; none: they do not.
    pub disagreements: Option<LinksetDisagreements>,
    /// SHA-256 of the active statements; equal digests mean that nothing changed.
    pub content_digest: String,
    /// Counts the changes; each has its event.
    pub row_version: i64,
    /// When the first claim came.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Whether the active claims of a linkset agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.linkset_agreement")]
pub enum LinksetAgreement {
    /// There are none left.
    Empty,
    /// There is one.
    Single,
    /// Several say the same.
    Agreed,
    /// They say different things.
    Disagreed,
}

/// On what the claims of a linkset disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.linkset_disagreements")]
#[serde(rename_all = "camelCase")]
pub struct LinksetDisagreements {
    /// One entry for each matter of dispute, sorted by its name.
    pub conflicts: Vec<LinksetConflict>,
}

/// A matter on which claims differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.linkset_conflict")]
#[serde(rename_all = "camelCase")]
pub struct LinksetConflict {
    /// What they differ in.
    pub matter: ConflictMatter,
    /// What each side says, sorted by provider and statement.
    pub claims: Vec<LinksetClaim>,
}

/// What claims can differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum ConflictMatter {
    /// Why the product is not affected.
    Justification,
    /// What the vulnerability means for it.
    Status,
    /// Which versions are meant.
    VersionRange,
}

/// What one statement says on a matter of dispute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.linkset_claim")]
#[serde(rename_all = "camelCase")]
pub struct LinksetClaim {
    /// Who says so.
    pub provider: String,
    /// The statement.
    pub statement_id: Id<Statement>,
    /// What it says; empty where it says nothing on the matter.
    pub value: String,
}

impl LinksetDisagreements {
    /// On what these claims disagree; none when they agree. Statements that do not count are left out.
    pub fn among<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Option<Self> {
        let active: Vec<&Statement> = statements
            .into_iter()
            .filter(|statement| statement.is_active())
            .collect();
        let matters = [
            ConflictMatter::Justification,
            ConflictMatter::Status,
            ConflictMatter::VersionRange,
        ];
        let conflicts: Vec<LinksetConflict> = matters
            .into_iter()
            .filter_map(|matter| LinksetConflict::on(matter, &active))
            .collect();
        (!conflicts.is_empty()).then_some(LinksetDisagreements { conflicts })
    }
}

impl LinksetConflict {
    fn on(matter: ConflictMatter, statements: &[&Statement]) -> Option<Self> {
        let claim = |statement: &&Statement| LinksetClaim {
            provider: statement.provider.clone(),
            statement_id: statement.id,
            value: matter.value(statement).into(),
        };
        let mut claims: Vec<LinksetClaim> = statements.iter().map(claim).collect();
        claims.sort();
        let differ = claims.windows(2).any(|pair| pair[0].value != pair[1].value);
        differ.then_some(LinksetConflict { matter, claims })
    }
}

impl ConflictMatter {
    /// What a statement says on the matter.
    fn value(self, statement: &Statement) -> &str {
        match self {
            ConflictMatter::Justification => statement
                .justification
                .map_or("", |justification| justification.name()),
            ConflictMatter::Status => statement.status.name(),
            ConflictMatter::VersionRange => statement.version_range.as_deref().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schema::vex::{StatementOrigin, StatementState, VexStatus};

    fn statement(number: u128, provider: &str, status: VexStatus) -> Statement {
        let time: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        Statement {
            id: Id::new(Uuid::from_u128(number)),
            tenant_id: TenantId::new("acme").expect("a tenant"),
            origin: StatementOrigin::Observation,
            observation_id: Some(Id::new(Uuid::from_u128(1))),
            position: 0,
            project_id: None,
            provider: provider.into(),
            vulnerability_id: "CVE-2024-3094".into(),
            product_key: "pkg:npm/a@1".into(),
            version_range: None,
            status,
            justification: None,
            impact_statement: None,
            action_statement: None,
            state: StatementState::Active,
            supersedes_id: None,
            stated_at: time,
            closed_at: None,
            created_by: None,
            created_at: time,
            updated_at: time,
        }
    }

    #[test]
    fn each_side_of_a_disagreement_is_kept() {
        let statements = [
            statement(3, "suse", VexStatus::NotAffected),
            statement(2, "redhat", VexStatus::Affected),
        ];
        let found = LinksetDisagreements::among(&statements).expect("they disagree");
        let [conflict] = found.conflicts.as_slice() else {
            panic!("one matter: {found:?}");
        };
        assert_eq!(conflict.matter, ConflictMatter::Status);
        let sides: Vec<(&str, &str)> = conflict
            .claims
            .iter()
            .map(|claim| (claim.provider.as_str(), claim.value.as_str()))
            .collect();
        assert_eq!(sides, [("redhat", "affected"), ("suse", "not_affected")]);
        let reversed: Vec<Statement> = statements.into_iter().rev().collect();
        assert_eq!(LinksetDisagreements::among(&reversed), Some(found));
    }

    #[test]
    fn claims_that_agree_and_claims_that_do_not_count_are_no_disagreement() {
        let withdrawn = Statement {
            state: StatementState::Withdrawn,
            ..statement(4, "debian", VexStatus::Fixed)
        };
        let statements = [
            statement(2, "redhat", VexStatus::Affected),
            statement(3, "suse", VexStatus::Affected),
            withdrawn,
        ];
        assert_eq!(LinksetDisagreements::among(&statements), None);
        assert_eq!(LinksetDisagreements::among(&[]), None);
    }
}
