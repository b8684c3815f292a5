use serde::{Deserialize, Serialize};

use crate::schema::policy::Severity;
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// How a tenant weighs risk: what raises a score, by how much, and from which score on a finding has which
/// severity.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.risk_profiles")]
pub struct RiskProfile {
    /// The id; UUIDv7, made by the client.
    pub id: Id<RiskProfile>,
    /// Whose profile it is.
    pub tenant_id: TenantId,
    /// What people call the profile; unique among those that are not deleted.
    pub name: String,
    /// What the profile is for.
    pub description: Option<String>,
    /// Whether it is used where none is named.
    pub is_default: bool,
    /// The profile that this one builds on.
    pub base_profile_id: Option<Id<RiskProfile>>,
    /// The score in tenths from which a finding is low.
    pub low_from_tenths: i16,
    /// The score in tenths from which a finding is medium.
    pub medium_from_tenths: i16,
    /// The score in tenths from which a finding is high.
    pub high_from_tenths: i16,
    /// The score in tenths from which a finding is critical.
    pub critical_from_tenths: i16,
    /// What raises or lowers the score.
    pub definition: RiskProfileDefinition,
    /// SHA-256 of the canonical JSON of definition and thresholds, those of the base profile included.
    pub definition_digest: String,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that created the profile.
    pub created_by: String,
    /// The subject that changed the profile last.
    pub updated_by: String,
    /// When the profile was created.
    pub created_at: Timestamp,
    /// When the profile was changed last.
    pub updated_at: Timestamp,
    /// When the profile was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What raises or lowers the score of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.risk_profile_definition")]
#[serde(rename_all = "camelCase")]
pub struct RiskProfileDefinition {
    /// What is looked at, sorted by name.
    pub signals: Vec<RiskSignal>,
    /// What goes before the sum of the signals, the first that applies.
    pub overrides: Vec<RiskOverride>,
}

/// A fact about a finding, and how much it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.risk_signal")]
#[serde(rename_all = "camelCase")]
pub struct RiskSignal {
    /// The signal: `cvss_base`, `known_exploited`, `reachable`, …
    pub name: String,
    /// How much it counts, in thousandths; below zero lowers the score.
    pub weight_thousandths: i16,
}

/// A condition that decides the severity by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.risk_override")]
#[serde(rename_all = "camelCase")]
pub struct RiskOverride {
    /// When it applies, in the language of policies.
    pub condition: String,
    /// The severity then.
    pub severity: OverrideSeverity,
    /// Why, for whoever reads an explanation.
    pub reason: String,
}

/// A severity that an override sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum OverrideSeverity {
    /// It does no harm.
    None,
    /// It does little.
    Low,
    /// It should be mended in time.
    Medium,
    /// It should be mended soon.
    High,
    /// It must be mended at once.
    Critical,
}

impl RiskProfile {
    /// The severity of a score in tenths, by the thresholds of the profile.
    pub fn severity_of(&self, score_tenths: i16) -> Severity {
        let thresholds = [
            (self.critical_from_tenths, Severity::Critical),
            (self.high_from_tenths, Severity::High),
            (self.medium_from_tenths, Severity::Medium),
            (self.low_from_tenths, Severity::Low),
        ];
        let reached = thresholds.iter().find(|(from, _)| score_tenths >= *from);
        reached.map_or(Severity::None, |(_, severity)| *severity)
    }
}

impl From<OverrideSeverity> for Severity {
    fn from(severity: OverrideSeverity) -> Self {
        match severity {
            OverrideSeverity::None => Severity::None,
            OverrideSeverity::Low => Severity::Low,
            OverrideSeverity::Medium => Severity::Medium,
            OverrideSeverity::High => Severity::High,
            OverrideSeverity::Critical => Severity::Critical,
        }
    }
}
