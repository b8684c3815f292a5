//! Row locks: what they keep others from, and how long.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Lock};

use crate::samples::*;
use crate::support::*;

/// Long for a local server, and passed only by what waits for somebody.
const PATIENCE: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_locked_row_is_waited_for_passed_over_or_refused_as_asked() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = scope
        .repository::<GraphJobRepository>()
        .insert_many((0..4).map(queued))
        .returning()
        .await
        .expect("inserts");
    let holder = scope.begin().await.expect("begins");
    let held = holder.repository::<GraphJobRepository>();
    let job = held.get(rows[1].id).lock(Lock::UPDATE).await.expect("locks");
    assert_eq!(job.as_ref(), Some(&rows[1]));

    let other = scope.begin().await.expect("begins");
    let jobs = other.repository::<GraphJobRepository>();
    let passed = jobs.get(rows[1].id).lock(Lock::UPDATE.skip_locked()).await;
    assert_eq!(passed.expect("passes over"), None);
    let page = jobs
        .list_by_newest()
        .lock(Lock::NO_KEY_UPDATE.skip_locked())
        .await
        .expect("lists");
    assert_eq!(page.rows.len(), 3);
    assert!(page.rows.iter().all(|row| row.id != rows[1].id));
    drop(other);

    let other = scope.begin().await.expect("begins");
    let jobs = other.repository::<GraphJobRepository>();
    refused!(
        jobs.get(rows[1].id).lock(Lock::SHARE.no_wait()).await,
        Error::LockTimeout { .. }
    );
    drop(other);

    let other = scope.begin().await.expect("begins");
    let jobs = other.repository::<GraphJobRepository>();
    let waits = tokio::spawn(async move {
        let job = jobs.get(rows[1].id).lock(Lock::UPDATE).await;
        other.commit().await.expect("commits");
        job
    });
    tokio::time::sleep(PATIENCE).await;
    assert!(!waits.is_finished(), "it waits for the holder");
    let patch = GraphJob::patch().failure_reason(Some("changed by the holder".to_owned()));
    held.update(job.expect("is there").id, patch)
        .await
        .expect("updates");
    holder.commit().await.expect("commits");
    let seen = waits.await.expect("ends").expect("locks").expect("is there");
    assert_eq!(seen.failure_reason.as_deref(), Some("changed by the holder"));
}

#[tokio::test]
async fn shared_locks_are_held_together_and_keep_changes_away() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let job = scope
        .repository::<GraphJobRepository>()
        .insert(queued(1))
        .await
        .expect("inserts");
    let (first, second) = (
        scope.begin().await.expect("begins"),
        scope.begin().await.expect("begins"),
    );
    for transaction in [&first, &second] {
        let jobs = transaction.repository::<GraphJobRepository>();
        for lock in [Lock::KEY_SHARE, Lock::SHARE] {
            assert!(
                jobs.get(job.id)
                    .lock(lock.no_wait())
                    .await
                    .expect("locks")
                    .is_some()
            );
        }
    }
    let third = scope.begin().await.expect("begins");
    let jobs = third.repository::<GraphJobRepository>();
    let locked = jobs
        .get(job.id)
        .lock(Lock::UPDATE.skip_locked())
        .await
        .expect("passes over");
    assert_eq!(locked, None);
    drop((first, second));
}

#[tokio::test]
async fn a_lock_outside_a_transaction_is_refused_before_anything_is_sent() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(queued(1)).await.expect("inserts");
    refused!(
        jobs.get(job.id).lock(Lock::UPDATE).await,
        Error::LockOutsideTransaction
    );
    refused!(
        jobs.list_by_newest().lock(Lock::UPDATE).await,
        Error::LockOutsideTransaction
    );
    let stream = jobs.list_by_newest().lock(Lock::UPDATE).stream();
    refused!(
        stream.try_collect::<Vec<_>>().await,
        Error::LockOutsideTransaction
    );
}

#[tokio::test]
async fn a_lock_reaches_no_row_of_another_tenant() {
    let fixture = Fixture::start().await;
    let own = fixture.tenant("a");
    let job = own
        .repository::<GraphJobRepository>()
        .insert(queued(1))
        .await
        .expect("inserts");
    let others = fixture.tenant("b").begin().await.expect("begins");
    let jobs = others.repository::<GraphJobRepository>();
    assert_eq!(
        jobs.get(job.id).lock(Lock::UPDATE).await.expect("finds nothing"),
        None
    );
    let patch = GraphJob::patch().failure_reason(Some("not waited for".to_owned()));
    own.repository::<GraphJobRepository>()
        .update(job.id, patch)
        .await
        .expect("nobody holds it");
}

/// Pages with locks go through the keyset as one condition, since no row is locked behind a UNION.
#[tokio::test]
async fn locked_pages_hold_every_row_once() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = scope
        .repository::<GraphJobRepository>()
        .insert_many((0..7).map(queued))
        .returning()
        .await
        .expect("inserts");
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    let (mut seen, mut next) = (Vec::new(), None);
    loop {
        let list = jobs.list_by_newest().limit(3).lock(Lock::UPDATE);
        let page = match next.take() {
            Some(cursor) => list.at(cursor).await,
            None => list.await,
        };
        let page = page.expect("lists");
        seen.extend(page.rows);
        match page.next {
            Some(cursor) => next = Some(cursor),
            None => break,
        }
    }
    assert_eq!(seen.len(), rows.len());
    assert!(rows.iter().all(|row| seen.contains(row)));
}
