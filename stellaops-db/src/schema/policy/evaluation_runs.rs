use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::digest::sha256_of_json;
use crate::schema::policy::{Exception, PackVersion, RiskProfile, Verdict};
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// One evaluation of a pack's version over one artifact: from which inputs, how it went, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.evaluation_runs")]
pub struct EvaluationRun {
    /// The id; UUIDv7, made by the client.
    pub id: Id<EvaluationRun>,
    /// Whose run it is.
    pub tenant_id: TenantId,
    /// The version that was evaluated.
    pub pack_version_id: Id<PackVersion>,
    /// The profile that scores were weighed by; none: the pack's own scores stand.
    pub risk_profile_id: Option<Id<RiskProfile>>,
    /// The job of schema scheduler that asked for the run.
    pub policy_job_id: Option<Uuid>,
    /// What sort of thing was evaluated.
    pub subject_kind: SubjectKind,
    /// What was evaluated, by its digest.
    pub subject_digest: String,
    /// What people call it.
    pub subject_name: Option<String>,
    /// Whether the verdict counts.
    pub mode: EvaluationMode,
    /// How far the run has come; changes by compare-and-swap.
    pub status: EvaluationStatus,
    /// Everything that the outcome depends on, beside the version of the pack.
    pub inputs: EvaluationInputs,
    /// SHA-256 of all that the result depends on; see [`EvaluationInputs::digest`].
    pub inputs_digest: String,
    /// What the rules came to, the strictest over all findings.
    pub verdict: Option<Verdict>,
    /// SHA-256 of the canonical verdicts of all findings.
    pub result_digest: Option<String>,
    /// How many findings were decided about.
    pub findings_total: i32,
    /// How many of them block.
    pub findings_blocked: i32,
    /// How many of them warn.
    pub findings_warned: i32,
    /// How many of them an exception had an effect on.
    pub findings_excepted: i32,
    /// Why the run failed, for a person.
    pub failure_reason: Option<String>,
    /// The subject that asked for the run; none: a service on its own account.
    pub requested_by: Option<String>,
    /// When the engine began.
    pub started_at: Option<Timestamp>,
    /// When the run reached its final status.
    pub finished_at: Option<Timestamp>,
    /// When the run was asked for.
    pub created_at: Timestamp,
    /// When the run was changed last.
    pub updated_at: Timestamp,
}

/// What sort of thing is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.subject_kind")]
pub enum SubjectKind {
    /// A container image.
    Image,
    /// An SBOM without its artifact.
    Sbom,
    /// Another artifact.
    Artifact,
    /// A release of several artifacts.
    Release,
}

/// What the verdict of an evaluation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.evaluation_mode")]
pub enum EvaluationMode {
    /// It counts.
    Enforce,
    /// It is shown.
    Monitor,
    /// It answers what a version would decide.
    Simulate,
}

/// How far an evaluation has come; succeeded, failed and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.evaluation_status")]
pub enum EvaluationStatus {
    /// Asked for.
    Pending,
    /// Begun.
    Running,
    /// There is a verdict, be it to block.
    Succeeded,
    /// Ended without a verdict; there is a reason.
    Failed,
    /// Called off.
    Cancelled,
}

/// Everything that the outcome of an evaluation depends on, beside the version of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("policy.evaluation_inputs")]
#[serde(rename_all = "camelCase")]
pub struct EvaluationInputs {
    /// SHA-256 of the SBOM that was read.
    pub sbom_digest: String,
    /// The feed snapshots of schema vuln that advisories were taken from.
    pub feed_snapshots: BTreeSet<Uuid>,
    /// How far the VEX statements were read; none: none were.
    pub vex_cursor: Option<String>,
    /// The exceptions that were in force.
    pub exception_ids: BTreeSet<Id<Exception>>,
    /// The digest of the risk profile as it was.
    pub risk_profile_digest: Option<String>,
    /// The time that rules about age and expiry were told it is.
    pub evaluated_at: Timestamp,
    /// Facts about the place of deployment that rules may ask for.
    pub environment: BTreeMap<String, String>,
}

impl EvaluationInputs {
    /// SHA-256 of the canonical JSON of the inputs, the subject, and the digest of the pack's version: two
    /// runs of one digest must come to one result.
    ///
    /// # Errors
    /// None in practice: texts, times and lists of them always have a canonical form.
    pub fn digest(&self, pack_digest: &str, subject_digest: &str) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct All<'a> {
            inputs: &'a EvaluationInputs,
            pack_digest: &'a str,
            subject_digest: &'a str,
        }
        sha256_of_json(&All {
            inputs: self,
            pack_digest,
            subject_digest,
        })
    }
}
