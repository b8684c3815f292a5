//! Queues: leases, their ends, retries, turns between tenants, and the worker around it all.

mod endings;
mod killed;
mod leases;
mod plans;
mod recurring;
mod retries;
mod turns;
mod workers;

use std::time::Duration;

use stellaops_db::queue::{Leased, Worker};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, TenantScope};

use crate::samples::*;
use crate::support::*;

/// A queue with one claimed job.
async fn claimed(fixture: &Fixture) -> (GraphJobRepository, Leased<GraphJob>) {
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert(queued(1)).await.expect("inserts");
    let job = claim(&jobs, "one").await;
    (jobs, job)
}

async fn claim(jobs: &GraphJobRepository, worker: &str) -> Leased<GraphJob> {
    let mut claimed = jobs.claim(worker, 1, LEASE).await.expect("claims");
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

/// All leases of the database run out, whoever holds them and until when.
async fn let_all_leases_run_out(fixture: &Fixture) {
    let past = "SET lease_expires_at = now() - interval '1 second' WHERE lease_expires_at IS NOT NULL";
    for table in ["graph_jobs", "policy_jobs", "triggers"] {
        let update = format!("UPDATE scheduler.{table} {past}");
        run(&mut fixture.superuser().await, &update)
            .await
            .expect("updates");
    }
}

async fn stored(scope: &TenantScope, job: &GraphJob) -> GraphJob {
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.get(job.id).await.expect("reads").expect("is there")
}

/// Every verb of a lease refuses, and changes nothing.
async fn assert_lost(jobs: &GraphJobRepository, job: &Leased<GraphJob>) {
    let before = jobs.get(job.id).await.expect("reads");
    refused!(
        jobs.complete(job).await,
        Error::LeaseLost {
            table: "scheduler.graph_jobs"
        }
    );
    let patch = GraphJob::patch().result(Some(graph_result()));
    refused!(jobs.complete_with(job, patch).await, Error::LeaseLost { .. });
    let cancel = GraphJob::STATUS
        .from(GraphJobStatus::Running)
        .to(GraphJobStatus::Cancelled);
    refused!(
        jobs.finish_with(job, cancel, GraphJob::patch()).await,
        Error::LeaseLost { .. }
    );
    refused!(jobs.fail(job, "too late").await, Error::LeaseLost { .. });
    refused!(jobs.release(job).await, Error::LeaseLost { .. });
    refused!(jobs.reschedule(job, at(0)).await, Error::LeaseLost { .. });
    let mut leases = vec![job.lease().clone()];
    let lost = jobs.renew(&mut leases, LEASE).await.expect("runs");
    assert_eq!((leases.len(), lost.len()), (0, 1));
    assert_eq!(jobs.get(job.id).await.expect("reads"), before);
}

/// Looks often, so that no test waits.
fn worker() -> Worker {
    Worker::new("worker").poll(Duration::from_millis(5)).lease(LEASE)
}

async fn with_jobs(fixture: &Fixture, number: u32) -> TenantScope {
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.insert_many((0..number).map(queued)).await.expect("inserts");
    scope
}

/// Ready when no job of the tenant is queued or running.
async fn all_ended(scope: &TenantScope) {
    let jobs = scope.repository::<GraphJobRepository>();
    let open = [GraphJobStatus::Queued, GraphJobStatus::Running];
    while jobs.count([GraphJob::STATUS.is_in(open)]).await.unwrap_or(1) > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
