//! Time limits, locks, deadlocks and a pool without a free connection, for every verb.

use std::time::{Duration, Instant};

use sqlx::Connection;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::shared_server;
use stellaops_db::{Error, Id, Lock, Outcome, TenantScope, Transaction};
use tokio::task::JoinHandle;

use crate::cuts::assert_held;
use crate::killed::{LOCK_ALL, waits_and_goes_on};
use crate::stage::{Effect, Stage, queued};
use crate::support::*;
use crate::verbs;

const SHORT: Duration = Duration::from_millis(60);

/// Twice as long as anything with a limit may wait.
const LONG: Duration = Duration::from_millis(400);

#[tokio::test]
async fn every_verb_over_its_time_limit_is_cancelled_has_no_effect_and_may_be_tried_again() {
    let change = |config: stellaops_db::Config| config.with_max_connections(2).with_statement_timeout(SHORT);
    let fixture = Fixture::with(shared_server().await, change).await;
    let (mut holder, mut superuser) = (fixture.superuser().await, fixture.superuser().await);
    let lock_all: String = value(&mut superuser, LOCK_ALL).await;
    for (number, verb) in (0_u32..).zip(verbs::all()) {
        let stage = Stage::new(&fixture, number);
        let call = (verb.stage)(&stage).await;
        let mut lock = holder.begin().await.expect("begins");
        run(&mut lock, &lock_all).await.expect("locks");
        let call = tokio::spawn(call.0);
        let_wait(&call).await;
        lock.rollback().await.expect("unlocks");
        let result = call.await.expect("it does not panic");
        // A stream has no limit: its rows last as long as their consumer takes.
        let is_unlimited = waits_and_goes_on(verb.name) || verb.name == "stream";
        match &result {
            Ok(()) => assert!(
                is_unlimited || matches!(verb.effect, Effect::Holds),
                "{}",
                verb.name
            ),
            Err(error) => assert!(
                matches!(error, Error::Cancelled { .. }),
                "{}: {error:?}",
                verb.name
            ),
        }
        assert_held(&verb, &stage, result, &mut superuser).await;
    }
}

#[tokio::test]
async fn every_verb_without_a_free_connection_says_so_has_no_effect_and_may_be_tried_again() {
    let change = |config: stellaops_db::Config| config.with_max_connections(2).with_acquire_timeout(SHORT);
    let fixture = Fixture::with(shared_server().await, change).await;
    let mut superuser = fixture.superuser().await;
    let scope = fixture.db.tenant(&tenant("holds"));
    for (number, verb) in (0_u32..).zip(verbs::all()) {
        let stage = Stage::new(&fixture, number);
        let call = (verb.stage)(&stage).await;
        let held = [scope.begin().await, scope.begin().await].map(|held| held.expect("begins"));
        let system = [fixture.system.begin().await, fixture.system.begin().await];
        let call = tokio::spawn(call.0);
        let_wait(&call).await;
        for held in held {
            held.rollback().await.expect("rolls back");
        }
        for held in system {
            held.expect("begins").rollback().await.expect("rolls back");
        }
        let result = call.await.expect("it does not panic");
        match &result {
            Ok(()) => assert!(waits_and_goes_on(verb.name), "{}", verb.name),
            Err(error) => assert!(matches!(error, Error::PoolTimeout), "{}: {error:?}", verb.name),
        }
        assert_held(&verb, &stage, result, &mut superuser).await;
        // The pool asks each connection that comes back for a sign of life.
        until("the connections are free", async || {
            let both = [scope.begin().await, scope.begin().await];
            both.iter().all(Result::is_ok)
        })
        .await;
    }
}

