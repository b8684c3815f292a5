//! The clock of a client jumps by decades, forth and back. That of the server cannot be moved by a test: leases, retries,
//! expiry and retention go by it alone, and what follows shows that the client's is not asked.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use stellaops_db::Timestamp;
use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{FixedClock, shared_server};
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use crate::stage::{LEASE, queued};
use crate::support::*;

const YEARS: [i64; 4] = [30, -30, 29, -29];

fn jumped(years: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::days(365 * years)
}

async fn fixture() -> (Fixture, FixedClock) {
    let clock = FixedClock::default();
    let mut fixture = Fixture::start(shared_server().await, 4).await;
    fixture.db = fixture.db.with_clock(clock.clone());
    (fixture, clock)
}

#[tokio::test]
async fn leases_and_retries_go_by_the_clock_of_the_server() {
    let (fixture, clock) = fixture().await;
    let jobs = fixture.db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    jobs.insert(queued()).await.expect("inserts");
    for years in YEARS {
        clock.set(jumped(years));
        let held = jobs.claim("one", 1, LEASE).await.expect("claims");
        let [held] = held.as_slice() else {
            panic!("nobody else has it");
        };
        let end = held.lease().expires_at().utc() - Utc::now();
        assert!(end.num_seconds().abs_diff(600) < 300, "{end}");
        clock.set(jumped(-years));
        assert!(
            jobs.claim("other", 1, LEASE).await.expect("claims").is_empty(),
            "it is held"
        );
        let mut leases = vec![held.lease().clone()];
        assert!(jobs.renew(&mut leases, LEASE).await.expect("renews").is_empty());
        let failure = Failure::new("not yet").after(Duration::from_secs(3_600));
        let failed = jobs.fail(held, failure).await.expect("fails");
        assert!(!failed.is_for_good());
        clock.set(jumped(years));
        assert!(
            jobs.claim("one", 1, LEASE).await.expect("claims").is_empty(),
            "it waits"
        );
        let due = "UPDATE scheduler.graph_jobs SET lease_expires_at = now(), attempts = 1";
        run(&mut fixture.superuser().await, due).await.expect("it is due");
    }
}

/// `created_at` and `updated_at` are the client's times: they jump with its clock, and may lie before each other.
#[tokio::test]
async fn rows_are_stamped_with_the_clients_time_whatever_it_is() {
    let (fixture, clock) = fixture().await;
    let jobs = fixture.db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let microseconds = |time: DateTime<Utc>| DateTime::from_timestamp_micros(time.timestamp_micros());
    for years in YEARS {
        clock.set(jumped(years));
        let created = clock.now();
        let job = jobs.insert(queued()).await.expect("inserts");
        clock.set(jumped(-years));
        let patch = GraphJob::patch().failure_reason(Some("later".into()));
        let job = jobs.update(job.id, patch).await.expect("updates");
        assert_eq!(Some(job.created_at.utc()), microseconds(created));
        assert_eq!(Some(job.updated_at.utc()), microseconds(clock.now()));
    }
}

#[tokio::test]
async fn pages_show_each_row_once_while_the_clock_jumps() {
    let (fixture, clock) = fixture().await;
    let jobs = fixture.db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let mut there = Vec::new();
    for number in 0..12 {
        clock.set(jumped(YEARS[number % YEARS.len()]));
        there.push(jobs.insert(queued()).await.expect("inserts").id);
    }
    let mut seen = Vec::new();
    let mut page = jobs.list_by_newest().limit(3).await.expect("lists");
    for number in 0.. {
        seen.extend(page.rows.iter().map(|job| job.id));
        clock.set(jumped(YEARS[number % YEARS.len()]));
        jobs.insert(queued()).await.expect("inserts");
        let Some(next) = page.next else { break };
        page = jobs.list_by_newest().limit(3).at(next).await.expect("lists");
    }
    let times = |id| seen.iter().filter(|seen| **seen == id).count();
    assert!(there.into_iter().all(|id| times(id) == 1), "{seen:?}");
    assert!(seen.iter().all(|id| times(*id) == 1), "{seen:?}");
}

#[tokio::test]
async fn events_come_in_the_order_of_their_numbers_while_the_clock_jumps() {
    let (fixture, clock) = fixture().await;
    let notices = fixture.db.tenant(&tenant("a")).repository::<NoticeRepository>();
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let relay = Relay::new("search");
    for years in YEARS {
        clock.set(jumped(years));
        let notice = Notice::new_row(years.to_string());
        let notice = notices.insert(notice).await.expect("inserts");
        assert_eq!(notice.said_at, Timestamp::from(clock.now()));
        clock.set(jumped(-years));
        let told = told.clone();
        let handler = move |event: Event<Notice>| {
            told.lock().expect("no panic").push(event.what.clone());
            async { Ok::<_, Failure>(()) }
        };
        let report = relay.drain(&fixture.db, "tells", handler).await;
        assert_eq!(
            report.expect("delivers").delivered,
            1,
            "none is due later, none again"
        );
    }
    assert_eq!(
        *told.lock().expect("no panic"),
        YEARS.map(|years| years.to_string())
    );
}
