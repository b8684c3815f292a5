//! Units of work: tried again when the database asks for it, isolated as asked, and undone in part by savepoints.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Isolation, Lock, TenantScope, Transaction};

use crate::samples::*;
use crate::support::*;

async fn job(scope: &TenantScope, number: u32) -> GraphJob {
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.insert(queued(number)).await.expect("inserts")
}

/// Reads a number and writes the next one: lost in part, unless transactions are as if one ran after another.
async fn count_up(transaction: &Transaction, id: stellaops_db::Id<GraphJob>) -> Result<(), Error> {
    let jobs = transaction.repository::<GraphJobRepository>();
    let job = jobs.get(id).await?.expect("is there");
    let number = job
        .failure_reason
        .map_or(0, |text| text.parse::<u32>().expect("a number"));
    tokio::time::sleep(Duration::from_millis(5)).await;
    let patch = GraphJob::patch().failure_reason(Some((number + 1).to_string()));
    jobs.update(id, patch).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_cannot_be_put_in_order_is_tried_again_until_all_of_it_counts() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let id = job(&scope, 1).await.id;
    let tries = AtomicU32::new(0);
    let unit = scope
        .transaction()
        .isolation(Isolation::Serializable)
        .attempts(50);
    let one = async || {
        let work = async |transaction: &Transaction| {
            tries.fetch_add(1, Ordering::SeqCst);
            count_up(transaction, id).await
        };
        unit.run(work).await.expect("is tried until it is done");
    };
    tokio::join!(one(), one(), one(), one());
    let counted = scope
        .repository::<GraphJobRepository>()
        .get(id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(counted.failure_reason.as_deref(), Some("4"));
    assert!(tries.load(Ordering::SeqCst) > 4, "some had to be tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_wait_for_each_other_one_is_tried_again() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let ids = [job(&scope, 1).await.id, job(&scope, 2).await.id];
    let tries = AtomicU32::new(0);
    let one = async |order: [usize; 2]| {
        let work = async |transaction: &Transaction| {
            tries.fetch_add(1, Ordering::SeqCst);
            let jobs = transaction.repository::<GraphJobRepository>();
            for place in order {
                jobs.get(ids[place]).lock(Lock::UPDATE).await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Ok::<_, Error>(())
        };
        scope.transaction().run(work).await.expect("both are done");
    };
    tokio::join!(one([0, 1]), one([1, 0]));
    assert!(tries.load(Ordering::SeqCst) >= 3, "one of them met the other");
}

#[tokio::test]
async fn an_error_of_the_work_undoes_it_and_is_not_tried_again() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let taken = job(&scope, 1).await.id;
    let tries = AtomicU32::new(0);
    let work = async |transaction: &Transaction| {
        tries.fetch_add(1, Ordering::SeqCst);
        let jobs = transaction.repository::<GraphJobRepository>();
        jobs.insert(queued(2)).await?;
        jobs.insert(queued(3).id(taken)).await
    };
    refused!(scope.transaction().run(work).await, Error::UniqueViolation { .. });
    assert_eq!(tries.load(Ordering::SeqCst), 1);
    let own = async |_: &Transaction| {
        Err::<(), Box<dyn std::error::Error + Send + Sync>>("the service's own".into())
    };
    let error = scope.transaction().run(own).await.expect_err("fails");
    assert_eq!(error.to_string(), "the service's own");
    assert_eq!(
        scope
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        1
    );
}

#[tokio::test]
async fn the_last_attempt_says_what_the_database_said() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let id = job(&scope, 1).await.id;
    let tries = AtomicU32::new(0);
    let unit = scope
        .transaction()
        .isolation(Isolation::RepeatableRead)
        .attempts(2);
    let work = async |transaction: &Transaction| {
        tries.fetch_add(1, Ordering::SeqCst);
        let inside = transaction.repository::<GraphJobRepository>();
        inside.get(id).await?;
        let patch = || GraphJob::patch().failure_reason(Some("changed".to_owned()));
        scope
            .repository::<GraphJobRepository>()
            .update(id, patch())
            .await?;
        inside.update(id, patch()).await
    };
    refused!(unit.run(work).await, Error::Retry { .. });
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_transaction_that_reads_only_sees_one_moment_and_writes_nothing() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    job(&scope, 1).await;
    let unit = scope
        .transaction()
        .isolation(Isolation::RepeatableRead)
        .read_only();
    let transaction = unit.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("counts"), 1);
    job(&scope, 2).await;
    assert_eq!(
        jobs.count([]).await.expect("counts"),
        1,
        "what came later is not seen"
    );
    refused!(jobs.insert(queued(3)).await, Error::ReadOnly { .. });
}

