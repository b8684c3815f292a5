//! Jobs that are claimed and completed: how long one takes, and what becomes of them when workers are killed.

mod killed;

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use sqlx::postgres::PgConnection;
use stellaops_db::TenantId;

use crate::Fault;
use crate::options::Options;
use crate::outcome::{Measured, Outcome, Subject};
use crate::stage::{Line, Rows, Stage};
use crate::statistics::microseconds;
use crate::way::pooled::Worker;
use crate::way::{Kind, Pooled};
use crate::work::in_turn;

/// Whose jobs they are.
const TENANT: &str = "tenant-of-jobs";
/// Longer than a round.
const LEASE: Duration = Duration::from_secs(3_600);
/// Jobs of each worker before it is measured.
const WARM_UP: usize = 8;

const FILL: &str = "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, status, payload) \
    SELECT $1, md5('job ' || n)::uuid, 0, 1, jsonb_build_object(\
        'schemaVersion', 'scheduler.graph-build-job@1', \
        'sbomId', 'sbom-' || n, \
        'sbomVersionId', 'sbom-' || n || '-version-1', \
        'sbomDigest', 'sha256:' || encode(sha256(n::text::bytea), 'hex'), \
        'trigger', 'manual', \
        'metadata', jsonb_build_object('project', 'example/project-' || n % 100)) \
    FROM generate_series(1, $2) AS n";

/// On both networks, with each number of workers.
pub(crate) async fn measure(stage: &Stage, options: &Options, outcome: &mut Outcome) -> Result<(), Fault> {
    let mut superuser = stage.superuser(Rows::Own).await?;
    for line in stage.lines(Rows::Own, options).await? {
        for workers in &options.workers {
            eprintln!("{}: a queue, workers: {workers}", line.network);
            let measured = on(*workers, &line, &mut superuser, options).await?;
            outcome.measured.push(measured);
        }
    }
    let straight = stage.straight(Rows::Own);
    for kind in [Kind::Toolkit, Kind::Usual] {
        eprintln!("killing the workers of {}", kind.name());
        let survival = killed::measure(kind, &straight, &mut superuser, options).await?;
        outcome.survivals.push(survival);
    }
    Ok(())
}

async fn on(
    workers: usize,
    line: &Line,
    superuser: &mut PgConnection,
    options: &Options,
) -> Result<Measured, Fault> {
    let kinds = options.ways(&Kind::CROWDS);
    let name = match workers {
        1 => "claim and complete, 1 worker".into(),
        workers => format!("claim and complete, {workers} workers"),
    };
    let mut measured = Measured::new(Subject::Queue, name, &line.network, &kinds);
    // One worker needs fewer jobs to be measured, and the usual ways take long for each.
    let jobs = 2 * options.operations() * if workers == 1 { 1 } else { 4 };
    for round in 0..options.long_rounds() {
        for kind in in_turn(&kinds, round) {
            let pooled = Pooled::open(kind, &line.addresses, workers).await?;
            fill(superuser, WARM_UP * workers).await?;
            drain(&pooled, workers).await?;
            fill(superuser, jobs).await?;
            let begun = Instant::now();
            let done = drain(&pooled, workers).await?;
            measured.push(kind, microseconds(begun.elapsed()) / jobs as f64);
            if done != jobs {
                return Err(format!("{}: {done} of {jobs} jobs are done", kind.name()).into());
            }
        }
    }
    Ok(measured)
}

/// Works until there is no job left; how many were done.
async fn drain(pooled: &Pooled, workers: usize) -> Result<usize, Fault> {
    let workers = (0..workers).map(async |number| {
        let worker = worker(format!("worker-{number}"), LEASE)?;
        let mut done = 0;
        while let Some(job) = pooled.claim(&worker).await? {
            done += usize::from(pooled.complete(&worker, &job).await?);
        }
        Ok::<_, Fault>(done)
    });
    Ok(try_join_all(workers).await?.into_iter().sum())
}

fn worker(name: String, lease: Duration) -> Result<Worker, Fault> {
    Ok(Worker {
        tenant: TenantId::new(TENANT)?,
        name,
        lease,
    })
}

/// A queue with so many jobs, and no other rows.
async fn fill(superuser: &mut PgConnection, jobs: usize) -> Result<(), Fault> {
    sqlx::raw_sql("TRUNCATE scheduler.graph_jobs CASCADE")
        .execute(&mut *superuser)
        .await?;
    let fill = sqlx::query(FILL).bind(TENANT).bind(i32::try_from(jobs)?);
    fill.execute(&mut *superuser).await?;
    sqlx::raw_sql("ANALYZE scheduler.graph_jobs")
        .execute(superuser)
        .await?;
    Ok(())
}
