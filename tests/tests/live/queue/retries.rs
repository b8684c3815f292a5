//! What becomes of rows that fail.

use std::time::Duration;

use stellaops_db::queue::{Failed, Failure};
use stellaops_db::{Error, Timestamp};

use super::*;

/// How long from now a time is, by the database's clock.
async fn from_now(fixture: &Fixture, time: Option<Timestamp>) -> chrono::TimeDelta {
    let now: chrono::DateTime<chrono::Utc> =
        value(&mut fixture.superuser().await, "SELECT clock_timestamp()").await;
    time.expect("a time").utc() - now
}

#[tokio::test]
async fn a_failed_row_waits_and_is_tried_again() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let Failed::Again(row) = jobs.fail(&job, "no answer").await.expect("fails") else {
        panic!("it was the first of five attempts");
    };
    assert_eq!(row.failure_reason.as_deref(), Some("no answer"));
    assert_eq!(
        (row.status, row.leased_by.as_deref()),
        (GraphJobStatus::Running, Some("@retry"))
    );
    // 30 seconds, half of which is left to chance.
    let wait = from_now(&fixture, row.lease_expires_at).await;
    assert!(
        wait > chrono::TimeDelta::seconds(5) && wait <= chrono::TimeDelta::seconds(30),
        "{wait}"
    );
    assert_lost(&jobs, &job).await;
    assert!(jobs.claim("two", 1, LEASE).await.expect("claims").is_empty());
    let_all_leases_run_out(&fixture).await;
    assert_eq!(claim(&jobs, "two").await.attempts, 2);
}

#[tokio::test]
async fn each_wait_is_longer_than_the_one_before() {
    let fixture = Fixture::start().await;
    let (jobs, mut job) = claimed(&fixture).await;
    for least in [15, 30, 60, 120] {
        let row = jobs.fail(&job, "no answer").await.expect("fails").into_row();
        let wait = from_now(&fixture, row.lease_expires_at).await;
        let range = chrono::TimeDelta::seconds(least - 10)..=chrono::TimeDelta::seconds(2 * least);
        assert!(range.contains(&wait), "{wait}");
        let_all_leases_run_out(&fixture).await;
        job = claim(&jobs, "next").await;
    }
}

#[tokio::test]
async fn a_failure_says_itself_how_long_to_wait() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let failure = Failure::new("come back later").after(Duration::from_secs(3600));
    let row = jobs.fail(&job, failure).await.expect("fails").into_row();
    let wait = from_now(&fixture, row.lease_expires_at).await;
    assert!(
        wait > chrono::TimeDelta::minutes(50) && wait <= chrono::TimeDelta::minutes(60),
        "{wait}"
    );
    let_all_leases_run_out(&fixture).await;
    let job = claim(&jobs, "two").await;
    let failure = Failure::new("never").after(Duration::MAX);
    refused!(jobs.fail(&job, failure).await, Error::OutOfRange { .. });
    let row = jobs
        .fail(&job, Failure::new("now").after(Duration::ZERO))
        .await
        .expect("fails");
    assert!(!row.is_for_good());
}

#[tokio::test]
async fn the_last_attempt_is_the_last() {
    let fixture = Fixture::start().await;
    let (jobs, mut job) = claimed(&fixture).await;
    for attempt in 1..5 {
        assert_eq!(job.attempts, attempt);
        assert!(!jobs.fail(&job, "no answer").await.expect("fails").is_for_good());
        let_all_leases_run_out(&fixture).await;
        job = claim(&jobs, "next").await;
    }
    let Failed::ForGood(row) = jobs.fail(&job, "still no answer").await.expect("fails") else {
        panic!("it was the fifth of five attempts");
    };
    assert_eq!((row.status, row.attempts), (GraphJobStatus::Failed, 5));
    assert_eq!((row.leased_by, row.lease_expires_at), (None, None));
    assert_eq!(row.failure_reason.as_deref(), Some("still no answer"));
    assert!(jobs.claim("next", 1, LEASE).await.expect("claims").is_empty());
}

#[tokio::test]
async fn what_cannot_be_done_is_not_tried_again() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let failure = Failure::new("there is no such image").for_good();
    assert!(jobs.fail(&job, failure).await.expect("fails").is_for_good());
    assert_eq!(
        stored(&fixture.tenant("a"), &job).await.status,
        GraphJobStatus::Failed
    );
}

/// A job that kills its worker would go round for ever.
#[tokio::test]
async fn a_row_whose_workers_all_vanish_is_given_up_by_a_claim() {
    let fixture = Fixture::start().await;
    let (jobs, first) = claimed(&fixture).await;
    for attempt in 2..=5 {
        let_all_leases_run_out(&fixture).await;
        assert_eq!(claim(&jobs, &format!("worker {attempt}")).await.attempts, attempt);
    }
    let_all_leases_run_out(&fixture).await;
    let next = jobs.insert(queued(2)).await.expect("inserts");
    assert_eq!(
        claim(&jobs, "worker 6").await.id,
        next.id,
        "the claim gives another row"
    );
    let row = stored(&fixture.tenant("a"), &first).await;
    assert_eq!(
        (row.status, row.attempts, row.leased_by),
        (GraphJobStatus::Failed, 5, None)
    );
    assert_eq!(
        row.failure_reason.as_deref(),
        Some("no worker ended it in 5 attempts; the last one, worker 5, let its lease run out")
    );
}

/// It has been judged when it failed: it has another attempt, whatever the clock says.
#[tokio::test]
async fn a_row_that_waits_or_was_given_back_is_not_given_up_by_a_claim() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let more = "UPDATE scheduler.graph_jobs SET attempts = 7";
    run(&mut fixture.superuser().await, more).await.expect("updates");
    let_all_leases_run_out(&fixture).await;
    refused!(jobs.release(&job).await, Error::LeaseLost { .. });
    assert!(
        jobs.claim("two", 1, LEASE).await.expect("claims").is_empty(),
        "the seventh was the last"
    );
    let (jobs, _) = claimed(&fixture).await;
    run(
        &mut fixture.superuser().await,
        "UPDATE scheduler.graph_jobs SET attempts = 6 WHERE status = 2",
    )
    .await
    .expect("updates");
    let_all_leases_run_out(&fixture).await;
    let parked = "UPDATE scheduler.graph_jobs SET leased_by = '@retry' WHERE status = 2";
    run(&mut fixture.superuser().await, parked)
        .await
        .expect("updates");
    assert_eq!(claim(&jobs, "two").await.attempts, 7);
}

#[tokio::test]
async fn any_reason_can_be_told() {
    let fixture = Fixture::start().await;
    let (jobs, mut job) = claimed(&fixture).await;
    let long = "é".repeat(5000);
    for (told, stored) in [
        (long.as_str(), "é".repeat(4000)),
        ("a\0b", "a\u{fffd}b".into()),
        (" ", "no reason was given".into()),
        ("", "no reason was given".into()),
    ] {
        let row = jobs.fail(&job, told).await.expect("fails").into_row();
        assert_eq!(row.failure_reason, Some(stored));
        let_all_leases_run_out(&fixture).await;
        job = claim(&jobs, "next").await;
    }
}