#[tokio::test]
async fn time_limits_hold_within_the_transaction_and_begin_in_one_exchange() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let id = job(&scope, 1).await.id;
    let limit = Duration::from_millis(50);
    let limited = scope
        .transaction()
        .statement_timeout(limit)
        .begin()
        .await
        .expect("begins");
    let slept = limited.query("SELECT 1 FROM pg_sleep(10)").all::<(i32,)>().await;
    refused!(slept, Error::Cancelled { .. });
    drop(limited);
    let holder = scope.begin().await.expect("begins");
    let held = holder.repository::<GraphJobRepository>();
    held.get(id).lock(Lock::UPDATE).await.expect("locks");
    let waiter = scope
        .transaction()
        .lock_timeout(limit)
        .begin()
        .await
        .expect("begins");
    let waited = waiter
        .repository::<GraphJobRepository>()
        .get(id)
        .lock(Lock::UPDATE)
        .await;
    refused!(waited, Error::LockTimeout { .. });
    drop((holder, waiter));
    let (db, proxy) = fixture.through_proxy(1).await;
    let unit = db
        .tenant(&tenant("a"))
        .transaction()
        .statement_timeout(limit)
        .lock_timeout(limit);
    unit.begin()
        .await
        .expect("begins")
        .rollback()
        .await
        .expect("rolls back");
    // The pool asks a connection that comes back for a sign of life.
    tokio::time::sleep(Duration::from_millis(200)).await;
    proxy.reset_counts();
    let begun = unit.begin().await.expect("begins");
    assert_eq!(proxy.snapshot().exchanges, 1);
    begun.rollback().await.expect("rolls back");
    // The limits went with the transaction.
    let after = db.tenant(&tenant("a"));
    after
        .query("SELECT 1 FROM pg_sleep(0.2)")
        .all::<(i32,)>()
        .await
        .expect("has time");
}

#[tokio::test]
async fn a_savepoint_undoes_its_own_work_alone() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let taken = job(&scope, 1).await.id;
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    jobs.insert(queued(2)).await.expect("inserts");
    let undone = transaction.savepoint(async || {
        jobs.insert(queued(3)).await?;
        jobs.insert(queued(4).id(taken)).await
    });
    refused!(undone.await.expect("goes back"), Error::UniqueViolation { .. });
    let kept = transaction.savepoint(async || {
        let inner = transaction
            .savepoint(async || Err::<(), _>(Error::NoSystemLogin))
            .await?;
        assert!(inner.is_err());
        jobs.insert(queued(5)).await
    });
    kept.await.expect("releases").expect("inserts");
    transaction
        .commit()
        .await
        .expect("commits: what failed is undone");
    assert_eq!(
        scope
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        3
    );
}

#[tokio::test]
async fn work_that_is_left_inside_a_savepoint_is_not_committed_by_half() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    let left = transaction.savepoint(async || {
        jobs.insert(queued(1)).await?;
        std::future::pending::<Result<(), Error>>().await
    });
    let timed = tokio::time::timeout(Duration::from_millis(200), left).await;
    assert!(timed.is_err(), "it is left in between");
    refused!(transaction.commit().await, Error::TransactionFailed);
    assert_eq!(
        scope
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        0
    );
}

/// A failure before the savepoint is not undone by going back to it.
#[tokio::test]
async fn a_savepoint_heals_nothing_that_failed_before_it() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let taken = job(&scope, 1).await.id;
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    refused!(
        jobs.insert(queued(2).id(taken)).await,
        Error::UniqueViolation { .. }
    );
    refused!(
        transaction.savepoint(async || Ok::<_, Error>(())).await,
        Error::TransactionFailed
    );
    refused!(transaction.commit().await, Error::TransactionFailed);
}

/// What is written next on the connection of a `BEGIN` that was left would never be committed.
#[tokio::test]
async fn a_begin_that_is_left_in_the_middle_leaves_no_open_transaction() {
    let fixture = Fixture::start().await;
    let (db, _proxy) = fixture.through_delayed_proxy(1, Duration::from_millis(40)).await;
    let scope = db.tenant(&tenant("a"));
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.count([]).await.expect("the connection is warm");
    for number in 0..5 {
        let left = tokio::time::timeout(Duration::from_millis(10), scope.begin()).await;
        assert!(left.is_err(), "it takes as long as an exchange");
        jobs.insert(queued(number)).await.expect("inserts");
        let there = "SELECT count(*) FROM scheduler.graph_jobs";
        let stored: i64 = value(&mut fixture.superuser().await, there).await;
        assert_eq!(stored, i64::from(number) + 1, "others see what was written");
    }
}
