//! A load within a transaction takes part in it.

use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use super::*;
use crate::samples::*;

#[tokio::test]
async fn a_load_is_committed_and_rolled_back_with_its_transaction() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    for (position, way) in (0..).zip(WAYS) {
        for commits in [false, true] {
            let transaction = scope.begin().await.expect("begins");
            let workers = transaction.repository::<WorkerRepository>();
            let from = position * 100;
            way.of(workers.insert_many((from..from + 7).map(worker)))
                .await
                .expect("inserts");
            let rest = way.of(workers.insert_many((from + 5..from + 12).map(worker)));
            let report = rest.keep_going().await.expect("inserts");
            assert_eq!((positions(&report), report.inserted), (vec![0, 1], 5), "{way:?}");
            let seen = workers.count([]).await.expect("counts");
            assert_eq!(seen, u64::from(position) * 12 + 12, "it sees its own rows");
            match commits {
                true => transaction.commit().await.expect("commits"),
                false => transaction.rollback().await.expect("rolls back"),
            }
            let expected = u64::from(position) * 12 + if commits { 12 } else { 0 };
            let workers = scope.repository::<WorkerRepository>();
            assert_eq!(workers.count([]).await.expect("counts"), expected, "{way:?}");
        }
        assert_clean(&pool).await;
    }
}

/// Like any operation of a transaction that fails.
#[tokio::test]
async fn a_load_that_fails_takes_its_transaction_with_it() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    for way in WAYS {
        let transaction = scope.begin().await.expect("begins");
        let workers = transaction.repository::<WorkerRepository>();
        workers.insert(worker(50)).await.expect("inserts");
        let rows = (0..9).map(|number| worker(if number == 6 { 50 } else { number }));
        let (at, reason) = refused_row(way.of(workers.insert_many(rows)).await);
        assert_eq!((at, kind_of(&reason)), (6, "unique"), "{way:?}");
        refused!(transaction.commit().await, Error::TransactionFailed);
        let workers = scope.repository::<WorkerRepository>();
        assert_eq!(workers.count([]).await.expect("counts"), 0, "{way:?}");
    }
}

/// Two loads by turns, each with a table of its own, and a single verb in between.
#[tokio::test]
async fn several_loads_share_a_transaction() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let workers = transaction.repository::<WorkerRepository>();
    let schedules = transaction.repository::<ScheduleRepository>();
    let copy = Way(0, 0, 5);
    let (one, two, three) = tokio::join!(
        copy.of(workers.insert_many((0..50).map(worker))).into_future(),
        copy.of(workers.insert_many((50..90).map(worker))).into_future(),
        copy.of(schedules.insert_many((0..50).map(|number| schedule(format!("s {number}")))))
            .into_future(),
    );
    let loaded = [one, two, three].map(|report| report.expect("inserts").inserted);
    assert_eq!(loaded, [50, 40, 50]);
    transaction.commit().await.expect("commits");
    let workers = scope.repository::<WorkerRepository>();
    assert_eq!(workers.count([]).await.expect("counts"), 90);
}

#[tokio::test]
async fn a_load_that_is_left_takes_its_transaction_with_it() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    for way in WAYS {
        let transaction = scope.begin().await.expect("begins");
        let workers = transaction.repository::<WorkerRepository>();
        let rows = futures_util::stream::unfold(0, |number| async move {
            if number == 40 {
                std::future::pending::<()>().await;
            }
            Some((worker(number), number + 1))
        });
        let load = way.of(workers.insert_many(stellaops_db::bulk::from_stream(rows)));
        let left = tokio::time::timeout(std::time::Duration::from_millis(150), load.into_future());
        assert!(left.await.is_err(), "the source never ends");
        if way.1 < 40 {
            // It has begun to write; the transaction cannot be committed without the rest.
            refused!(transaction.commit().await, Error::TransactionFailed);
        } else {
            transaction.commit().await.expect("nothing of it was written");
        }
        let workers = scope.repository::<WorkerRepository>();
        assert_eq!(workers.count([]).await.expect("counts"), 0, "{way:?}");
        assert_clean(&pool).await;
    }
}

/// A system scope that names its tenant, and a tenant's row security off: the predicate holds alone.
#[tokio::test]
async fn a_system_scope_loads_for_the_tenant_that_it_names() {
    let fixture = Fixture::start().await;
    let system = fixture.db.system("a bulk load").await.expect("opens");
    let scope = system.tenant(&tenant("a"));
    let ours = scope.repository::<WorkerRepository>();
    let theirs = fixture.tenant("b").repository::<WorkerRepository>();
    for (position, way) in (0..).zip(WAYS) {
        let from = position * 100;
        let rows = theirs
            .insert_many((from..from + 7).map(worker))
            .returning()
            .await
            .expect("inserts");
        let same = (from..)
            .zip(&rows)
            .map(|(number, row)| worker(number).id(row.id).capacity(2));
        let report = way.of(ours.upsert_many(same)).await.expect("upserts");
        assert_eq!(numbers(&report), [7, 0, 0, 0, 0], "{way:?}");
        let patches = rows.iter().map(|row| (row.id, Worker::patch().capacity(3)));
        assert_eq!(
            way.of(ours.update_many(patches)).await.expect("updates").updated,
            7
        );
        let keys = rows.iter().map(|row| row.id);
        assert_eq!(way.of(ours.delete_many(keys)).await.expect("deletes").deleted, 7);
        for row in rows {
            assert_eq!(theirs.get(row.id).await.expect("reads"), Some(row), "{way:?}");
        }
    }
    assert_eq!(ours.count([]).await.expect("counts"), 0);
    system.close().await.expect("closes");
}
