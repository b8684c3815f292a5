//! How a worker ends a row, and what goes on meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::PgConnection;
use stellaops_db::queue::{Done, Failure, Job};
use tokio::sync::{Mutex, Notify};

use super::*;

#[tokio::test]
async fn an_end_that_the_database_refuses_is_a_failure_of_the_row() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<PolicyJobRepository>();
    let job = jobs.insert(policy_job(1)).await.expect("inserts");
    // A job that succeeded has the digest of its outcome.
    let handler = async |_: Arc<Job<PolicyJob>>| Ok::<_, Failure>(Done::complete());
    let stop = async {
        while jobs
            .get(job.id)
            .await
            .expect("reads")
            .expect("is there")
            .failure_reason
            .is_none()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let report = worker().run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.completed, report.failed), (0, 1));
    let job = jobs.get(job.id).await.expect("reads").expect("is there");
    let reason = job.failure_reason.expect("it says why");
    assert!(
        reason.contains("ck_policy_jobs_succeeded_job_has_a_result"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_handler_ends_its_row_in_the_transaction_of_its_work() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 3).await;
    let handler = async |job: Arc<Job<GraphJob>>| {
        let transaction = job.scope().begin().await?;
        transaction
            .repository::<GraphJobEventRepository>()
            .insert(event(job.id))
            .await?;
        transaction
            .repository::<GraphJobRepository>()
            .complete(&*job)
            .await?;
        transaction.commit().await?;
        Ok::<_, Failure>(Done::already())
    };
    let report = worker()
        .run(&scope, all_ended(&scope), handler)
        .await
        .expect("works");
    assert_eq!(report.completed, 3);
    let events = scope.repository::<GraphJobEventRepository>();
    assert_eq!(events.count([]).await.expect("counts"), 3);
}

/// Between its commit and its last word, a handler holds a row that has ended.
#[tokio::test]
async fn a_handler_that_has_ended_its_row_is_not_stopped() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let said = Arc::new(AtomicU32::new(0));
    let told = said.clone();
    let handler = move |job: Arc<Job<GraphJob>>| {
        let told = told.clone();
        async move {
            let jobs = job.scope().repository::<GraphJobRepository>();
            jobs.complete(&*job).await?;
            // So long that leases are renewed several times.
            tokio::time::sleep(Duration::from_millis(200)).await;
            told.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Failure>(Done::already())
        }
    };
    let worker = worker().lease(Duration::from_millis(60));
    let report = worker
        .run(&scope, all_ended(&scope), handler)
        .await
        .expect("works");
    assert_eq!((report.completed, report.lost), (1, 0));
    assert_eq!(said.load(Ordering::SeqCst), 1, "it had its last word");
}

/// Passed only by what never comes.
const DEADLINE: Duration = Duration::from_secs(60);

