use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A request to evaluate a policy over a set of SBOMs, from queued to its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.policy_jobs")]
pub struct PolicyJob {
    /// The id; UUIDv7, made by the client.
    pub id: Id<PolicyJob>,
    /// Whose job it is.
    pub tenant_id: TenantId,
    /// The caller's name for the evaluation: asking again with the same one finds the first job.
    pub run_id: Option<String>,
    /// The policy pack to evaluate, as the policy service names it.
    pub policy_id: String,
    /// The version of the pack; none: the one that is active when the job is claimed.
    pub policy_version: Option<String>,
    /// How much is evaluated, and whether the outcome is kept.
    pub mode: PolicyJobMode,
    /// How urgent the job is.
    pub priority: PolicyJobPriority,
    /// How far the job has come; changes by compare-and-swap.
    pub status: PolicyJobStatus,
    /// Everything that the outcome depends on, beside the policy itself.
    pub inputs: PolicyJobInputs,
    /// SHA-256 of the canonical outcome.
    pub result_digest: Option<String>,
    /// Why the job failed last, for a person.
    pub failure_reason: Option<String>,
    /// The subject that asked for the job; none: a service on its own account.
    pub requested_by: Option<String>,
    /// When the claim ends unless it is renewed, by the database's clock.
    pub lease_expires_at: Option<Timestamp>,
    /// The name of the worker that holds the claim.
    pub leased_by: Option<String>,
    /// How often the job was claimed.
    pub attempts: i32,
    /// When the job was asked for.
    pub created_at: Timestamp,
    /// When the job was changed last.
    pub updated_at: Timestamp,
}

/// How much a policy job evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.policy_job_mode")]
pub enum PolicyJobMode {
    /// Everything.
    Full,
    /// What changed since the cursors.
    Incremental,
    /// Everything, and nothing is kept of the outcome.
    Simulate,
}

/// How urgent a policy job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.policy_job_priority")]
pub enum PolicyJobPriority {
    /// Before all others.
    Emergency,
    /// Before normal ones.
    High,
    /// In turn.
    Normal,
}

/// How far a policy job has come; succeeded, failed and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.policy_job_status")]
pub enum PolicyJobStatus {
    /// To be claimed.
    Queued,
    /// Claimed.
    Running,
    /// Done.
    Succeeded,
    /// Ended without an outcome; there is a reason.
    Failed,
    /// Called off.
    Cancelled,
    /// To be computed again from the same inputs.
    ReplayPending,
}

/// Everything that the outcome of a policy job depends on, beside the policy itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.policy_job_inputs")]
#[serde(rename_all = "camelCase")]
pub struct PolicyJobInputs {
    /// The SBOMs to evaluate, sorted and free of duplicates; empty means every one of the tenant.
    pub sbom_set: Vec<String>,
    /// How far the advisories were read, as the feed names it.
    pub advisory_cursor: Option<String>,
    /// How far the VEX statements were read, as the feed names it.
    pub vex_cursor: Option<String>,
    /// Facts about the place of deployment that rules may ask for.
    pub environment: BTreeMap<String, String>,
}
