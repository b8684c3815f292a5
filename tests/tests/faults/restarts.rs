//! The server is stopped and started again while a program works: it goes on by itself, and what was acknowledged is
//! there, after a crash as well.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::PgConnection;
use sqlx::postgres::PgPoolOptions;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Shutdown;
use stellaops_db::{Config, Database, Error, Id, Outcome, TenantScope};
use tokio::task::JoinHandle;

use crate::stage::new_job;
use crate::support::*;

const TENANTS: [&str; 2] = ["a", "b"];

/// What a program was told of the pairs of rows that it wrote, each in a transaction.
#[derive(Default)]
struct Told {
    acknowledged: BTreeSet<[Id<GraphJob>; 2]>,
    unknown: BTreeSet<[Id<GraphJob>; 2]>,
    undone: BTreeSet<[Id<GraphJob>; 2]>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_loses_nothing_that_was_acknowledged_and_programs_go_on() {
    let server = own_server(&[]).await;
    let database = copy(&server).await;
    let options = database.connect_options_as(APPLICATION);
    let db = connect(&Config::from_options(options).with_max_connections(4)).await;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let programs = TENANTS.map(|name| write(db.tenant(&tenant(name)), stop.clone(), done.clone()));
    for shutdown in [
        Shutdown::Fast,
        Shutdown::Immediate,
        Shutdown::Fast,
        Shutdown::Immediate,
    ] {
        let before = done.load(Ordering::SeqCst);
        until("they work", async || done.load(Ordering::SeqCst) > before + 40).await;
        server.restart(shutdown).await.expect("restarts");
    }
    let before = done.load(Ordering::SeqCst);
    until("they go on", async || done.load(Ordering::SeqCst) > before + 40).await;
    stop.store(true, Ordering::SeqCst);
    let mut superuser = database.connect().await.expect("connects");
    for (name, program) in TENANTS.into_iter().zip(programs) {
        let told = program.await.expect("no panic");
        check(&mut superuser, name, &told).await;
    }
}

/// Compares all rows of a tenant with what its program was told.
async fn check(superuser: &mut PgConnection, name: &str, told: &Told) {
    assert!(
        !told.unknown.is_empty() || !told.undone.is_empty(),
        "it met a restart"
    );
    let ids = format!("SELECT array_agg(id) FROM scheduler.graph_jobs WHERE tenant_id = '{name}'");
    let there: Vec<uuid::Uuid> = value(superuser, ids).await;
    let there: BTreeSet<_> = there.into_iter().map(Id::new).collect();
    let seen = |pair: &[Id<GraphJob>; 2]| pair.map(|id| there.contains(&id));
    assert!(
        told.acknowledged.iter().all(|pair| seen(pair) == [true; 2]),
        "one is lost"
    );
    assert!(
        told.undone.iter().all(|pair| seen(pair) == [false; 2]),
        "one was not undone"
    );
    let is_whole = |pair: &[Id<GraphJob>; 2]| seen(pair) != [true, false] && seen(pair) != [false, true];
    assert!(told.unknown.iter().all(is_whole), "one is there by half");
    let known = told.acknowledged.len() + told.unknown.iter().filter(|pair| seen(pair)[0]).count();
    assert_eq!(there.len(), known * 2, "and nothing else");
}

/// Writes pairs until it is stopped.
fn write(scope: TenantScope, stop: Arc<AtomicBool>, done: Arc<AtomicU64>) -> JoinHandle<Told> {
    tokio::spawn(async move {
        let mut told = Told::default();
        while !stop.load(Ordering::SeqCst) {
            let pair = [(); 2].map(|()| Id::new(uuid::Uuid::now_v7()));
            let list = match write_pair(&scope, pair).await {
                Ok(()) => {
                    done.fetch_add(1, Ordering::SeqCst);
                    &mut told.acknowledged
                }
                Err(error) => match error.outcome() {
                    Outcome::Unknown => &mut told.unknown,
                    Outcome::TryAgain => &mut told.undone,
                    Outcome::Refused => panic!("a restart is no refusal: {error:?}"),
                },
            };
            if !list.insert(pair) {
                panic!("an id was given twice");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        told
    })
}

async fn write_pair(scope: &TenantScope, pair: [Id<GraphJob>; 2]) -> Result<(), Error> {
    let transaction = scope.begin().await?;
    let jobs = transaction.repository::<GraphJobRepository>();
    for id in pair {
        jobs.insert(new_job().id(id)).await?;
    }
    transaction.commit().await
}

#[tokio::test]
async fn a_server_that_is_away_is_told_as_such_and_nothing_was_sent() {
    let server = own_server(&[]).await;
    let database = copy(&server).await;
    let options = database.connect_options_as(APPLICATION);
    let config = Config::from_options(options).with_acquire_timeout(Duration::from_millis(300));
    let db = connect(&config).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    jobs.insert(new_job()).await.expect("inserts");
    // Its end takes the connections with it.
    let database = std::mem::ManuallyDrop::new(database);
    server.stop().await.expect("stops");
    refused!(jobs.insert(new_job()).await, Error::Connection(_));
    for _ in 0..3 {
        let error = jobs.insert(new_job()).await.expect_err("nobody is there");
        assert!(
            matches!(error, Error::Unreachable(_) | Error::PoolTimeout),
            "{error:?}"
        );
        assert_eq!(error.outcome(), Outcome::TryAgain);
    }
    assert!(!database.name().is_empty());
}

#[tokio::test]
async fn a_login_that_the_server_does_not_let_in_is_refused() {
    let server = own_server(&[]).await;
    let database = copy(&server).await;
    ask_for_passwords(&server, &database, "right").await;
    let login = database.connect_options_as(APPLICATION);
    let wrong = login.clone().password("wrong");
    for (options, code) in [
        (wrong, "28P01"),
        (login.clone().username("nobody"), "28000"),
        (login.password("right").database("nowhere"), "3D000"),
    ] {
        let pool = PgPoolOptions::new().connect_lazy_with(options);
        let db = Database::from_pool_unguarded(pool, "no connection comes about");
        let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
        let error = jobs.insert(new_job()).await.expect_err("nobody is let in");
        assert!(
            matches!(&error, Error::Database(said) if said.code == code),
            "{error:?}"
        );
        assert_eq!(error.outcome(), Outcome::Refused);
    }
}
