//! An event that cannot be taken holds back those of its tenant, in their order, and nobody else's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stellaops_db::outbox::{Event, HeldTenant, Relay, RelayReport};
use stellaops_db::queue::Failure;
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use super::{REASON, Told, drain, write};
use crate::ledger::Ledger;
use crate::support::tenant;

/// Tries again at once.
fn eager() -> Relay {
    Relay::new("search").retry_after(Duration::ZERO, Duration::ZERO)
}

/// Fails on a notice as long as there is something to fail with.
async fn drain_failing(
    ledger: &Ledger,
    relay: &Relay,
    told: &Told,
    bad: &'static str,
    failure: impl Fn() -> Option<Failure> + Send + Sync + 'static,
) -> RelayReport {
    let told = told.clone();
    let handler = move |event: Event<Notice>| {
        let failure = match event.what == bad {
            true => failure(),
            false => None,
        };
        if failure.is_none() {
            told.note(&event);
        }
        async { failure.map_or(Ok(()), Err) }
    };
    relay.drain(&ledger.db, REASON, handler).await.expect("delivers")
}

async fn held(ledger: &Ledger) -> Vec<HeldTenant> {
    let system = ledger.db.system("looks who waits").await.expect("opens");
    let notices = system.across_tenants::<NoticeRepository>();
    let held = notices.consumer("search").expect("a name").held().await;
    system.close().await.expect("closes");
    held.expect("reads")
}

#[tokio::test]
async fn the_events_behind_one_that_fails_wait_and_those_of_others_do_not() {
    let ledger = Ledger::start().await;
    for round in ["1", "2", "3"] {
        for tenant in ["a", "b"] {
            write(&ledger, tenant, &[&format!("{tenant}{round}")]).await;
        }
    }
    let told = Told::default();
    let later = Relay::new("search").batch(2);
    let report = drain_failing(&ledger, &later, &told, "a2", || Some(Failure::new("no"))).await;
    assert_eq!((report.delivered, report.failed), (4, 1));
    assert_eq!(told.of("a"), ["a1"]);
    assert_eq!(told.of("b"), ["b1", "b2", "b3"]);
    let held = held(&ledger).await;
    let [held] = held.as_slice() else {
        panic!("{held:?}")
    };
    assert_eq!(
        (held.tenant.as_str(), held.failures, held.reason.as_str()),
        ("a", 1, "no")
    );
    let again = held.try_again_at.expect("it is tried again").utc() - held.since.utc();
    assert_eq!(again.num_seconds(), 10);
}

#[tokio::test]
async fn what_failed_is_tried_again_before_what_is_behind_it() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["a1", "a2", "a3", "a4"]).await;
    write(&ledger, "b", &["b1"]).await;
    for (batch, tries) in [(1, 2), (2, 1), (100, 3)] {
        let told = Told::default();
        let relay = eager().batch(batch);
        let left = Arc::new(AtomicU32::new(tries));
        let mut delivered = 0;
        while delivered < 5 {
            let left = left.clone();
            let failing = move || {
                let one_less = |left: u32| left.checked_sub(1);
                let failed = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
                failed.is_ok().then(|| Failure::new("not yet"))
            };
            let report = drain_failing(&ledger, &relay, &told, "a2", failing).await;
            delivered += report.delivered;
        }
        assert_eq!(left.load(Ordering::Relaxed), 0);
        assert_eq!(told.of("a"), ["a1", "a2", "a3", "a4"], "in batches of {batch}");
        assert_eq!(told.of("b"), ["b1"]);
        assert_eq!(held(&ledger).await, []);
        set(&ledger, 0).await;
    }
}

