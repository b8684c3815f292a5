use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::policy::{EvaluationRun, Exception, Rule, Severity, Verdict};
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// Why one finding of an evaluation got its verdict. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.explanations")]
pub struct Explanation {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Explanation>,
    /// Whose explanation it is.
    pub tenant_id: TenantId,
    /// The evaluation.
    pub run_id: Id<EvaluationRun>,
    /// The vulnerability, by its advisory key in schema vuln.
    pub vulnerability_id: String,
    /// Where it was found: the package URL of the component, or its own name.
    pub component: String,
    /// What the rules came to.
    pub verdict: Verdict,
    /// The severity after all rules and exceptions.
    pub severity: Severity,
    /// The score by the risk profile in tenths.
    pub score_tenths: Option<i16>,
    /// The rule that decided; none: none applied, and the finding passed.
    pub rule_id: Option<Id<Rule>>,
    /// The exception that had an effect.
    pub exception_id: Option<Id<Exception>>,
    /// What VEX statements came to for the finding.
    pub vex_status: Option<VexStatus>,
    /// How the verdict came about, step by step.
    pub trace: ExplanationTrace,
    /// When the finding was decided.
    pub created_at: Timestamp,
}

/// What a VEX consensus says of a vulnerability in a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.vex_status")]
pub enum VexStatus {
    /// It is affected.
    Affected,
    /// It is not affected.
    NotAffected,
    /// It is mended.
    Fixed,
    /// It is still looked into.
    UnderInvestigation,
    /// Nobody says.
    Unknown,
}

/// How a verdict came about, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.explanation_trace")]
#[serde(rename_all = "camelCase")]
pub struct ExplanationTrace {
    /// The rules that were tried and the exceptions that were looked at, in order.
    pub steps: Vec<ExplanationStep>,
    /// What the rules were told of the finding.
    pub facts: BTreeMap<String, String>,
}

/// A rule or exception, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.explanation_step")]
#[serde(rename_all = "camelCase")]
pub struct ExplanationStep {
    /// What was tried.
    pub kind: ExplanationStepKind,
    /// The name of the rule, or the id of the exception.
    pub name: String,
    /// Whether it applied.
    pub applied: bool,
    /// What it did, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// What was tried in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum ExplanationStepKind {
    /// A rule.
    Rule,
    /// An exception.
    Exception,
}
