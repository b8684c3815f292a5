//! Incidents and the calling for them.

use stellaops_db::Error;
use stellaops_db::schema::notify::*;

use crate::support::*;

fn incident() -> NewIncident {
    Incident::new_row(
        "registry/app:CVE-2026-0001".into(),
        "A critical vulnerability in a running image".into(),
        Severity::Critical,
        "user:ada".into(),
    )
}

async fn escalating(fixture: &Fixture) -> (EscalationStateRepository, EscalationState) {
    let scope = fixture.tenant("acme");
    let call = |user: &str| EscalationStep {
        wait_seconds: 900,
        targets: vec![EscalationTarget {
            kind: EscalationTargetKind::User,
            id: user.into(),
        }],
    };
    let steps = EscalationSteps {
        steps: vec![call("user:ada"), call("user:grace")],
    };
    let by = || "user:ada".to_owned();
    let policy = EscalationPolicy::new_row("on call".into(), steps.clone(), by(), by());
    let policy = scope
        .repository::<EscalationPolicyRepository>()
        .insert(policy)
        .await
        .expect("inserts");
    let incident = scope
        .repository::<IncidentRepository>()
        .insert(incident())
        .await
        .expect("inserts");
    let state =
        EscalationState::new_row(incident.id, policy.id, steps).next_step_at(at("2026-01-02T03:00:00Z"));
    let states = scope.repository::<EscalationStateRepository>();
    let state = states.insert(state).await.expect("inserts");
    (states, state)
}

#[tokio::test]
async fn one_escalator_takes_a_step() {
    let fixture = Fixture::start().await;
    let (states, state) = escalating(&fixture).await;
    let next = state
        .after_next_step(state.next_step_at)
        .expect("there is a step");
    let taken = states
        .take_step(&state, next)
        .await
        .expect("swaps")
        .won()
        .expect("is the first");
    assert_eq!((taken.step, taken.next_step_at), (1, next.next_step_at));
    let late = states.take_step(&state, next).await.expect("swaps");
    assert!(!late.is_won());
}

#[tokio::test]
async fn a_step_that_was_read_before_somebody_answered_is_not_taken() {
    let fixture = Fixture::start().await;
    let (states, state) = escalating(&fixture).await;
    let next = state
        .after_next_step(state.next_step_at)
        .expect("there is a step");
    let answered = states
        .acknowledge(&state, "user:ada", state.next_step_at)
        .await
        .expect("swaps");
    let answered = answered.won().expect("was escalating");
    assert_eq!(answered.acknowledged_by.as_deref(), Some("user:ada"));
    assert!(!states.take_step(&state, next).await.expect("swaps").is_won());
}

#[tokio::test]
async fn the_due_steps_of_all_tenants_come_by_time() {
    let fixture = Fixture::start().await;
    let (states, state) = escalating(&fixture).await;
    let system = fixture.db.system("call who is on call").await.expect("opens");
    let escalations = system.across_tenants::<EscalationStateRepository>();
    let due = escalations.list_due().await.expect("lists").rows;
    assert_eq!(due.iter().map(|due| due.id).collect::<Vec<_>>(), [state.id]);
    let now = state.next_step_at;
    assert!(
        states
            .acknowledge(&state, "user:ada", now)
            .await
            .expect("swaps")
            .is_won()
    );
    let due = escalations.list_due().await.expect("lists").rows;
    assert!(due.is_empty(), "nobody is called for what is taken");
}

#[tokio::test]
async fn an_incident_is_taken_settled_opened_again_and_closed() {
    let fixture = Fixture::start().await;
    let incidents = fixture.tenant("acme").repository::<IncidentRepository>();
    let now = at("2026-01-02T03:04:05Z");
    let open = incidents.insert(incident()).await.expect("inserts");
    let taken = incidents
        .acknowledge(&open, "user:ada", now)
        .await
        .expect("swaps")
        .won()
        .expect("was open");
    let settled = incidents
        .resolve(&taken, "user:ada", "patched", now)
        .await
        .expect("swaps")
        .won();
    let settled = settled.expect("was taken");
    assert_eq!(settled.resolution.as_deref(), Some("patched"));
    let opened = incidents
        .reopen(&settled)
        .await
        .expect("swaps")
        .won()
        .expect("was settled");
    assert_eq!((opened.resolved_at, &opened.acknowledged_by), (None, &None));
    let settled = incidents
        .resolve(&opened, "user:grace", "removed", now)
        .await
        .expect("swaps")
        .won();
    let closed = incidents
        .close(&settled.expect("was open"), now)
        .await
        .expect("swaps")
        .won();
    let closed = closed.expect("was settled");
    assert_eq!(closed.status, IncidentStatus::Closed);
    let refused = incidents.reopen(&closed).await;
    assert!(
        matches!(refused, Err(Error::IllegalTransition { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn one_matter_has_one_living_incident() {
    let fixture = Fixture::start().await;
    let incidents = fixture.tenant("acme").repository::<IncidentRepository>();
    let now = at("2026-01-02T03:04:05Z");
    let first = incidents.insert(incident()).await.expect("inserts");
    let second = incidents.insert(incident()).await;
    assert!(matches!(second, Err(Error::UniqueViolation { .. })), "{second:?}");
    assert!(
        incidents
            .resolve(&first, "user:ada", "patched", now)
            .await
            .expect("swaps")
            .is_won()
    );
    incidents.insert(incident()).await.expect("the matter comes back");
}

#[tokio::test]
async fn of_two_who_take_an_incident_one_is_told_no() {
    let fixture = Fixture::start().await;
    let incidents = fixture.tenant("acme").repository::<IncidentRepository>();
    let now = at("2026-01-02T03:04:05Z");
    let open = incidents.insert(incident()).await.expect("inserts");
    assert!(
        incidents
            .acknowledge(&open, "user:ada", now)
            .await
            .expect("swaps")
            .is_won()
    );
    assert!(
        !incidents
            .acknowledge(&open, "user:grace", now)
            .await
            .expect("swaps")
            .is_won()
    );
}
