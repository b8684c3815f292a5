use crate::schema::policy::{PackVersion, Severity};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A rule of a pack's version: when it applies, what it does, and where it stands among the others.
/// Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.rules")]
pub struct Rule {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Rule>,
    /// Whose rule it is.
    pub tenant_id: TenantId,
    /// The version that the rule is part of.
    pub pack_version_id: Id<PackVersion>,
    /// The rule's name in the source, the same over versions.
    pub name: String,
    /// Which place the rule has among those of the version, from 1.
    pub position: i32,
    /// One line for people.
    pub title: Option<String>,
    /// When the rule applies, in the language of the version.
    pub condition: String,
    /// What the rule does.
    pub action: RuleAction,
    /// The severity that a finding has after the rule, for [`RuleAction::SetSeverity`].
    pub severity: Option<Severity>,
    /// What is told to whoever is stopped or warned.
    pub message: Option<String>,
    /// The source's own words for what the rule is about, sorted.
    pub tags: Vec<String>,
    /// SHA-256 of the rule's canonical form without its position.
    pub rule_digest: String,
    /// When the version was handed in.
    pub created_at: Timestamp,
}

/// What a rule does with a finding that it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.rule_action")]
pub enum RuleAction {
    /// Stops the release.
    Block,
    /// Warns.
    Warn,
    /// Lets it pass.
    Allow,
    /// Changes its severity; the rules after it go on.
    SetSeverity,
    /// Sends it to a person.
    Escalate,
    /// Asks for a VEX statement.
    RequireVex,
}
