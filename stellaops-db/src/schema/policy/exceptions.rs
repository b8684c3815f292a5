use crate::schema::policy::{Pack, Severity};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A decision of people that findings of some kind are treated otherwise than the rules would, for a time.
/// Never deleted, only superseded.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.exceptions")]
pub struct Exception {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Exception>,
    /// Whose exception it is.
    pub tenant_id: TenantId,
    /// Why findings are excepted.
    #[column("type")]
    pub kind: ExceptionType,
    /// What happens to the findings.
    pub effect: ExceptionEffect,
    /// How far it has come; changes by compare-and-swap.
    pub status: ExceptionStatus,
    /// The vulnerability; none: any.
    pub vulnerability_id: Option<String>,
    /// The package URL, without version for all versions; none: any package.
    pub package_purl: Option<String>,
    /// The repository or the digest of an image or artifact; none: any.
    pub subject: Option<String>,
    /// The environment of deployment; none: every one.
    pub environment: Option<String>,
    /// The pack whose rules are excepted from; none: all packs.
    pub pack_id: Option<Id<Pack>>,
    /// The rule of the pack; none: all rules.
    pub rule_name: Option<String>,
    /// The severity that findings get, for [`ExceptionEffect::Downgrade`].
    pub downgraded_severity: Option<Severity>,
    /// The control that must be in place instead, for [`ExceptionEffect::RequireControl`].
    pub required_control: Option<String>,
    /// Why the exception is right, for an auditor; at least 10 characters.
    pub justification: String,
    /// Addresses of what supports it.
    pub evidence: Vec<String>,
    /// The exception that this one takes the place of.
    pub supersedes_id: Option<Id<Exception>>,
    /// The subject that asked for the exception.
    pub requested_by: String,
    /// The subject that approved or rejected it.
    pub decided_by: Option<String>,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected or revoked.
    pub status_reason: Option<String>,
    /// From when on it holds, once it is approved.
    pub valid_from: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its status changed last.
    pub updated_at: Timestamp,
}

/// Why findings are excepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.exception_type")]
pub enum ExceptionType {
    /// They are wrong.
    FalsePositive,
    /// The risk is accepted.
    RiskAccepted,
    /// Another control covers it.
    CompensatingControl,
    /// Mending is put off.
    DeferredRemediation,
    /// The code is not in use.
    NotApplicable,
    /// It will never be mended.
    WontFix,
}

/// What an exception does to findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.exception_effect")]
pub enum ExceptionEffect {
    /// They are left out.
    Suppress,
    /// They are left out until the exception ends.
    Defer,
    /// They are made less severe.
    Downgrade,
    /// They pass if a control is in place.
    RequireControl,
}

/// How far an exception has come; only proposed and active ones go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.exception_status")]
pub enum ExceptionStatus {
    /// Asked for.
    Proposed,
    /// In force, until it ends.
    Active,
    /// Turned down.
    Rejected,
    /// Past its end.
    Expired,
    /// Taken back.
    Revoked,
    /// Replaced by another decision.
    Superseded,
}

/// What an exception is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExceptionQuestion<'a> {
    /// The vulnerability that was found.
    pub vulnerability_id: &'a str,
    /// The package URL of the component, with its version.
    pub package_purl: &'a str,
    /// The repositories and digests that the image or artifact goes by.
    pub subjects: &'a [&'a str],
    /// The environment of deployment.
    pub environment: &'a str,
    /// The pack that is evaluated.
    pub pack_id: Option<Id<Pack>>,
    /// The rule that would decide.
    pub rule_name: &'a str,
}

impl Exception {
    /// Whether it is in force at a time. One that is past its end is not, whether or not it was marked as
    /// expired by then.
    pub fn is_active(&self, at: Timestamp) -> bool {
        self.status == ExceptionStatus::Active && self.valid_from <= at && at < self.expires_at
    }

    /// Whether its scope takes in a finding; whether it is in force is another question.
    pub fn covers(&self, question: &ExceptionQuestion<'_>) -> bool {
        let is_met =
            |scope: &Option<String>, asked: &str| scope.as_deref().is_none_or(|scope| scope == asked);
        let package = self.package_purl.as_deref();
        let subject = self.subject.as_deref();
        is_met(&self.vulnerability_id, question.vulnerability_id)
            && package.is_none_or(|scope| is_of_package(question.package_purl, scope))
            && subject.is_none_or(|scope| question.subjects.contains(&scope))
            && is_met(&self.environment, question.environment)
            && (self.pack_id.is_none() || self.pack_id == question.pack_id)
            && is_met(&self.rule_name, question.rule_name)
    }
}

/// Whether a package URL is the one of a scope, or a version of it, whatever its qualifiers.
fn is_of_package(purl: &str, scope: &str) -> bool {
    let rest = purl.strip_prefix(scope);
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(['?', '#']) || (rest.starts_with('@') && !scope.contains('@'))
    })
}

#[cfg(test)]
mod tests;