/// Ready when the query says `true`.
async fn until(connection: &mut PgConnection, query: &str) {
    let waited = async {
        while !value::<bool>(connection, query).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(DEADLINE, waited).await;
    waited.unwrap_or_else(|_| panic!("it never came to this: {query}"));
}

/// So many sessions of the application wait for somebody's lock.
fn waiting(number: u32) -> String {
    format!(
        "SELECT count(*) >= {number} FROM pg_stat_activity WHERE datname = current_database() AND usename = '{APPLICATION}' AND wait_event_type = 'Lock'"
    )
}

/// Locks the row in a transaction of somebody else's, and then says that it is done.
async fn locked(
    job: Arc<Job<GraphJob>>,
    holder: Arc<Mutex<PgConnection>>,
) -> Result<Done<GraphJob>, Failure> {
    let lock = format!(
        "BEGIN; SELECT FROM scheduler.graph_jobs WHERE id = '{}' FOR UPDATE",
        job.id
    );
    run(&mut *holder.lock().await, lock).await?;
    Ok(Done::complete())
}

/// From now on, jobs are completed when the holder of the lock lets go. No row is locked by one that waits.
async fn hold_ends(fixture: &Fixture, holder: &mut PgConnection) {
    let gate = "CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
        CREATE TRIGGER gate BEFORE UPDATE ON scheduler.graph_jobs FOR EACH STATEMENT WHEN (current_query() LIKE '% finish */%') EXECUTE FUNCTION public.gate()";
    run(&mut fixture.superuser().await, gate)
        .await
        .expect("makes a gate");
    run(holder, "SELECT pg_advisory_lock(1)")
        .await
        .expect("closes it");
}

async fn let_end(holder: &mut PgConnection) {
    run(holder, "SELECT pg_advisory_unlock(1)")
        .await
        .expect("opens the gate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_whose_end_has_to_wait_holds_up_no_other() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 6).await;
    let holder = Arc::new(Mutex::new(fixture.superuser().await));
    let (number, locker) = (AtomicU32::new(0), holder.clone());
    let handler = move |job: Arc<Job<GraphJob>>| {
        let is_first = number.fetch_add(1, Ordering::SeqCst) == 0;
        let locker = locker.clone();
        async move {
            match is_first {
                true => locked(job, locker).await,
                false => Ok(Done::complete()),
            }
        }
    };
    let stop = async {
        let others = "SELECT count(*) = 5 FROM scheduler.graph_jobs WHERE status = 3";
        until(&mut fixture.superuser().await, others).await;
        run(&mut *holder.lock().await, "ROLLBACK").await.expect("lets go");
        all_ended(&scope).await;
    };
    let two = worker().concurrency(2);
    let report = two.run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.completed, report.lost), (6, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lease_of_a_row_is_renewed_until_its_end_is_written() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let mut holder = fixture.superuser().await;
    hold_ends(&fixture, &mut holder).await;
    let handler = async |_: Arc<Job<GraphJob>>| Ok::<_, Failure>(Done::complete());
    let stop = async {
        let mut superuser = fixture.superuser().await;
        until(&mut superuser, &waiting(1)).await;
        for _ in 0..3 {
            let end = "SELECT lease_expires_at::text FROM scheduler.graph_jobs";
            let end: String = value(&mut superuser, end).await;
            let renewed = format!("SELECT lease_expires_at > '{end}' FROM scheduler.graph_jobs");
            until(&mut superuser, &renewed).await;
        }
        let_end(&mut holder).await;
        all_ended(&scope).await;
    };
    let worker = worker().lease(Duration::from_millis(150));
    let report = worker.run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.completed, report.lost), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_given_back_while_its_end_waits_has_no_other_end() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let mut holder = fixture.superuser().await;
    hold_ends(&fixture, &mut holder).await;
    let handler = async |_: Arc<Job<GraphJob>>| Ok::<_, Failure>(Done::complete());
    let mut superuser = fixture.superuser().await;
    let is_waiting = waiting(1);
    let stop = until(&mut superuser, &is_waiting);
    let impatient = worker().patience(Duration::from_millis(1));
    let report = impatient.run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.completed, report.released, report.lost), (0, 1, 0));
    let_end(&mut holder).await;
    let is_through = waiting(1).replace(">=", "<");
    until(&mut superuser, &is_through).await;
    let next = claim(&scope.repository::<GraphJobRepository>(), "next").await;
    assert_eq!(next.attempts, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_ends_while_it_is_to_be_given_back_is_not_said_to_be() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let holder = Arc::new(Mutex::new(fixture.superuser().await));
    let locker = holder.clone();
    let handler = move |job: Arc<Job<GraphJob>>| locked(job, locker.clone());
    let (mut superuser, is_waiting) = (fixture.superuser().await, waiting(1));
    let stop = until(&mut superuser, &is_waiting);
    let impatient = worker().patience(Duration::from_millis(1));
    let let_go = async {
        // The end is first in the line, what gives the row back is second.
        until(&mut fixture.superuser().await, &waiting(2)).await;
        run(&mut *holder.lock().await, "ROLLBACK").await.expect("lets go");
    };
    let (report, ()) = tokio::join!(impatient.run(&scope, stop, handler), let_go);
    let report = report.expect("works");
    assert_eq!((report.released, report.lost), (0, 1));
    let jobs = scope.repository::<GraphJobRepository>();
    let done = [GraphJob::STATUS.eq(GraphJobStatus::Completed)];
    assert_eq!(jobs.count(done).await.expect("counts"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_dropped_renews_no_lease() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let begun = Arc::new(Notify::new());
    let told = begun.clone();
    let handler = move |_: Arc<Job<GraphJob>>| {
        told.notify_one();
        std::future::pending::<Result<Done<GraphJob>, Failure>>()
    };
    let worker = worker().lease(Duration::from_millis(300));
    tokio::select! {
        report = worker.run(&scope, std::future::pending(), handler) => panic!("it goes on, not {report:?}"),
        () = begun.notified() => {}
    }
    let over = "SELECT lease_expires_at < clock_timestamp() FROM scheduler.graph_jobs";
    until(&mut fixture.superuser().await, over).await;
    claim(&scope.repository::<GraphJobRepository>(), "next").await;
}