/// Lets a call wait for longer than anything with a limit may.
async fn let_wait<R>(call: &JoinHandle<R>) {
    let began = Instant::now();
    while !call.is_finished() && began.elapsed() < LONG {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_lock_that_somebody_has_is_told_apart_from_a_statement_that_takes_long() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let scope = fixture.db.tenant(&tenant("a"));
    let jobs = scope.repository::<GraphJobRepository>();
    let [one, other] = two_jobs(&scope).await;
    let holder = scope.begin().await.expect("begins");
    let held = holder.repository::<GraphJobRepository>();
    held.get(one).lock(Lock::UPDATE).await.expect("locks");
    let waiter = scope
        .transaction()
        .lock_timeout(SHORT)
        .begin()
        .await
        .expect("begins");
    let within = waiter.repository::<GraphJobRepository>();
    let patch = || GraphJob::patch().failure_reason(Some("changed".into()));
    within.update(other, patch()).await.expect("updates");
    let error = within
        .update(one, patch())
        .await
        .expect_err("somebody has the lock");
    assert!(matches!(error, Error::LockTimeout { .. }), "{error:?}");
    assert_eq!(
        (error.outcome(), error.kind()),
        (Outcome::TryAgain, "lock_timeout")
    );
    refused!(waiter.commit().await, Error::TransactionFailed);
    let waiter = scope.begin().await.expect("begins");
    let within = waiter.repository::<GraphJobRepository>();
    let refused = within.get(one).lock(Lock::UPDATE.no_wait()).await;
    refused!(refused, Error::LockTimeout { .. });
    drop((waiter, holder));
    let changed = GraphJob::FAILURE_REASON.is_not_null();
    assert_eq!(jobs.count([changed]).await.expect("counts"), 0, "no half of it");
    jobs.update(one, patch()).await.expect("the next call works");
}

#[tokio::test]
async fn of_two_transactions_that_wait_for_each_other_one_is_undone_and_may_be_tried_again() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let scope = fixture.db.tenant(&tenant("a"));
    let jobs = scope.repository::<GraphJobRepository>();
    for first in [0, 1] {
        let ids = two_jobs(&scope).await;
        let transactions = [scope.begin().await, scope.begin().await].map(|one| one.expect("begins"));
        for (transaction, id) in transactions.iter().zip(ids) {
            change(transaction, id).await.expect("updates");
        }
        let [one, two] = &transactions;
        let (early, late) = if first == 0 { (one, two) } else { (two, one) };
        let of_early = change(early, ids[1 - first]);
        let of_late = async {
            tokio::time::sleep(SHORT).await;
            change(late, ids[first]).await
        };
        let (of_early, of_late) = tokio::join!(of_early, of_late);
        let refused = [of_early.err(), of_late.err()].into_iter().flatten();
        let [error] = &refused.collect::<Vec<_>>()[..] else {
            panic!("one of them is refused");
        };
        assert!(matches!(error, Error::Retry { .. }), "{error:?}");
        assert_eq!(error.outcome(), Outcome::TryAgain);
        let mut ended = Vec::new();
        for transaction in transactions {
            ended.push(transaction.commit().await);
        }
        assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1, "{ended:?}");
        for id in ids {
            let job = jobs.get(id).await.expect("reads").expect("is there");
            assert_eq!(
                job.failure_reason.as_deref(),
                Some("1"),
                "changed by one of them, once"
            );
        }
    }
}

/// The server's words for it are of no class of lost connections; it ends the session all the same.
#[tokio::test]
async fn a_transaction_that_rested_too_long_has_lost_its_connection() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let mut superuser = fixture.superuser().await;
    let limit = format!(
        "ALTER DATABASE \"{}\" SET idle_in_transaction_session_timeout = 50",
        fixture.database.name()
    );
    run(&mut superuser, limit).await.expect("is set");
    let kill = format!("SELECT count(pg_terminate_backend(pid)) {SESSIONS}");
    run(&mut superuser, kill).await.expect("kills");
    until("all have ended", async || sessions(&mut superuser).await == 0).await;
    let scope = fixture.db.tenant(&tenant("a"));
    refused!(scope.begin().await, Error::Unreachable(_));
    let transaction = scope.begin().await.expect("begins");
    until("it has ended", async || sessions(&mut superuser).await == 0).await;
    let jobs = transaction.repository::<GraphJobRepository>();
    refused!(jobs.count([]).await, Error::Connection(_));
    refused!(transaction.commit().await, Error::TransactionFailed);
    let jobs = scope.repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("the next call works"), 0);
}

async fn two_jobs(scope: &TenantScope) -> [Id<GraphJob>; 2] {
    let jobs = scope.repository::<GraphJobRepository>();
    let rows = jobs.insert_many([queued(), queued()]).returning().await;
    let ids: Vec<_> = rows.expect("inserts").iter().map(|job| job.id).collect();
    [ids[0], ids[1]]
}

/// Counts the changes of a job.
async fn change(transaction: &Transaction, id: Id<GraphJob>) -> Result<(), Error> {
    let counted = "UPDATE scheduler.graph_jobs \
        SET failure_reason = (coalesce(failure_reason, '0')::integer + 1)::text WHERE id = $1";
    transaction
        .query(counted)
        .bind(id.uuid())
        .execute()
        .await
        .map(drop)
}
