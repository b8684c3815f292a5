//! Several operations that belong together.

use std::time::Duration;

use stellaops_db::schema::scheduler::{
    GraphJob, GraphJobEvent, GraphJobEventPayload, GraphJobEventRepository, GraphJobRepository,
    GraphJobStatus, ScheduleRepository,
};
use stellaops_db::{Error, Isolation, Lock};

use crate::given::{Given, Tested, schedule};

#[tokio::test]
async fn all_or_nothing() -> Tested {
    let given = Given::new().await;
    let (id, scope) = (given.some_job().await.id, given.scope);
    let transaction = scope.begin().await?;
    let step = GraphJob::STATUS.from(GraphJobStatus::Pending).to(GraphJobStatus::Queued);
    if transaction.repository::<GraphJobRepository>().compare_and_swap(id, step).await?.is_won() {
        let event = GraphJobEvent::new_row(id, GraphJobStatus::Queued, GraphJobEventPayload::default());
        transaction.repository::<GraphJobEventRepository>().insert(event).await?;
    }
    transaction.commit().await?; // dropped without, it is rolled back
    assert_eq!(scope.repository::<GraphJobEventRepository>().count([]).await?, 1);
    Ok(())
}

#[tokio::test]
async fn again_when_the_database_asks_for_it() -> Tested {
    let given = Given::with_jobs(3).await;
    let (id, scope) = (given.some_job().await.id, given.scope);
    let unit = scope.transaction().isolation(Isolation::Serializable).lock_timeout(Duration::from_secs(2));
    let left = unit
        .run(async |transaction| {
            let jobs = transaction.repository::<GraphJobRepository>();
            jobs.delete(id).await?;
            jobs.count([]).await
        })
        .await?;
    assert_eq!(left, 3);
    Ok(())
}

#[tokio::test]
async fn a_part_that_may_fail() -> Tested {
    let given = Given::new().await;
    given.schedules.insert(schedule("nightly")).await?;
    let (scope, row) = (given.scope, schedule("nightly"));
    let transaction = scope.begin().await?;
    let schedules = transaction.repository::<ScheduleRepository>();
    match transaction.savepoint(async || schedules.insert(row).await).await? {
        Ok(schedule) => println!("{} is new", schedule.name),
        Err(Error::UniqueViolation { .. }) => println!("there is one of that name"),
        Err(other) => return Err(other.into()),
    }
    transaction.commit().await?; // what was done before the savepoint stays
    assert_eq!(given.schedules.count([]).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_row_that_nobody_else_changes() -> Tested {
    let given = Given::new().await;
    let (id, scope) = (given.some_job().await.id, given.scope);
    let transaction = scope.begin().await?;
    let jobs = transaction.repository::<GraphJobRepository>();
    let job = jobs.get(id).lock(Lock::UPDATE).await?; // or Lock::UPDATE.skip_locked()
    assert!(job.is_some());
    Ok(())
}

#[tokio::test]
async fn one_at_a_time() -> Tested {
    let given = Given::new().await;
    let scope = given.scope;
    let make_report = async { 7 };
    let Some(lock) = scope.try_lock("nightly report").await? else {
        return Ok(()); // somebody else makes it
    };
    let report = lock.protect(make_report).await?;
    lock.release().await?;
    assert_eq!(report, 7);
    Ok(())
}
