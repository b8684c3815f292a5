//! Workers that are killed in the middle of their work: in whatever they await, and by the end of their
//! connections.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use std::{cell::RefCell, sync::Arc};

use sqlx::postgres::PgConnection;
use tokio::task::{JoinHandle, LocalSet};
use uuid::Uuid;

use crate::Fault;
use crate::options::Options;
use crate::outcome::Survival;
use crate::stage::Line;
use crate::way::pooled::Worker;
use crate::way::{Kind, Pooled};
use crate::work::queue::{TENANT, fill, worker};

const WORKERS: usize = 8;
/// As short as to end while the run goes on.
const LEASE: Duration = Duration::from_millis(400);
/// How long a job takes.
const JOB: Duration = Duration::from_millis(2);
/// Between two murders.
const PAUSE: Duration = Duration::from_millis(15);

const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' \
    ORDER BY random() LIMIT 1) AS one";
const COUNT: &str = "SELECT count(*) FILTER (WHERE status <> 3), count(*) FILTER (WHERE attempts > 1) \
    FROM scheduler.graph_jobs WHERE tenant_id = $1";

/// How often each job was completed, as its workers were told.
type Ledger = Rc<RefCell<BTreeMap<Uuid, usize>>>;

/// Kills until all jobs are done.
pub(crate) async fn measure(
    kind: Kind,
    line: &Line,
    superuser: &mut PgConnection,
    options: &Options,
) -> Result<Survival, Fault> {
    let jobs = 20 * options.operations();
    fill(superuser, jobs).await?;
    let pooled = Arc::new(Pooled::open(kind, &line.addresses, WORKERS).await?);
    let ledger = Ledger::default();
    let local = LocalSet::new();
    let (dropped, terminated) = local.run_until(kill(&pooled, &ledger, superuser)).await?;
    let (lost, claimed_again): (i64, i64) = sqlx::query_as(COUNT).bind(TENANT).fetch_one(superuser).await?;
    let twice = ledger.borrow().values().filter(|times| **times > 1).count();
    Ok(Survival {
        way: kind.name(),
        jobs,
        dropped,
        terminated,
        claimed_again: claimed_again as usize,
        lost: lost as usize,
        twice,
    })
}

/// Kills a worker and a connection in turn; how many of each.
async fn kill(
    pooled: &Arc<Pooled>,
    ledger: &Ledger,
    superuser: &mut PgConnection,
) -> Result<(usize, usize), Fault> {
    let start = |number: usize| -> Result<JoinHandle<()>, Fault> {
        let worker = worker(format!("worker-{number}"), LEASE)?;
        let (pooled, ledger) = (pooled.clone(), ledger.clone());
        Ok(tokio::task::spawn_local(async move {
            work(&pooled, &worker, &ledger).await;
        }))
    };
    let mut workers = Vec::new();
    for number in 0..WORKERS {
        workers.push(start(number)?);
    }
    let (mut dropped, mut terminated, mut started) = (0, 0, WORKERS);
    while left(superuser).await? > 0 {
        tokio::time::sleep(PAUSE).await;
        let place = started % WORKERS;
        dropped += usize::from(!workers[place].is_finished());
        workers[place].abort();
        workers[place] = start(started)?;
        started += 1;
        if started.is_multiple_of(2) {
            let ended: i64 = sqlx::query_scalar(TERMINATE).fetch_one(&mut *superuser).await?;
            terminated += ended as usize;
        }
    }
    workers.iter().for_each(JoinHandle::abort);
    Ok((dropped, terminated))
}

/// Works on until it is killed; an error is what a killed connection is, and is tried again.
async fn work(pooled: &Pooled, worker: &Worker, ledger: &Ledger) {
    loop {
        let Ok(Some(job)) = pooled.claim(worker).await else {
            tokio::time::sleep(JOB).await;
            continue;
        };
        tokio::time::sleep(JOB).await;
        if let Ok(true) = pooled.complete(worker, &job).await {
            *ledger.borrow_mut().entry(job.id()).or_default() += 1;
        }
    }
}

async fn left(superuser: &mut PgConnection) -> Result<i64, Fault> {
    let (left, _): (i64, i64) = sqlx::query_as(COUNT).bind(TENANT).fetch_one(superuser).await?;
    Ok(left)
}
