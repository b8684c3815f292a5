//! A service that is written once: over a scope, in a transaction, and in memory.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Rows, Store};

use crate::values::schedule;
use crate::world::{Memory, Postgresql, World, done};

/// Begins a run of the schedule of that name, unless it has one that is not over; gives the newest.
async fn begin_run(store: &impl Store, name: &str) -> Result<Option<Run>, Error> {
    let Some(schedule) = store
        .rows::<Schedule>()
        .find(Schedule::UNIQUE_NAME.of(name))
        .await?
    else {
        return Ok(None);
    };
    let runs = store.rows::<Run>();
    let newest = runs
        .list(Run::BY_SCHEDULE_NEWEST.of(schedule.id))
        .limit(1)
        .await?;
    match newest.rows.into_iter().next() {
        Some(run) if run.finished_at.is_none() => Ok(Some(run)),
        _ => runs
            .insert(Run::new_row(RunReason::Manual).schedule_id(Some(schedule.id)))
            .await
            .map(Some),
    }
}

async fn begun(store: &impl Store) -> Id<Run> {
    done(store.rows::<Schedule>().insert(schedule("nightly"))).await;
    let first = done(begin_run(store, "nightly")).await.expect("begins");
    assert_eq!(done(begin_run(store, "nightly")).await, Some(first.clone()));
    assert_eq!(done(begin_run(store, "weekly")).await, None);
    first.id
}

#[tokio::test]
async fn it_runs_in_memory() {
    begun(&Memory::start().tenant("a")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_postgresql_and_in_a_transaction() {
    let world = Postgresql::start().await;
    let scope = world.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let undone = begun(&transaction).await;
    transaction.rollback().await.expect("rolls back");
    let kept = begun(&scope).await;
    assert!(!done(scope.rows::<Run>().exists(undone)).await);
    assert!(done(scope.rows::<Run>().exists(kept)).await);
}