#[tokio::test]
async fn waits_double_up_to_the_longest_and_a_failure_can_say_its_own() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    let told = Told::default();
    let relay = Relay::new("search").retry_after(Duration::from_secs(60), Duration::from_secs(150));
    for (failures, wait) in [(1, 60), (2, 120), (3, 150), (4, 7)] {
        let own = (failures == 4).then(|| Duration::from_secs(7));
        let failing = move || {
            let failure = Failure::new("no");
            Some(own.map_or(failure.clone(), |own| failure.after(own)))
        };
        drain_failing(&ledger, &relay, &told, "1", failing).await;
        let held = held(&ledger).await;
        assert_eq!(held[0].failures, failures);
        let now = ledger_now(&ledger).await;
        let left = held[0].try_again_at.expect("again").utc() - now;
        assert!(
            (wait - 5..=wait).contains(&left.num_seconds().saturating_add(1)),
            "{left}"
        );
        try_again(&ledger).await;
    }
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    let handler = |event: Event<Notice>| async move {
        assert_ne!(event.what, "1", "the handler's own");
        Ok::<_, Failure>(())
    };
    let report = eager().retry_after(Duration::from_secs(60), Duration::from_secs(60));
    let report = report.drain(&ledger.db, REASON, handler).await.expect("ends");
    assert_eq!((report.delivered, report.failed), (0, 1));
    let reason = held(&ledger).await[0].reason.clone();
    assert!(reason.starts_with("the handler panicked"), "{reason}");
    assert!(reason.contains("the handler's own"), "{reason}");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_holds_back_its_tenant_alone() {
    let ledger = Ledger::start().await;
    let mut superuser = ledger.superuser().await;
    write(&ledger, "a", &["1"]).await;
    let break_one = "ALTER TABLE ledger.notices ALTER COLUMN what DROP NOT NULL; INSERT INTO ledger.notices (tenant_id, what) VALUES ('a', NULL)";
    sqlx::raw_sql(break_one)
        .execute(&mut superuser)
        .await
        .expect("breaks");
    write(&ledger, "a", &["3"]).await;
    write(&ledger, "b", &["1"]).await;
    let told = Told::default();
    let report = drain_failing(&ledger, &Relay::new("search"), &told, "", || None).await;
    assert_eq!((report.delivered, report.failed), (2, 1));
    assert_eq!((told.of("a"), told.of("b")), (vec!["1".into()], vec!["1".into()]));
    let reason = held(&ledger).await[0].reason.clone();
    assert!(reason.contains("ledger.notices"), "{reason}");
}

#[tokio::test]
async fn what_failed_is_tried_again_while_a_transaction_is_waited_for() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    let told = Told::default();
    let failing = || Some(Failure::new("not yet"));
    drain_failing(&ledger, &eager(), &told, "1", failing).await;
    let transaction = ledger.tenant("b").begin().await.expect("begins");
    let notices = transaction.repository::<NoticeRepository>();
    let row = Notice::new_row("of a long transaction".to_owned());
    notices.insert(row).await.expect("inserts");
    write(&ledger, "c", &["behind it"]).await;
    let relay = eager();
    let drained = async { drain(&ledger, &relay, &told).await };
    let committed = async {
        while told.of("a").is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(told.of("c"), Vec::<String>::new());
        transaction.commit().await.expect("commits");
    };
    assert_eq!(tokio::join!(drained, committed).0, 3);
}

#[tokio::test]
async fn a_failure_for_good_waits_for_a_person_who_tries_again_or_passes_it_over() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2", "3"]).await;
    let told = Told::default();
    let for_good = || Some(Failure::new("there is no such thing").for_good());
    drain_failing(&ledger, &eager(), &told, "2", for_good).await;
    assert_eq!(held(&ledger).await[0].try_again_at, None);
    assert_eq!(drain(&ledger, &eager(), &told).await, 0);
    assert!(try_again(&ledger).await);
    drain_failing(&ledger, &eager(), &told, "2", for_good).await;
    assert_eq!(held(&ledger).await[0].failures, 2);
    assert_eq!(told.of("a"), ["1"]);
    let system = ledger.db.system("passes one over").await.expect("opens");
    let consumer = system.across_tenants::<NoticeRepository>().consumer("search");
    let consumer = consumer.expect("a name");
    assert!(consumer.pass_over(&tenant("a")).await.expect("writes"));
    assert!(!consumer.pass_over(&tenant("b")).await.expect("writes"));
    assert_eq!(drain(&ledger, &eager(), &told).await, 1);
    assert_eq!(told.of("a"), ["1", "3"]);
    assert_eq!(held(&ledger).await, []);
}

async fn try_again(ledger: &Ledger) -> bool {
    let system = ledger.db.system("tries again").await.expect("opens");
    let consumer = system.across_tenants::<NoticeRepository>().consumer("search");
    let tried = consumer.expect("a name").try_again(&tenant("a")).await;
    tried.expect("writes")
}

async fn set(ledger: &Ledger, number: i64) {
    let system = ledger.db.system("begins again").await.expect("opens");
    let consumer = system.across_tenants::<NoticeRepository>().consumer("search");
    assert!(consumer.expect("a name").set(number).await.expect("writes"));
}

async fn ledger_now(ledger: &Ledger) -> chrono::DateTime<chrono::Utc> {
    crate::support::value(&mut ledger.superuser().await, "SELECT now()").await
}
