//! The queue worker: `cargo run --bin worker -- --demo` builds the graphs of three tenants on a throwaway database.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use service::{Failure, Place, asked_to_stop, exit_code, tell_warnings, work};
use stellaops_db::queue::Worker;
use stellaops_db::{Database, TenantId};

/// Builds the graphs that all tenants have asked for, until it is asked to stop by SIGTERM or Ctrl-C. The database is
/// that of STELLAOPS_DB_URL and STELLAOPS_DB_SYSTEM_URL.
#[derive(Parser)]
struct Arguments {
    /// How many jobs are worked on at a time.
    #[arg(long, default_value_t = 4)]
    concurrency: u32,
    /// Seconds that a lease lasts: so long the jobs of a worker that vanished wait.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    lease: u64,
    /// Seconds that jobs may go on when the worker stops; then they are given back.
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    patience: u64,
    /// Milliseconds that each graph takes longer than it would: to see what happens meanwhile.
    #[arg(long, default_value_t = 0, value_name = "MILLISECONDS")]
    slow: u64,
    /// A throwaway database with jobs of three tenants; ends when they are done.
    #[arg(long)]
    demo: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    tell_warnings();
    exit_code(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let stop = asked_to_stop()?;
    let place = Place::open(arguments.demo).await?;
    let tenants = if arguments.demo { queue_some(&place.database).await? } else { Vec::new() };
    let stop = async {
        tokio::select! {
            () = stop => {}
            () = all_done(&place.database, &tenants), if arguments.demo => {}
        }
    };
    let takes = Duration::from_millis(arguments.slow);
    let report = Worker::new("graph-builder")
        .concurrency(arguments.concurrency)
        .lease(Duration::from_secs(arguments.lease))
        .patience(Duration::from_secs(arguments.patience))
        .run_across(&place.database, "builds the graphs of all tenants", stop, move |job| {
            work::do_job(job, takes)
        })
        .await?;
    place.close().await;
    println!("{} graphs were built", report.completed);
    println!("{} jobs are tried again, {} were given up", report.failed, report.given_up);
    println!("{} jobs were given back, {} went to other workers", report.released, report.lost);
    Ok(ExitCode::SUCCESS)
}

/// Unequal queues: the tenants take turns all the same.
async fn queue_some(database: &Database) -> Result<Vec<TenantId>, Failure> {
    let mut tenants = Vec::new();
    for (name, jobs) in [("acme", 200), ("globex", 20), ("initech", 2)] {
        let tenant = TenantId::new(name)?;
        work::queue(database, &tenant, jobs).await?;
        println!("{name} has asked for {jobs} graphs");
        tenants.push(tenant);
    }
    Ok(tenants)
}

async fn all_done(database: &Database, tenants: &[TenantId]) {
    for tenant in tenants {
        while work::left(database, tenant).await.unwrap_or(1) > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
