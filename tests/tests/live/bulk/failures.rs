//! Loads that are cut off, and roles that may make no temporary table.

use std::time::Duration;

use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use super::*;
use crate::samples::*;

/// Dropped at any moment: before it began, within a COPY, between batches, and close to its end.
#[tokio::test]
async fn a_load_that_is_dropped_leaves_nothing_and_a_healthy_pool() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    let workers = scope.repository::<WorkerRepository>();
    workers.insert(worker(1_000_000)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    let (mut chance, mut left) = (Numbers(11), 0);
    for round in 0..80_u32 {
        let rows = (0..400).map(|number| worker(round * 1_000 + number));
        let way = [Way(0, 0, 100), Way(0, 50, 50), Way(0, 0, 400)][round as usize % 3];
        let load = way.of(workers.insert_many(rows)).into_future();
        let limit = Duration::from_micros(chance.below(60_000) as u64);
        let is_left = tokio::time::timeout(limit, load).await.is_err();
        left += u32::from(is_left);
        let there = workers.count([]).await.expect("the next call is served");
        match is_left {
            // The answer to its COMMIT may have been on its way.
            true => assert!([1, 401].contains(&there), "{there}"),
            false => assert_eq!(there, 401),
        }
        let away = "DELETE FROM scheduler.workers WHERE name <> 'worker 1000000'";
        run(&mut superuser, away).await.expect("deletes");
        assert_clean(&pool).await;
    }
    assert!(left >= 20, "{left} of 80 were left");
}

#[tokio::test]
async fn a_load_that_is_dropped_within_a_transaction_leaves_its_connection_healthy() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    let mut chance = Numbers(5);
    for round in 0..40 {
        let transaction = scope.begin().await.expect("begins");
        let workers = transaction.repository::<WorkerRepository>();
        let load = Way(0, 0, 100)
            .of(workers.insert_many((0..400).map(worker)))
            .into_future();
        let limit = Duration::from_micros(chance.below(30_000) as u64);
        let is_left = tokio::time::timeout(limit, load).await.is_err();
        match round % 3 {
            0 => drop(transaction),
            1 => {
                let _ = transaction.rollback().await;
            }
            _ if is_left => refused!(
                transaction.commit().await,
                Error::TransactionFailed | Error::Connection(_)
            ),
            _ => transaction.rollback().await.expect("rolls back"),
        }
        let workers = scope.repository::<WorkerRepository>();
        let there = workers.count([]).await.expect("the next call is served");
        assert_eq!(there, 0);
        assert_clean(&pool).await;
    }
}

#[tokio::test]
async fn a_load_whose_connection_is_cut_is_a_connection_error_and_leaves_nothing() {
    let fixture = Fixture::start().await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let workers = db.tenant(&tenant("a")).repository::<WorkerRepository>();
    for way in [Way(0, 0, 100), Way(0, 50, 50), Way(0, 0, 400)] {
        for answers in [1, 3, 5, 7] {
            workers.count([]).await.expect("counts");
            proxy.cut_before(b'C', answers);
            let cut = way.of(workers.insert_many((0..400).map(worker))).await;
            match answers {
                // That of its BEGIN: nothing was sent that takes effect.
                1 => refused!(cut, Error::Unreachable(_)),
                _ => refused!(cut, Error::Connection(_)),
            }
            assert_eq!(workers.count([]).await.expect("the next call works"), 0);
        }
    }
    let report = Way(0, 0, 100).of(workers.insert_many((0..400).map(worker))).await;
    assert_eq!(report.expect("inserts").inserted, 400);
}

/// Arrays take the place of COPY; the transaction that a load takes part in goes on.
#[tokio::test]
async fn a_role_that_may_make_no_temporary_table_loads_with_arrays() {
    let fixture = Fixture::start().await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let mut superuser = fixture.superuser().await;
    let name = fixture.database.name();
    let revoke = format!("REVOKE TEMPORARY ON DATABASE \"{name}\" FROM PUBLIC");
    run(&mut superuser, revoke).await.expect("revokes");
    let scope = db.tenant(&tenant("a"));
    let workers = scope.repository::<WorkerRepository>();
    let copy = Way(0, 2, 50);
    let report = copy.of(workers.insert_many((0..120).map(worker))).await;
    assert_eq!(report.expect("inserts").inserted, 120);
    let again = copy
        .of(workers.insert_many((110..130).map(worker)))
        .keep_going()
        .await;
    assert_eq!(positions(&again.expect("inserts")), (0..10).collect::<Vec<_>>());
    let transaction = scope.begin().await.expect("begins");
    let within = transaction.repository::<WorkerRepository>();
    let report = copy.of(within.insert_many((200..230).map(worker))).await;
    assert_eq!(report.expect("inserts").inserted, 30);
    transaction.commit().await.expect("commits");
    assert_eq!(workers.count([]).await.expect("counts"), 160);
    assert_eq!(
        proxy.count(stellaops_db::testing::Peer::Frontend, b'd'),
        0,
        "no COPY"
    );
}

/// What is lost is found, and the statement is not taken for one of a row.
#[tokio::test]
async fn an_error_that_is_no_rows_ends_the_call() {
    let fixture = Fixture::start().await;
    let mut superuser = fixture.superuser().await;
    run(
        &mut superuser,
        "REVOKE INSERT ON scheduler.workers FROM scheduler_app",
    )
    .await
    .expect("revokes");
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    for way in WAYS {
        let denied = way.of(workers.insert_many((0..9).map(worker))).keep_going().await;
        refused!(denied, Error::Denied { .. });
    }
}
