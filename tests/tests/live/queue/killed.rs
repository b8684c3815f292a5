//! Workers that are killed: no row is lost, and none is done twice.

use std::sync::Arc;
use std::time::Duration;

use stellaops_db::Database;
use stellaops_db::queue::{Done, Failure, Job, Worker, WorkerReport};
use tokio::task::JoinHandle;

use super::*;

const JOBS: u64 = 90;
/// A round may take two attempts of a job, and five are its last.
const ROUNDS: u64 = 2;
const KILL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'live_app' AND datname = current_database()";

/// Its work is one row for each job, written with the job's end.
fn start(db: &Database) -> JoinHandle<Result<WorkerReport, stellaops_db::Error>> {
    let scope = db.tenant(&tenant("a"));
    tokio::spawn(async move {
        let worker = Worker::new("killed")
            .concurrency(4)
            .poll(Duration::from_millis(5));
        let handler = async |job: Arc<Job<GraphJob>>| {
            let transaction = job.scope().begin().await?;
            transaction
                .repository::<GraphJobEventRepository>()
                .insert(event(job.id))
                .await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
            transaction
                .repository::<GraphJobRepository>()
                .complete(&*job)
                .await?;
            transaction.commit().await?;
            Ok::<_, Failure>(Done::already())
        };
        worker.run(&scope, std::future::pending(), handler).await
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_lose_no_row_and_do_none_twice() {
    let fixture = Fixture::with(|config| config.with_max_connections(8)).await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let number = u32::try_from(JOBS).expect("few");
    jobs.insert_many((0..number).map(queued)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    let done = "SELECT count(*) FROM scheduler.graph_jobs WHERE status = 3";
    for round in 1..=ROUNDS {
        let workers: Vec<_> = (0..3).map(|_| start(&fixture.db)).collect();
        while value::<i64>(&mut superuser, done).await.unsigned_abs() < round * 25 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // One vanishes in the middle of its work, the sessions of all are ended, and their leases are over
        // while the others still take them for good.
        workers[0].abort();
        value::<i64>(&mut superuser, KILL).await;
        let_all_leases_run_out(&fixture).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        for worker in workers {
            worker.abort();
        }
        let_all_leases_run_out(&fixture).await;
    }
    let last = start(&fixture.db);
    while value::<i64>(&mut superuser, done).await.unsigned_abs() < JOBS {
        let again = "UPDATE scheduler.graph_jobs SET lease_expires_at = now() WHERE leased_by = '@retry'";
        run(&mut superuser, again).await.expect("nothing waits");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let given_up = "SELECT count(*) FROM scheduler.graph_jobs WHERE status = 4";
        assert_eq!(value::<i64>(&mut superuser, given_up).await, 0, "a job failed");
    }
    last.abort();
    let twice = "SELECT count(*) FROM (SELECT 1 FROM scheduler.graph_job_events GROUP BY job_id HAVING count(*) > 1) AS twice";
    assert_eq!(
        value::<i64>(&mut superuser, twice).await,
        0,
        "a job was done twice"
    );
    let events = "SELECT count(DISTINCT job_id) FROM scheduler.graph_job_events";
    assert_eq!(
        value::<i64>(&mut superuser, events).await.unsigned_abs(),
        JOBS,
        "a job was lost"
    );
}
