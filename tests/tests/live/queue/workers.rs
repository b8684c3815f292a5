//! The loop around a queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stellaops_db::queue::{Done, Failure, Job, Worker};
use stellaops_db::{Error, Timestamp};
use tokio::sync::{Notify, Semaphore};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_does_all_rows_and_no_more_at_a_time_than_it_may() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 20).await;
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counted = (now.clone(), most.clone());
    let handler = move |_: Arc<Job<GraphJob>>| {
        let (now, most) = counted.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(3)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Done::with(GraphJob::patch().result(Some(graph_result()))))
        }
    };
    let report = worker()
        .concurrency(4)
        .run(&scope, all_ended(&scope), handler)
        .await
        .expect("works");
    assert_eq!((report.completed, report.failed, report.lost), (20, 0, 0));
    assert!((1..=4).contains(&most.load(Ordering::SeqCst)));
    let jobs = scope.repository::<GraphJobRepository>();
    let done = [
        GraphJob::STATUS.eq(GraphJobStatus::Completed),
        GraphJob::RESULT.is_not_null(),
    ];
    assert_eq!(jobs.count(done).await.expect("counts"), 20);
}

#[tokio::test]
async fn what_a_handler_says_or_panics_with_is_why_the_row_failed() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 4).await;
    let number = AtomicU32::new(0);
    let handler = move |_: Arc<Job<GraphJob>>| {
        let number = number.fetch_add(1, Ordering::SeqCst);
        assert!(number < 3, "a bug at once");
        async move {
            match number {
                0 => Err("no answer".into()),
                1 => Err(Failure::new("no such image").for_good()),
                _ => panic!("a bug"),
            }
        }
    };
    let waiting = GraphJob::LEASED_BY.eq("@retry");
    let jobs = scope.repository::<GraphJobRepository>();
    let stop = async {
        while jobs
            .count([GraphJob::LEASED_BY.eq("@retry")])
            .await
            .expect("counts")
            < 3
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let report = worker()
        .concurrency(1)
        .run(&scope, stop, handler)
        .await
        .expect("works");
    assert_eq!((report.completed, report.failed, report.given_up), (0, 3, 1));
    let failed = jobs
        .list(GraphJob::BY_NEWEST)
        .filter(waiting.or(GraphJob::FAILURE_REASON.is_not_null()));
    let mut reasons: Vec<_> = failed
        .await
        .expect("lists")
        .rows
        .into_iter()
        .map(|job| job.failure_reason)
        .collect();
    reasons.sort();
    let expected = [
        "no answer",
        "no such image",
        "the handler panicked: a bug",
        "the handler panicked: a bug at once",
    ];
    assert_eq!(reasons, expected.map(|reason| Some(reason.to_string())));
}

#[tokio::test]
async fn leases_are_renewed_while_a_handler_works() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let handler = async |job: Arc<Job<GraphJob>>| {
        let jobs = job.scope().repository::<GraphJobRepository>();
        loop {
            let now = jobs.get(job.id).await?;
            if now.and_then(|job| job.lease_expires_at) > job.lease_expires_at {
                return Ok::<_, Failure>(Done::complete());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let worker = worker().lease(Duration::from_millis(150));
    let report = worker
        .run(&scope, all_ended(&scope), handler)
        .await
        .expect("works");
    assert_eq!(report.completed, 1);
}

/// Says when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn a_handler_whose_lease_is_lost_is_stopped() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let (started, stopped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let told = (started.clone(), stopped.clone());
    let handler = move |_: Arc<Job<GraphJob>>| {
        let (started, stopped) = told.clone();
        async move {
            let _dropped = Dropped(stopped);
            started.notify_one();
            std::future::pending::<Result<Done<GraphJob>, Failure>>().await
        }
    };
    let thief = scope.repository::<GraphJobRepository>();
    let stop = async {
        started.notified().await;
        let_all_leases_run_out(&fixture).await;
        // The worker may renew it first.
        while thief.claim("thief", 1, LEASE).await.expect("claims").is_empty() {
            let_all_leases_run_out(&fixture).await;
        }
        stopped.notified().await;
    };
    let worker = worker().lease(Duration::from_millis(60));
    let report = worker.run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.lost, report.completed, report.released), (1, 0, 0));
    let held = thief
        .list(GraphJob::BY_NEWEST)
        .await
        .expect("lists")
        .rows
        .remove(0);
    assert_eq!(held.leased_by.as_deref(), Some("thief"));
}

#[tokio::test]
async fn a_worker_that_stops_lets_its_handlers_end() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 3).await;
    let (started, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let told = (started.clone(), go_on.clone());
    let handler = move |_: Arc<Job<GraphJob>>| {
        let (started, go_on) = told.clone();
        async move {
            started.add_permits(1);
            go_on
                .acquire()
                .await
                .map(|_| Done::complete())
                .map_err(Failure::from)
        }
    };
    let stop = async {
        let _ = started.acquire_many(2).await.expect("two begin");
        go_on.add_permits(2);
    };
    let report = worker()
        .concurrency(2)
        .run(&scope, stop, handler)
        .await
        .expect("works");
    assert_eq!((report.completed, report.released), (2, 0));
    let jobs = scope.repository::<GraphJobRepository>();
    let queued = [GraphJob::STATUS.eq(GraphJobStatus::Queued)];
    assert_eq!(
        jobs.count(queued).await.expect("counts"),
        1,
        "no new one is begun"
    );
}

