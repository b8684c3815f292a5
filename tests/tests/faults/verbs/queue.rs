//! Verbs of queues.

use std::sync::Arc;
use std::time::Duration;

use stellaops_db::queue::{Done, Failure, Job, Turns, Worker};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Timestamp};

use super::{COMPLETED, FAILED, QUEUED, RUNNING, changed_jobs, status};
use crate::stage::{Effect, LEASE, Stage, Verb, changed, queued};

/// How many of the tenant's rows are held until a time in a year's reach.
const RENEWED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1 AND lease_expires_at > now() + interval '1 day'",
    before: 0,
    after: 1,
};

/// How many rows the worker holds.
const RELEASED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1 AND leased_by = 'worker'",
    before: 1,
    after: 0,
};

const RESCHEDULED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM scheduler.triggers WHERE tenant_id = $1 AND leased_by IS NULL AND attempts = 1",
    before: 0,
    after: 1,
};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = claims();
    verbs.extend(ends());
    verbs.extend(loops());
    verbs
}

fn claims() -> Vec<Verb> {
    vec![
        verb!(
            "claim",
            ["repository/queue/claim.rs claim"],
            status(QUEUED, RUNNING),
            |stage| {
                queued_past(stage).await;
                let jobs = stage.on::<GraphJobRepository>();
                async move {
                    jobs.claim("worker", 1, LEASE)
                        .await
                        .map(|held| assert_eq!(held.len(), 1))
                }
            }
        ),
        verb!(
            "claim across tenants",
            ["repository/queue/turns.rs claim_across"],
            status(QUEUED, RUNNING),
            |stage| {
                queued_past(stage).await;
                let jobs = stage.system.clone().across_tenants::<GraphJobRepository>();
                async move {
                    let held = jobs
                        .claim_across(&mut Turns::new(), "worker", 1_000, LEASE)
                        .await?;
                    assert!(!held.is_empty());
                    Ok(())
                }
            }
        ),
        verb!("renew", ["repository/queue/hold.rs renew"], RENEWED, |stage| {
            let mut leases = vec![stage.held().await.lease().clone()];
            let jobs = stage.on::<GraphJobRepository>();
            async move {
                let renewed = jobs.renew(&mut leases, Duration::from_secs(200_000)).await;
                assert_eq!(leases.len(), 1, "whoever holds a row knows it, whatever happens");
                renewed.map(|lost| assert!(lost.is_empty()))
            }
        }),
        verb!(
            "release",
            ["repository/queue/hold.rs release"],
            RELEASED,
            |stage| {
                let held = stage.held().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.release(&held).await.map(drop) }
            }
        ),
    ]
}

fn ends() -> Vec<Verb> {
    vec![
        verb!(
            "complete",
            ["repository/queue/end.rs complete"],
            status(RUNNING, COMPLETED),
            |stage| {
                let held = stage.held().await;
                let result = stage
                    .past::<GraphJobRepository>()
                    .update(held.id, with_result())
                    .await;
                result.expect("updates");
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.complete(&held).await.map(drop) }
            }
        ),
        verb!(
            "complete with a patch",
            ["repository/queue/end.rs complete_with"],
            status(RUNNING, COMPLETED),
            |stage| {
                let held = stage.held().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.complete_with(&held, with_result()).await.map(drop) }
            }
        ),
        verb!(
            "finish with a step",
            ["repository/queue/end.rs finish_with"],
            changed_jobs(1),
            |stage| {
                let held = stage.held().await;
                let jobs = stage.on::<GraphJobRepository>();
                let step = GraphJob::STATUS
                    .from(GraphJobStatus::Running)
                    .to(GraphJobStatus::Failed);
                async move { jobs.finish_with(&held, step, changed()).await.map(drop) }
            }
        ),
        verb!(
            "fail",
            ["repository/queue/end.rs fail"],
            status(RUNNING, FAILED),
            |stage| {
                let held = stage.held().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.fail(&held, Failure::new("no").for_good()).await.map(drop) }
            }
        ),
        verb!(
            "reschedule",
            ["repository/queue/hold.rs reschedule"],
            RESCHEDULED,
            |stage| {
                let schedule = stage.schedule().await;
                let triggers = stage.past::<TriggerRepository>();
                let past = Timestamp::new(chrono::Utc::now() - chrono::TimeDelta::days(1));
                let row = Trigger::new_row(schedule.id, past).kind(TriggerKind::Once);
                triggers.insert(row).await.expect("inserts");
                let held = triggers
                    .claim("worker", 1, LEASE)
                    .await
                    .expect("claims")
                    .remove(0);
                let triggers = stage.on::<TriggerRepository>();
                let next = Timestamp::new(past.utc() + chrono::TimeDelta::days(400));
                async move { triggers.reschedule(&held, next).await.map(drop) }
            }
        ),
    ]
}

/// Loops that wait when the server is away, and go on.
fn loops() -> Vec<Verb> {
    vec![
        verb!(
            "a worker",
            ["queue/worker/mod.rs run"],
            status(QUEUED, COMPLETED),
            |stage| {
                queued_past(stage).await;
                let (scope, ended) = (stage.scope(), all_ended(stage));
                async move { worker().run(&scope, ended, build).await.map(drop) }
            }
        ),
        verb!(
            "a worker of all tenants",
            ["queue/worker/mod.rs run_across"],
            status(QUEUED, COMPLETED),
            |stage| {
                queued_past(stage).await;
                let (db, ended) = (stage.db.clone(), all_ended(stage));
                async move {
                    worker()
                        .concurrency(8)
                        .run_across(&db, "works", ended, build)
                        .await
                        .map(drop)
                }
            }
        ),
    ]
}

async fn queued_past(stage: &Stage) {
    let jobs = stage.past::<GraphJobRepository>();
    jobs.insert(queued()).await.expect("inserts");
}

fn with_result() -> GraphJobPatch {
    GraphJob::patch().result(Some(crate::stage::result()))
}

fn worker() -> Worker {
    // A claim whose answer is lost is somebody else's when the lease is over.
    Worker::new("worker")
        .lease(Duration::from_millis(200))
        .poll(Duration::from_millis(2))
        .patience(Duration::from_secs(5))
}

async fn build(_: Arc<Job<GraphJob>>) -> Result<Done<GraphJob>, Failure> {
    Ok(Done::with(with_result()))
}

/// Until none of the tenant's jobs waits, as is seen past the proxy.
fn all_ended(stage: &Stage) -> impl Future<Output = ()> + use<> {
    let jobs = stage.past::<GraphJobRepository>();
    async move {
        let ended = || GraphJob::STATUS.eq(GraphJobStatus::Completed);
        while jobs.count([ended()]).await.is_ok_and(|number| number == 0) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let _: Result<u64, Error> = jobs.count([]).await;
    }
}
