use chrono::TimeDelta;

use crate::schema::notify::{EscalationPolicy, EscalationStep, EscalationSteps, Incident};
use crate::{DbEnum, Error, Id, Swapped, Table, TenantId, Timestamp};

/// How far the calling for one incident has come.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.escalation_states")]
pub struct EscalationState {
    /// The id; UUIDv7, made by the client.
    pub id: Id<EscalationState>,
    /// Whose state it is.
    pub tenant_id: TenantId,
    /// The incident that somebody is called for.
    pub incident_id: Id<Incident>,
    /// The policy by which they are called.
    pub policy_id: Id<EscalationPolicy>,
    /// The policy's steps, as they were when the escalation began.
    pub steps: EscalationSteps,
    /// How often the steps are gone through again, as it was when the escalation began.
    pub repeats: i16,
    /// Whether somebody is still looked for; changes by compare-and-swap.
    pub status: EscalationStatus,
    /// Which step is taken next, from 0; the number of steps when all are taken.
    pub step: i16,
    /// How often the steps have been gone through from the first to the last.
    pub round: i16,
    /// When the next step is taken; whoever moves it by compare-and-swap has taken the step.
    pub next_step_at: Timestamp,
    /// When somebody took the incident last.
    pub acknowledged_at: Option<Timestamp>,
    /// The subject that took it.
    pub acknowledged_by: Option<String>,
    /// When the escalation ended for good.
    pub ended_at: Option<Timestamp>,
    /// When the escalation began.
    pub created_at: Timestamp,
    /// When the escalation was changed last.
    pub updated_at: Timestamp,
}

/// Whether somebody is still looked for; resolved and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.escalation_status")]
pub enum EscalationStatus {
    /// Somebody is looked for.
    Escalating,
    /// Somebody is at work.
    Acknowledged,
    /// All steps were taken, and nobody answered.
    Exhausted,
    /// The incident is settled.
    Resolved,
    /// Called off.
    Cancelled,
}

/// Where an escalation stands once its due step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EscalationPosition {
    /// Which step is next; the number of steps when all are taken and only an answer is waited for.
    pub step: i16,
    /// How often the steps have been gone through.
    pub round: i16,
    /// When the next step is due.
    pub next_step_at: Timestamp,
}

impl EscalationState {
    /// The step that is taken next; none when all are taken: once that is due, the escalation is exhausted.
    pub fn next_step(&self) -> Option<&EscalationStep> {
        self.steps.steps.get(usize::try_from(self.step).ok()?)
    }

    /// Where the escalation stands once the next step is taken at that time; none when all are taken.
    pub fn after_next_step(&self, now: Timestamp) -> Option<EscalationPosition> {
        let wait = TimeDelta::seconds(self.next_step()?.wait_seconds.into());
        // Always another time than before: moving it is what tells one escalator from another.
        let at_least = self.next_step_at.utc() + TimeDelta::microseconds(1);
        let is_last = usize::try_from(self.step + 1).is_ok_and(|next| next >= self.steps.steps.len());
        let (step, round) = match is_last && self.round < self.repeats {
            true => (0, self.round + 1),
            false => (self.step + 1, self.round),
        };
        let next_step_at = (now.utc() + wait).max(at_least).into();
        Some(EscalationPosition {
            step,
            round,
            next_step_at,
        })
    }
}

impl EscalationStateRepository {
    /// Takes the next step of an escalation that was read, if nobody else has, and says whether it won:
    /// whoever has won makes the deliveries of the step, in the same transaction.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn take_step(
        &self,
        state: &EscalationState,
        position: EscalationPosition,
    ) -> Result<Swapped<EscalationState>, Error> {
        let swap = EscalationState::NEXT_STEP_AT
            .from(state.next_step_at)
            .to(position.next_step_at);
        let patch = EscalationState::patch().step(position.step).round(position.round);
        self.compare_and_swap_with(state.id, swap, patch).await
    }

    /// Stops the calling, because somebody is at work; says whether the escalation still had the status
    /// that was read. An escalator that has read the due step before loses it.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn acknowledge(
        &self,
        state: &EscalationState,
        by: &str,
        now: Timestamp,
    ) -> Result<Swapped<EscalationState>, Error> {
        let swap = EscalationState::STATUS
            .from(state.status)
            .to(EscalationStatus::Acknowledged);
        let moved = (state.next_step_at.utc() + TimeDelta::microseconds(1)).max(now.utc());
        let patch = EscalationState::patch()
            .acknowledged_by(Some(by.into()))
            .acknowledged_at(Some(now))
            .next_step_at(moved.into());
        self.compare_and_swap_with(state.id, swap, patch).await
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schema::notify::{EscalationTarget, EscalationTargetKind};

    fn time(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    fn state(step: i16, round: i16) -> EscalationState {
        let at = time("2026-01-02T03:00:00Z");
        let called = |wait_seconds| EscalationStep {
            wait_seconds,
            targets: vec![EscalationTarget {
                kind: EscalationTargetKind::User,
                id: "user:ada".into(),
            }],
        };
        EscalationState {
            id: Id::new(Uuid::nil()),
            tenant_id: TenantId::new("acme").expect("it is a tenant id"),
            incident_id: Id::new(Uuid::nil()),
            policy_id: Id::new(Uuid::nil()),
            steps: EscalationSteps {
                steps: vec![called(60), called(0)],
            },
            repeats: 1,
            status: EscalationStatus::Escalating,
            step,
            round,
            next_step_at: at,
            acknowledged_at: None,
            acknowledged_by: None,
            ended_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn steps_follow_each_other_and_begin_again_as_often_as_said() {
        let now = time("2026-01-02T03:00:01Z");
        let walk: Vec<_> = [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1)]
            .map(|(step, round)| {
                state(step, round)
                    .after_next_step(now)
                    .map(|next| (next.step, next.round))
            })
            .into();
        assert_eq!(
            walk,
            [Some((1, 0)), Some((0, 1)), Some((1, 1)), Some((2, 1)), None]
        );
    }

    #[test]
    fn the_next_step_is_due_when_the_wait_is_over() {
        let next = state(0, 0)
            .after_next_step(time("2026-01-02T03:00:01Z"))
            .expect("there is a step");
        assert_eq!(next.next_step_at, time("2026-01-02T03:01:01Z"));
    }

    #[test]
    fn taking_a_step_always_moves_its_time() {
        let before = state(1, 0);
        let next = before
            .after_next_step(before.next_step_at)
            .expect("there is a step");
        assert_eq!(next.next_step_at, time("2026-01-02T03:00:00.000001Z"));
    }
}
