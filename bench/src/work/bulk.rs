//! Many rows inserted at once, by one call and in one transaction.

use std::time::Instant;

use sqlx::postgres::PgConnection;
use stellaops_db::TenantId;

use crate::Fault;
use crate::options::Options;
use crate::outcome::{Measured, Outcome, Subject};
use crate::stage::{Line, Rows, Stage};
use crate::statistics::median_duration;
use crate::way::{Held, Kind};
use crate::work::errand::{Errand, Task};
use crate::work::in_turn;

/// Loads larger than this are in a process of their own, and on one network: they take long, and a delay of half
/// a millisecond is nothing beside that.
const LARGE: usize = 20_000;
/// Rows of a round, at least, where a load is small.
const ROWS: usize = 5_000;
/// Calls of a round, at least and at most.
const CALLS: (usize, usize) = (3, 50);
/// Loads of more than this are measured once.
const HUGE: usize = 500_000;

/// All sizes.
pub(crate) async fn measure(stage: &Stage, options: &Options, outcome: &mut Outcome) -> Result<(), Fault> {
    let mut superuser = stage.superuser(Rows::Own).await?;
    let (large, small): (Vec<usize>, Vec<usize>) =
        options.sizes().into_iter().partition(|size| *size > LARGE);
    for line in stage.lines(Rows::Own, options).await? {
        for size in &small {
            eprintln!("{}: insert of {size} rows", line.network);
            outcome
                .measured
                .push(in_this_process(*size, &line, &mut superuser, options).await?);
        }
    }
    for size in large {
        eprintln!("straight: insert of {size} rows");
        let line = stage.straight(Rows::Own);
        let measured = in_processes(size, &line, &mut superuser, options).await?;
        outcome.measured.extend(measured);
    }
    empty(&mut superuser).await
}

async fn in_this_process(
    size: usize,
    line: &Line,
    superuser: &mut PgConnection,
    options: &Options,
) -> Result<Measured, Fault> {
    let kinds = options.ways(&Kind::LOADS);
    let mut measured = Measured::new(Subject::Bulk(size), name(size), &line.network, &kinds);
    let calls = ROWS.div_ceil(size).clamp(CALLS.0, CALLS.1);
    for round in 0..options.long_rounds() {
        for kind in in_turn(&kinds, round) {
            empty(superuser).await?;
            let mut way = Held::open(kind, &line.addresses).await?;
            for _ in 0..calls.div_ceil(4) {
                insert(&mut way, size).await?;
            }
            let mut taken = Vec::new();
            for _ in 0..calls {
                let begun = Instant::now();
                insert(&mut way, size).await?;
                taken.push(begun.elapsed());
            }
            measured.push(kind, median_duration(&taken));
        }
    }
    Ok(measured)
}

async fn in_processes(
    size: usize,
    line: &Line,
    superuser: &mut PgConnection,
    options: &Options,
) -> Result<[Measured; 2], Fault> {
    let kinds = options.ways(&Kind::LOADS);
    let mut time = Measured::new(Subject::Bulk(size), name(size), &line.network, &kinds);
    let title = format!("{}: memory", name(size));
    let mut memory = Measured::new(Subject::Memory, title, &line.network, &kinds);
    let rounds = if size > HUGE { 1 } else { options.long_rounds() };
    for round in 0..rounds {
        for kind in in_turn(&kinds, round) {
            empty(superuser).await?;
            let errand = Errand {
                task: Task::Load,
                kind,
                rows: size,
                addresses: line.addresses.clone(),
            };
            let done = errand.send().await?;
            time.push(kind, done.seconds * 1e6);
            memory.push(kind, done.mebibytes);
        }
    }
    Ok([time, memory])
}

/// Inserts so many rows, for the tenant of all loads.
pub(crate) async fn insert(way: &mut Held, size: usize) -> Result<(), Fault> {
    let stored = way.insert(&TenantId::new("tenant-of-loads")?, size).await?;
    match stored == size {
        true => Ok(()),
        false => Err(format!("{stored} rows of {size} are stored").into()),
    }
}

async fn empty(superuser: &mut PgConnection) -> Result<(), Fault> {
    let truncate = sqlx::raw_sql("TRUNCATE scheduler.graph_jobs CASCADE; CHECKPOINT");
    truncate.execute(superuser).await?;
    Ok(())
}

fn name(size: usize) -> String {
    match size {
        1 => "insert of 1 row at once".into(),
        size => format!("insert of {size} rows at once"),
    }
}
