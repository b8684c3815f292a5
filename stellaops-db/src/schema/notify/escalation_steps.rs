use serde::{Deserialize, Serialize};

use crate::Jsonb;

/// Who is told, and how long is waited for an answer before the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.escalation_steps")]
#[serde(rename_all = "camelCase")]
pub struct EscalationSteps {
    /// The steps, in the order in which they are taken.
    pub steps: Vec<EscalationStep>,
}

/// One step of an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.escalation_step")]
#[serde(rename_all = "camelCase")]
pub struct EscalationStep {
    /// How long an answer is waited for after this step, in seconds, before the next one is taken.
    pub wait_seconds: u32,
    /// Who is told at this step, all of them at once.
    pub targets: Vec<EscalationTarget>,
}

/// Whom a step tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.escalation_target")]
#[serde(rename_all = "camelCase")]
pub struct EscalationTarget {
    /// What `id` names.
    pub kind: EscalationTargetKind,
    /// The UUID of a channel or an on-call schedule, or the subject of a user.
    pub id: String,
}

/// What the id of an [`EscalationTarget`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum EscalationTargetKind {
    /// A channel.
    Channel,
    /// Whoever an on-call schedule names.
    OnCallSchedule,
    /// A user.
    User,
}
