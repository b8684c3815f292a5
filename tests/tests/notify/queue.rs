//! Deliveries as a queue: what waits for its time, and what is tried until it has failed.

use std::time::Duration;

use stellaops_db::queue::{Failed, Leased};
use stellaops_db::schema::notify::*;

use crate::support::*;

const LEASE: Duration = Duration::from_secs(60);

async fn queue(fixture: &Fixture) -> (Channel, DeliveryRepository) {
    let scope = fixture.tenant("acme");
    let channels = scope.repository::<ChannelRepository>();
    let channel = channels.insert(console("alerts")).await.expect("inserts");
    (channel, scope.repository())
}

async fn claim(deliveries: &DeliveryRepository, limit: u32) -> Vec<Leased<Delivery>> {
    deliveries.claim("sender", limit, LEASE).await.expect("claims")
}

fn titles(claimed: &[Leased<Delivery>]) -> Vec<&str> {
    claimed.iter().map(|row| row.message.title.as_str()).collect()
}

fn waiting(channel: &Channel, event: &str, until: &str) -> NewDelivery {
    alert(channel, event)
        .status(DeliveryStatus::Scheduled)
        .not_before(at(until))
}

#[tokio::test]
async fn what_waits_is_claimed_when_its_time_has_come_and_not_before() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    for (event, until) in [("due", "2026-01-01T00:00:00Z"), ("far", "9999-01-01T00:00:00Z")] {
        let row = waiting(&channel, event, until);
        deliveries.insert(row).await.expect("inserts");
    }
    let claimed = claim(&deliveries, 5).await;
    assert_eq!(titles(&claimed), ["due"], "in one call");
    assert_eq!(claimed[0].status, DeliveryStatus::Sending);
    assert!(claim(&deliveries, 5).await.is_empty());
}

/// A retry that has become due does not push in front of what is urgent.
#[tokio::test]
async fn what_has_waited_stands_in_the_queue_by_its_priority() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    let due = |event, priority| waiting(&channel, event, "2026-01-01T00:00:00Z").priority(priority);
    let ready = |event, priority| alert(&channel, event).priority(priority);
    let rows = [
        due("late 10", 10),
        ready("urgent 90", 90),
        due("late 60", 60),
        ready("usual 50", 50),
    ];
    deliveries.insert_many(rows).await.expect("inserts");
    // The first claim makes ready what is due, and takes what was ready before.
    assert_eq!(titles(&claim(&deliveries, 1).await), ["urgent 90"]);
    assert_eq!(
        titles(&claim(&deliveries, 3).await),
        ["late 60", "usual 50", "late 10"]
    );
}

#[tokio::test]
async fn a_message_that_failed_waits_with_its_reason_until_it_is_tried_again() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    deliveries
        .insert(alert(&channel, "evt-1"))
        .await
        .expect("inserts");
    let held = claim(&deliveries, 1).await.remove(0);
    let Failed::Again(row) = deliveries.fail(&held, "busy").await.expect("fails") else {
        panic!("it was the first of eight attempts");
    };
    assert_eq!(row.status, DeliveryStatus::Scheduled);
    assert_eq!(row.status_reason.as_deref(), Some("busy"));
    assert_eq!((row.leased_by, row.lease_expires_at), (None, None));
    assert!(row.not_before > held.not_before);
    assert!(claim(&deliveries, 1).await.is_empty());
    let now = Delivery::patch().not_before(at("2026-01-01T00:00:00Z"));
    deliveries.update(row.id, now).await.expect("updates");
    let held = claim(&deliveries, 1).await.remove(0);
    let sent = Delivery::patch().sent_at(Some(at("2026-01-01T00:00:00Z")));
    let row = deliveries.complete_with(&held, sent).await.expect("completes");
    assert_eq!(
        (row.status, row.status_reason, row.attempts),
        (DeliveryStatus::Sent, None, 2)
    );
}

#[tokio::test]
async fn a_message_has_failed_after_eight_attempts() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    let id = deliveries
        .insert(alert(&channel, "evt-1"))
        .await
        .expect("inserts")
        .id;
    for attempt in 1..=8 {
        let held = claim(&deliveries, 1).await.remove(0);
        let failed = deliveries.fail(&held, "busy").await.expect("fails");
        assert_eq!(failed.is_for_good(), attempt == 8);
        if attempt < 8 {
            let now = Delivery::patch().not_before(at("2026-01-01T00:00:00Z"));
            deliveries.update(id, now).await.expect("updates");
        }
    }
    let row = deliveries.get(id).await.expect("reads").expect("is there");
    assert_eq!((row.status, row.attempts), (DeliveryStatus::Failed, 8));
}

#[tokio::test]
async fn a_message_that_is_put_off_or_given_back_has_not_failed() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    deliveries
        .insert(alert(&channel, "evt-1"))
        .await
        .expect("inserts");
    let held = claim(&deliveries, 1).await.remove(0);
    deliveries.release(&held).await.expect("releases");
    let held = claim(&deliveries, 1).await.remove(0);
    assert_eq!(held.attempts, 2, "at once, though it waited in between");
    let quiet = at("9999-01-01T00:00:00Z");
    let row = deliveries.reschedule(&held, quiet).await.expect("puts off");
    assert_eq!((row.status, row.not_before), (DeliveryStatus::Scheduled, quiet));
    assert_eq!(row.status_reason, None);
    assert!(claim(&deliveries, 1).await.is_empty());
}

#[tokio::test]
async fn a_message_that_is_of_no_use_any_more_is_cancelled_by_its_holder() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    deliveries
        .insert(alert(&channel, "evt-1"))
        .await
        .expect("inserts");
    let held = claim(&deliveries, 1).await.remove(0);
    let cancel = Delivery::STATUS
        .from(DeliveryStatus::Sending)
        .to(DeliveryStatus::Cancelled);
    let why = Delivery::patch().status_reason(Some("it is too late".into()));
    let row = deliveries.finish_with(&held, cancel, why).await.expect("cancels");
    assert_eq!(row.status_reason.as_deref(), Some("it is too late"));
}

#[tokio::test]
async fn what_waits_becomes_ready_for_a_worker_of_all_tenants_too() {
    let fixture = Fixture::start().await;
    let (channel, deliveries) = queue(&fixture).await;
    let due = waiting(&channel, "due", "2026-01-01T00:00:00Z");
    deliveries.insert(due).await.expect("inserts");
    let system = fixture.db.system("sends for all").await.expect("opens");
    let reader = system.across_tenants::<DeliveryRepository>();
    let mut turns = stellaops_db::queue::Turns::new();
    let claimed = reader
        .claim_across(&mut turns, "sender", 5, LEASE)
        .await
        .expect("claims");
    assert_eq!(titles(&claimed), ["due"]);
    system.close().await.expect("closes");
}
