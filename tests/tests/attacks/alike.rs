//! Texts that look alike, or that are the same to a collation: two tenants, two values, two names.

use std::time::Duration;

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, InvalidCursor};
use stellaops_db_tests::corpus;

use crate::{Attacked, support::tenant};

const LEASE: Duration = Duration::from_secs(600);

fn worker(name: &str) -> NewWorker {
    Worker::new_row(name.into(), WorkerKind::Graph, "1".into())
}

/// Each tenant of a group has three workers of the same names.
async fn fill(attacked: &Attacked, group: &[String]) -> Vec<Vec<Worker>> {
    let mut rows = Vec::new();
    for text in group {
        let workers = attacked.tenant(text).repository::<WorkerRepository>();
        let new = ["1", "2", "3"].map(worker);
        rows.push(workers.insert_many(new).returning().await.expect("inserts"));
    }
    rows
}

#[tokio::test]
async fn tenants_that_look_alike_never_meet() {
    let attacked = Attacked::start().await;
    for group in corpus::alike() {
        let rows = fill(&attacked, &group).await;
        for (position, text) in group.iter().enumerate() {
            for other in (0..group.len()).filter(|other| *other != position) {
                meet(&attacked, text, &group[other], &rows[other]).await;
            }
        }
        for (text, own) in group.iter().zip(&rows) {
            let workers = attacked.tenant(text).repository::<WorkerRepository>();
            let seen = workers
                .list(Worker::BY_KIND.of(WorkerKind::Graph))
                .await
                .expect("lists")
                .rows;
            assert_eq!(&seen, own, "{text:?} has what it had");
            // Some texts are in several groups.
            workers
                .delete_many(own.iter().map(|row| row.id))
                .await
                .expect("deletes");
        }
    }
}

/// Reads and writes of one tenant, aimed at the rows of another.
async fn meet(attacked: &Attacked, text: &str, other: &str, theirs: &[Worker]) {
    let told = format!("{text:?} at {other:?}");
    let scope = attacked.tenant(text);
    let workers = scope.repository::<WorkerRepository>();
    let id = theirs[0].id;
    assert_eq!(workers.get(id).await.expect(&told), None, "{told}");
    assert!(!workers.exists(id).await.expect(&told), "{told}");
    assert!(!workers.delete(id).await.expect(&told), "{told}");
    let changed = workers.update(id, Worker::patch().capacity(7)).await;
    assert!(
        matches!(changed, Err(Error::NotFound { .. })),
        "{told}: {changed:?}"
    );
    let many = workers.delete_many(theirs.iter().map(|row| row.id)).await;
    assert!(
        matches!(many, Err(Error::RefusedRow { position: 0, .. })),
        "{told}: {many:?}"
    );
    assert_eq!(workers.count([]).await.expect(&told), 3, "{told}");
    let named = scope
        .query("SELECT name FROM scheduler.workers WHERE tenant_id = $1")
        .bind(tenant(other));
    assert!(named.all::<(String,)>().await.expect(&told).is_empty(), "{told}");
    let forged = "INSERT INTO scheduler.workers (tenant_id, id, name, kind, build) SELECT $1, gen_random_uuid(), 'x', kind, build FROM scheduler.workers LIMIT 1";
    let forged = scope.query(forged).bind(tenant(other)).execute().await;
    assert!(forged.is_err(), "{told}");
    let theirs = attacked.tenant(other).repository::<WorkerRepository>();
    let page = theirs
        .list(Worker::BY_KIND.of(WorkerKind::Graph))
        .limit(1)
        .await
        .expect(&told);
    let at = workers
        .list(Worker::BY_KIND.of(WorkerKind::Graph))
        .at(page.next.expect("there is more"))
        .await;
    assert!(
        matches!(at, Err(Error::Cursor(InvalidCursor::AnotherQuery))),
        "{told}: {at:?}"
    );
}

/// Locks and leases are named by the bytes, of the tenant and of the name.
#[tokio::test]
async fn locks_that_look_alike_are_others() {
    let attacked = Attacked::start().await;
    for group in corpus::alike() {
        for text in &group[1..] {
            let held = attacked
                .tenant(&group[0])
                .try_lock(&group[0])
                .await
                .expect("runs")
                .expect("is free");
            let named = attacked.tenant(&group[0]).try_lock(text).await.expect("runs");
            assert!(named.is_some(), "{text:?} is another name");
            let owned = attacked.tenant(text).try_lock(&group[0]).await.expect("runs");
            assert!(owned.is_some(), "{text:?} is another tenant");
            held.release().await.expect("releases");
        }
    }
}

#[tokio::test]
async fn values_that_look_alike_are_others() {
    let attacked = Attacked::start().await;
    for (number, group) in corpus::alike().into_iter().enumerate() {
        let workers = attacked
            .tenant(&format!("group {number}"))
            .repository::<WorkerRepository>();
        for name in &group {
            workers
                .insert(worker(name))
                .await
                .unwrap_or_else(|error| panic!("{name:?}: {error}"));
        }
        for name in &group {
            let found = workers.get_by_name(name).await.expect("reads").expect("is there");
            assert_eq!(&found.name, name);
            assert_eq!(
                workers.count([Worker::NAME.eq(name)]).await.expect("counts"),
                1,
                "{name:?}"
            );
            assert_eq!(
                workers.count([Worker::NAME.is_in([name])]).await.expect("counts"),
                1,
                "{name:?}"
            );
            let others = workers.count([Worker::NAME.ne(name)]).await.expect("counts");
            assert_eq!(others, group.len() as u64 - 1, "{name:?}");
            let beginning = group.iter().filter(|other| other.starts_with(name)).count() as u64;
            let begin = workers.count([Worker::NAME.starts_with(name)]).await;
            assert_eq!(begin.expect("counts"), beginning, "{name:?}");
        }
        // By bytes, so that the order is the same on every machine.
        let mut sorted = group.clone();
        sorted.sort();
        let listed = workers
            .list(Worker::BY_KIND.of(WorkerKind::Graph))
            .await
            .expect("lists")
            .rows;
        assert_eq!(listed.into_iter().map(|row| row.name).collect::<Vec<_>>(), sorted);
    }
}

/// Who holds a row is told by the bytes of the name: nobody ends the work of one that looks alike.
#[tokio::test]
async fn workers_that_look_alike_do_not_share_a_lease() {
    let attacked = Attacked::start().await;
    for (number, group) in corpus::alike().into_iter().enumerate() {
        let jobs = attacked
            .tenant(&format!("group {number}"))
            .repository::<GraphJobRepository>();
        for worker in &group {
            let row = crate::everywhere::job().status(GraphJobStatus::Queued);
            jobs.insert(row).await.expect("inserts");
            let claimed = jobs.claim(worker, 1, LEASE).await.expect("claims").remove(0);
            assert_eq!(claimed.leased_by.as_deref(), Some(worker.as_str()));
            assert_eq!(claimed.lease().worker(), worker);
        }
        for worker in &group {
            let held = jobs.count([GraphJob::LEASED_BY.eq(worker)]).await;
            assert_eq!(held.expect("counts"), 1, "{worker:?}");
        }
    }
}