#[tokio::test]
async fn what_does_not_end_in_time_is_given_back() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 2).await;
    let started = Arc::new(Semaphore::new(0));
    let told = started.clone();
    let handler = move |_: Arc<Job<GraphJob>>| {
        told.add_permits(1);
        std::future::pending::<Result<Done<GraphJob>, Failure>>()
    };
    let stop = async {
        let _ = started.acquire_many(2).await.expect("two begin");
    };
    let impatient = worker().concurrency(2).patience(Duration::from_millis(1));
    let report = impatient.run(&scope, stop, handler).await.expect("works");
    assert_eq!((report.completed, report.released), (0, 2));
    let jobs = scope.repository::<GraphJobRepository>();
    assert_eq!(
        jobs.claim("next", 5, LEASE).await.expect("claims").len(),
        2,
        "at once"
    );
}

#[tokio::test]
async fn a_recurring_row_is_given_its_next_time() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedule = scope
        .repository::<ScheduleRepository>()
        .insert(schedule("nightly"))
        .await;
    let triggers = scope.repository::<TriggerRepository>();
    let row = trigger(schedule.expect("inserts").id, at(0));
    let id = triggers.insert(row).await.expect("inserts").id;
    let far: Timestamp = "2999-01-01T00:00:00Z".parse().expect("a time");
    let handler = move |_: Arc<Job<Trigger>>| async move { Ok(Done::again_at(far)) };
    let stop = async {
        while triggers
            .get(id)
            .await
            .expect("reads")
            .expect("is there")
            .next_fire_at
            != far
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let report = worker().run(&scope, stop, handler).await.expect("works");
    assert_eq!(report.completed, 1);
}

#[tokio::test]
async fn a_worker_of_all_tenants_works_in_the_scope_of_each_and_leaves_evidence() {
    let fixture = Fixture::start().await;
    for name in ["a", "b", "c"] {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        jobs.insert_many((0..4).map(queued)).await.expect("inserts");
    }
    let handler = async |job: Arc<Job<GraphJob>>| {
        let jobs = job.scope().repository::<GraphJobRepository>();
        // Of its own tenant it sees four jobs, of the others none.
        match jobs.count([]).await? {
            4 => Ok::<_, Failure>(Done::complete()),
            other => Err(Failure::new(format!("{other} jobs are seen")).for_good()),
        }
    };
    let stop = async {
        for name in ["a", "b", "c"] {
            all_ended(&fixture.tenant(name)).await;
        }
    };
    let worker = worker().concurrency(3);
    let report = worker
        .run_across(&fixture.db, "works on all", stop, handler)
        .await
        .expect("works");
    assert_eq!((report.completed, report.given_up), (12, 0));
    let evidence = "SELECT count(*) FROM stellaops.system_access WHERE reason = 'works on all' AND ended_at IS NOT NULL AND statements > 0";
    assert_eq!(value::<i64>(&mut fixture.superuser().await, evidence).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_outlives_a_server_that_is_away() {
    let fixture = Fixture::start().await;
    let own = with_jobs(&fixture, 12).await;
    let (db, proxy) = fixture.through_proxy(2).await;
    let scope = db.tenant(&tenant("a"));
    let handler = async |_: Arc<Job<GraphJob>>| {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok::<_, Failure>(Done::complete())
    };
    let stop = async {
        let jobs = own.repository::<GraphJobRepository>();
        let done = || [GraphJob::STATUS.eq(GraphJobStatus::Completed)];
        for least in [2, 5, 8] {
            while jobs.count(done()).await.expect("counts") < least {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            proxy.cut();
        }
        // A claim whose answer was lost is claimed again when its lease runs out.
        while jobs.count(done()).await.expect("counts") < 12 {
            let lost = "UPDATE scheduler.graph_jobs SET lease_expires_at = now() - interval '1 s' WHERE lease_expires_at IS NOT NULL AND updated_at < now() - interval '1 s'";
            run(&mut fixture.superuser().await, lost).await.expect("updates");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    worker()
        .concurrency(2)
        .run(&scope, stop, handler)
        .await
        .expect("goes on");
}

#[tokio::test]
async fn what_waiting_does_not_mend_ends_the_worker() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 1).await;
    let revoked = "REVOKE UPDATE ON scheduler.graph_jobs FROM scheduler_app";
    run(&mut fixture.superuser().await, revoked)
        .await
        .expect("revokes");
    let handler = async |_: Arc<Job<GraphJob>>| Ok::<_, Failure>(Done::complete());
    let never = std::future::pending();
    refused!(worker().run(&scope, never, handler).await, Error::Denied { .. });
    let handler = async |_: Arc<Job<GraphJob>>| Ok::<_, Failure>(Done::complete());
    refused!(
        Worker::new("@me")
            .run(&scope, std::future::pending(), handler)
            .await,
        Error::WorkerName { .. }
    );
    let handler = async |_: Arc<Job<GraphJob>>| Ok::<_, Failure>(Done::complete());
    let none = worker().lease(Duration::ZERO);
    refused!(
        none.run(&scope, std::future::pending(), handler).await,
        Error::OutOfRange { .. }
    );
}
