//! Several operations that take effect together, or not at all.

use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use crate::samples::*;
use crate::support::*;

#[tokio::test]
async fn what_is_committed_is_seen_and_what_is_not_is_not() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let outside = scope.repository::<GraphJobRepository>();

    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    let job = inside.insert(graph_job(1)).await.expect("inserts");
    assert_eq!(inside.get(job.id).await.expect("reads"), Some(job.clone()));
    assert_eq!(outside.get(job.id).await.expect("reads"), None);
    transaction.commit().await.expect("commits");
    assert_eq!(outside.get(job.id).await.expect("reads"), Some(job));

    let transaction = scope.begin().await.expect("begins");
    transaction
        .repository::<GraphJobRepository>()
        .insert(graph_job(2))
        .await
        .expect("inserts");
    transaction.rollback().await.expect("rolls back");
    assert_eq!(outside.count([]).await.expect("counts"), 1);

    let transaction = scope.begin().await.expect("begins");
    transaction
        .repository::<GraphJobRepository>()
        .insert(graph_job(3))
        .await
        .expect("inserts");
    drop(transaction);
    assert_eq!(outside.count([]).await.expect("counts"), 1);
}

#[tokio::test]
async fn a_repository_that_outlives_its_transaction_says_so() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    for end in ["commit", "rollback", "drop"] {
        let transaction = scope.begin().await.expect("begins");
        let jobs = transaction.repository::<GraphJobRepository>();
        jobs.count([]).await.expect("counts");
        match end {
            "commit" => transaction.commit().await.expect("commits"),
            "rollback" => transaction.rollback().await.expect("rolls back"),
            _ => drop(transaction),
        }
        refused!(jobs.insert(graph_job(1)).await, Error::TransactionEnded);
        refused!(jobs.list_by_newest().await, Error::TransactionEnded);
    }
    assert_eq!(
        scope
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        0
    );
}

/// PostgreSQL answers a COMMIT after a failure with a ROLLBACK and no error.
#[tokio::test]
async fn committing_after_a_failed_operation_fails() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    schedules.insert(schedule("taken")).await.expect("inserts");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<ScheduleRepository>();
    inside.insert(schedule("free")).await.expect("inserts");
    refused!(
        inside.insert(schedule("taken")).await,
        Error::UniqueViolation { .. }
    );
    refused!(inside.count([]).await, Error::TransactionFailed);
    refused!(transaction.commit().await, Error::TransactionFailed);
    assert_eq!(schedules.count([]).await.expect("counts"), 1);
}

/// A value that cannot be sent never reaches the database, so nothing failed there.
#[tokio::test]
async fn a_value_that_cannot_be_sent_leaves_the_transaction_whole() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<ScheduleRepository>();
    inside.insert(schedule("free")).await.expect("inserts");
    refused!(inside.insert(schedule("nul \0")).await, Error::Encode(_));
    transaction.commit().await.expect("commits");
    assert_eq!(
        scope
            .repository::<ScheduleRepository>()
            .count([])
            .await
            .expect("counts"),
        1
    );
}

/// The call's row may or may not be written when its future is dropped, so nothing is.
#[tokio::test]
async fn an_operation_that_was_left_before_its_answer_undoes_the_transaction() {
    let fixture = Fixture::with(|config| config.with_max_connections(2)).await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let blocker = scope.begin().await.expect("begins");
    let held = blocker.repository::<GraphJobRepository>();
    held.update(job.id, GraphJob::patch())
        .await
        .expect("locks the row");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    inside.insert(graph_job(2)).await.expect("inserts");
    let waiting = inside.update(job.id, GraphJob::patch().failure_reason(Some("x".into())));
    let left = tokio::time::timeout(std::time::Duration::from_millis(50), waiting).await;
    assert!(left.is_err(), "it waits for the row");
    blocker.rollback().await.expect("rolls back");
    refused!(transaction.commit().await, Error::TransactionFailed);
    assert_eq!(jobs.count([]).await.expect("counts"), 1);
    assert_eq!(
        jobs.get(job.id)
            .await
            .expect("reads")
            .expect("a row")
            .failure_reason,
        None
    );
}

/// Its connection is free again, and the call in flight does not keep it open.
#[tokio::test]
async fn a_transaction_dropped_during_a_call_ends_with_that_call() {
    let fixture = Fixture::with(|config| config.with_max_connections(1)).await;
    let scope = fixture.tenant("a");
    for _ in 0..5 {
        let transaction = scope.begin().await.expect("begins");
        let inside = transaction.repository::<GraphJobRepository>();
        let call = inside.insert(graph_job(1));
        let (_, _) = tokio::join!(call, async move { drop(transaction) });
        refused!(inside.count([]).await, Error::TransactionEnded);
        // The repository is still there, the only connection is not held by it.
        assert_eq!(
            scope
                .repository::<GraphJobRepository>()
                .count([])
                .await
                .expect("counts"),
            0
        );
    }
}

#[tokio::test]
async fn transactions_of_two_tenants_run_side_by_side() {
    let fixture = Fixture::start().await;
    let (a, b) = (fixture.tenant("a"), fixture.tenant("b"));
    let (of_a, of_b) = (a.begin().await.expect("begins"), b.begin().await.expect("begins"));
    let job = of_a
        .repository::<GraphJobRepository>()
        .insert(graph_job(1))
        .await
        .expect("inserts");
    let seen = of_b
        .repository::<GraphJobRepository>()
        .get(job.id)
        .await
        .expect("reads");
    assert_eq!(seen, None);
    of_a.commit().await.expect("commits");
    assert_eq!(
        of_b.repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        0
    );
    of_b.commit().await.expect("commits");
}

/// Operations of one transaction that run at once take turns.
#[tokio::test]
async fn operations_of_one_transaction_take_turns() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    let inserts = (0..10).map(|number| inside.insert(graph_job(number)));
    for inserted in futures_util::future::join_all(inserts).await {
        inserted.expect("inserts");
    }
    transaction.commit().await.expect("commits");
    assert_eq!(
        scope
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts"),
        10
    );
}
