//! Thousands of operations of several tenants under random faults, beside a model that knows what must be there.
//!
//! What each worker does and what befalls it follows from the seed. What does not: how the workers' calls fall between
//! each other, where in a call a kill, a lock or the end of a dropped call meets it, and when exactly a restart does.

mod belief;
mod plan;
mod witness;
mod worker;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use sqlx::Row as _;
use stellaops_db::testing::{PostgresServer, Shutdown, TestDatabase};
use stellaops_db_tests::length;

use self::belief::State;
use self::worker::Worker;
use crate::support::*;

const SEED_VARIABLE: &str = "STELLAOPS_DB_FAULT_SEED";

/// How many operations there are.
fn operations() -> u64 {
    if length::is_full() { 10_000 } else { 1_000 }
}

/// Two workers each.
const TENANTS: [&str; 3] = ["a", "b", "c"];
const WORKERS: usize = 6;
/// The server is restarted each time when so many operations were done.
const BETWEEN_RESTARTS: usize = 400;

/// Tells how to run the same again, when the test fails.
struct Replay {
    seed: u64,
    operations: u64,
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Replay { seed, operations } = self;
            eprintln!(
                "replay: {SEED_VARIABLE}={seed} {OPERATIONS_VARIABLE}={operations} \
                 cargo test -p stellaops-db-tests --all-features --test faults model"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_faults_lose_nothing_halve_nothing_and_show_no_foreign_row() {
    let replay = Replay {
        seed: number(SEED_VARIABLE).unwrap_or_else(|| uuid::Uuid::now_v7().as_u64_pair().1),
        operations: number(OPERATIONS_VARIABLE).unwrap_or_else(operations),
    };
    let server = own_server(&[]).await;
    let database = copy(&server).await;
    let (done, each) = (AtomicUsize::new(0), replay.operations as usize / WORKERS);
    let work = (0..WORKERS).map(async |number| {
        let tenant = tenant(TENANTS[number % TENANTS.len()]);
        let worker = Worker::start(&server, &database, tenant).await;
        worker.run(plan::steps(replay.seed, number, each), &done).await
    });
    let restarts = restart_meanwhile(&server, &done, each * WORKERS);
    let (ended, ()) = tokio::join!(join_all(work), restarts);
    check_all(&database, &ended).await;
    for worker in &ended {
        check_unbound(worker).await;
    }
}

/// Restarts the server again and again, in turn in good order and as after a crash.
async fn restart_meanwhile(server: &PostgresServer, done: &AtomicUsize, all: usize) {
    let kinds = [Shutdown::Immediate, Shutdown::Fast].into_iter().cycle();
    let moments = (BETWEEN_RESTARTS..all).step_by(BETWEEN_RESTARTS);
    for (moment, kind) in moments.zip(kinds) {
        until("they go on", async || done.load(Ordering::SeqCst) >= moment).await;
        server.restart(kind).await.expect("restarts");
    }
}

/// Compares every row of every tenant with what the workers know.
async fn check_all(database: &TestDatabase, workers: &[Worker]) {
    let mut superuser = database.connect().await.expect("the superuser connects");
    let mut there: BTreeMap<String, BTreeMap<uuid::Uuid, State>> = BTreeMap::new();
    let all = "SELECT tenant_id, id, failure_reason::integer FROM scheduler.graph_jobs";
    for row in sqlx::query(all).fetch_all(&mut superuser).await.expect("reads") {
        let value: i32 = row.get(2);
        let of_tenant = there.entry(row.get(0)).or_default();
        of_tenant.insert(row.get(1), Some(value.unsigned_abs()));
    }
    for worker in workers {
        worker
            .beliefs
            .check(there.get(worker.tenant.as_str()).unwrap_or(&BTreeMap::new()));
    }
    for (tenant, rows) in &there {
        let of_tenant = || workers.iter().filter(|worker| worker.tenant.as_str() == tenant);
        let is_known = |id: &uuid::Uuid| of_tenant().any(|worker| worker.beliefs.knows(*id));
        assert!(rows.keys().all(is_known), "a row of {tenant} that nobody wrote");
    }
}

/// No tenant is bound on the connection that is back in the pool.
async fn check_unbound(worker: &Worker) {
    // A kill that came late is found out, and another connection made.
    worker.session_now().await;
    let mut connection = worker.pool.acquire().await.expect("the connection comes back");
    let bound = "SELECT coalesce(current_setting('app.tenant_id', true), '')";
    assert_eq!(value::<String>(&mut connection, bound).await, "");
    let refused = run(&mut connection, "SELECT count(*) FROM scheduler.graph_jobs").await;
    let error = refused.expect_err("no tenant is bound");
    let said = error.as_database_error().expect("the server refuses");
    assert_eq!(said.code().as_deref(), Some("SD001"));
}
