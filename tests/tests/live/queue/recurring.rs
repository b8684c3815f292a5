//! A queue without a status: rows that are due again and again.

use stellaops_db::queue::Leased;
use stellaops_db::{Error, Id, Timestamp};

use super::*;

/// A time so many seconds from now, by the database's clock.
async fn in_seconds(fixture: &Fixture, seconds: i32) -> Timestamp {
    let now: chrono::DateTime<chrono::Utc> = value(
        &mut fixture.superuser().await,
        "SELECT date_trunc('second', now())",
    )
    .await;
    Timestamp::new(now + chrono::TimeDelta::seconds(seconds.into()))
}

async fn with_triggers(fixture: &Fixture, due: &[i32]) -> (TriggerRepository, Vec<Id<Trigger>>) {
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    let schedule = schedules.insert(schedule("nightly")).await.expect("inserts").id;
    let triggers = scope.repository::<TriggerRepository>();
    let mut ids = Vec::new();
    for seconds in due {
        let row = trigger(schedule, in_seconds(fixture, *seconds).await);
        ids.push(triggers.insert(row).await.expect("inserts").id);
    }
    (triggers, ids)
}

async fn claim_all(triggers: &TriggerRepository) -> Vec<Leased<Trigger>> {
    triggers.claim("scheduler", 10, LEASE).await.expect("claims")
}

#[tokio::test]
async fn what_is_due_is_claimed_the_longest_overdue_first() {
    let fixture = Fixture::start().await;
    let (triggers, ids) = with_triggers(&fixture, &[-5, -60, 3600, -30]).await;
    let disabled = Trigger::patch().enabled(false);
    triggers.update(ids[3], disabled).await.expect("disables");
    let due = claim_all(&triggers).await;
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[1], ids[0]]);
    assert!(claim_all(&triggers).await.is_empty(), "they are held");
}

#[tokio::test]
async fn a_row_that_was_done_is_due_at_its_next_time() {
    let fixture = Fixture::start().await;
    let (triggers, ids) = with_triggers(&fixture, &[-5]).await;
    let held = claim_all(&triggers).await.remove(0);
    let next = in_seconds(&fixture, 3600).await;
    let row = triggers.reschedule(&held, next).await.expect("moves on");
    assert_eq!((row.next_fire_at, row.leased_by, row.attempts), (next, None, 1));
    refused!(triggers.reschedule(&held, next).await, Error::LeaseLost { .. });
    assert!(claim_all(&triggers).await.is_empty());
    let past = in_seconds(&fixture, -1).await;
    triggers
        .update(ids[0], Trigger::patch().next_fire_at(past))
        .await
        .expect("updates");
    assert_eq!(claim_all(&triggers).await.remove(0).attempts, 2);
}

#[tokio::test]
async fn a_lease_that_is_made_longer_is_no_change_of_a_recurring_row() {
    let fixture = Fixture::start().await;
    let (triggers, _) = with_triggers(&fixture, &[-5]).await;
    let held = claim_all(&triggers).await.remove(0);
    fixture.clock.advance(Duration::from_secs(1));
    let mut leases = vec![held.lease().clone()];
    assert!(
        triggers
            .renew(&mut leases, LEASE * 2)
            .await
            .expect("renews")
            .is_empty()
    );
    let renewed = triggers.get(held.id).await.expect("reads").expect("is there");
    assert!(renewed.lease_expires_at > held.lease_expires_at);
    assert_eq!(renewed.updated_at, held.updated_at);
}

#[tokio::test]
async fn a_row_that_failed_keeps_its_time_and_is_tried_again() {
    let fixture = Fixture::start().await;
    let (triggers, _) = with_triggers(&fixture, &[-5]).await;
    let held = claim_all(&triggers).await.remove(0);
    let row = triggers
        .fail(&held, "no room for a run")
        .await
        .expect("fails")
        .into_row();
    assert_eq!(row.next_fire_at, held.next_fire_at);
    assert_eq!(row.failure_reason.as_deref(), Some("no room for a run"));
    assert!(claim_all(&triggers).await.is_empty());
    let_all_leases_run_out(&fixture).await;
    let held = claim_all(&triggers).await.remove(0);
    let next = in_seconds(&fixture, 60).await;
    let row = triggers.reschedule(&held, next).await.expect("moves on");
    assert_eq!(row.failure_reason, None, "this time went well");
}

#[tokio::test]
async fn a_row_that_was_given_back_is_claimed_at_once() {
    let fixture = Fixture::start().await;
    let (triggers, _) = with_triggers(&fixture, &[-5]).await;
    let held = claim_all(&triggers).await.remove(0);
    let row = triggers.release(&held).await.expect("releases");
    assert_eq!((row.next_fire_at, row.leased_by), (held.next_fire_at, None));
    assert_eq!(claim_all(&triggers).await.len(), 1);
}

/// The two ways to fire do not meet: who moves the time has fired.
#[tokio::test]
async fn moving_the_time_by_compare_and_swap_takes_the_lease_away() {
    let fixture = Fixture::start().await;
    let (triggers, ids) = with_triggers(&fixture, &[-5]).await;
    let held = claim_all(&triggers).await.remove(0);
    let next = in_seconds(&fixture, 3600).await;
    let swap = Trigger::NEXT_FIRE_AT.from(held.next_fire_at).to(next);
    assert!(
        triggers
            .compare_and_swap(ids[0], swap)
            .await
            .expect("swaps")
            .is_won()
    );
    refused!(triggers.reschedule(&held, next).await, Error::LeaseLost { .. });
}
