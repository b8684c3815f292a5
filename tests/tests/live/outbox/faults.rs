//! Relays that are stopped, cut off and killed: no event is lost, and none overtakes another.

use std::sync::Arc;
use std::time::Duration;

use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db_tests::ledger::Notice;
use tokio::sync::Notify;

use super::{REASON, Told, drain, write};
use crate::ledger::Ledger;
use crate::support::{SYSTEM, run};

fn quick() -> Relay {
    let (wait, poll) = (Duration::from_millis(2), Duration::from_millis(10));
    Relay::new("search").retry_after(wait, wait).poll(poll)
}

/// Waits until so many different notices of a tenant were told.
async fn told_of(told: &Told, tenant: &str, number: usize) {
    while told.first_of(tenant).len() < number {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_relay_goes_on_with_what_comes_and_stops_in_peace() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    let told = Told::default();
    let noted = told.clone();
    let handler = move |event: Event<Notice>| {
        noted.note(&event);
        async { Ok::<_, Failure>(()) }
    };
    let stop = async {
        told_of(&told, "a", 1).await;
        write(&ledger, "a", &["2"]).await;
        told_of(&told, "a", 2).await;
    };
    let report = quick().run(&ledger.db, REASON, stop, handler).await;
    assert_eq!(report.expect("delivers").delivered, 2);
    assert_eq!(drain(&ledger, &quick(), &told).await, 0);
}

#[tokio::test]
async fn a_relay_that_stops_finishes_the_event_in_hand_and_leaves_the_rest() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2", "3"]).await;
    let told = Told::default();
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (told, entered, leave) = (told.clone(), entered.clone(), leave.clone());
        move |event: Event<Notice>| {
            let (told, entered, leave) = (told.clone(), entered.clone(), leave.clone());
            async move {
                if event.what == "2" {
                    entered.notify_one();
                    leave.notified().await;
                }
                told.note(&event);
                Ok::<_, Failure>(())
            }
        }
    };
    let stop = async {
        entered.notified().await;
        leave.notify_one();
    };
    let report = quick().run(&ledger.db, REASON, stop, handler).await;
    assert!(report.expect("stops").delivered >= 2);
    drain(&ledger, &quick(), &told).await;
    assert_eq!(told.of("a"), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_dropped_when_patience_is_over_and_its_event_comes_again() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2"]).await;
    let entered = Arc::new(Notify::new());
    let handler = {
        let entered = entered.clone();
        move |_: Event<Notice>| {
            entered.notify_one();
            std::future::pending::<Result<(), Failure>>()
        }
    };
    let relay = quick().patience(Duration::from_millis(1));
    let report = relay.run(&ledger.db, REASON, entered.notified(), handler).await;
    assert_eq!(report.expect("stops").delivered, 0);
    let told = Told::default();
    // The connection of the lock may take a moment to be gone.
    while told.len() < 2 {
        drain(&ledger, &quick(), &told).await;
    }
    assert_eq!(told.of("a"), ["1", "2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_whose_sessions_are_killed_lose_no_event_and_keep_the_order() {
    let ledger = Ledger::start().await;
    let whats: Vec<String> = (0..60).map(|number| format!("{number:02}")).collect();
    let names: Vec<&str> = whats.iter().map(String::as_str).collect();
    for tenant in ["a", "b"] {
        write(&ledger, tenant, &names).await;
    }
    let told = Told::default();
    let handler = |told: Told| {
        move |event: Event<Notice>| {
            let told = told.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                told.note(&event);
                Ok::<_, Failure>(())
            }
        }
    };
    let killing = async {
        let mut superuser = ledger.superuser().await;
        let kill = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{SYSTEM}' AND datname = current_database()"
        );
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            run(&mut superuser, kill.as_str()).await.expect("kills");
        }
        told_of(&told, "a", 60).await;
        told_of(&told, "b", 60).await;
    };
    let relay = quick().batch(10).concurrency(2);
    let (done, finished) = tokio::sync::watch::channel(false);
    let until = |mut finished: tokio::sync::watch::Receiver<bool>| async move {
        let _ = finished.wait_for(|is_done| *is_done).await;
    };
    let (first, second, ()) = tokio::join!(
        relay.run(&ledger.db, REASON, until(finished.clone()), handler(told.clone())),
        relay.run(&ledger.db, REASON, until(finished), handler(told.clone())),
        async {
            killing.await;
            done.send_replace(true);
        }
    );
    // The evidence of a scope may have met the killer; the events did not.
    for report in [first, second] {
        if let Err(error) = report {
            assert_eq!(error.kind(), "connection", "{error}");
        }
    }
    for tenant in ["a", "b"] {
        assert_eq!(told.first_of(tenant), names, "{tenant}");
    }
}
