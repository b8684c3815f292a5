//! Transactions, locks and SQL of the application's own.

use std::time::Duration;

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Isolation, Lock};
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use super::{changed_jobs, new_jobs};
use crate::stage::{
    Effect::{self, Holds, Reads},
    Verb, changed, new_job,
};

const CHANGE: &str = "UPDATE scheduler.graph_jobs SET failure_reason = 'changed' WHERE id = $1";

/// A job and the event that tells of it: both or neither.
const JOB_AND_EVENT: Effect = Effect::Writes {
    look: "SELECT (SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1) \
        + (SELECT count(*) FROM ledger.notices WHERE tenant_id = $1)",
    before: 0,
    after: 2,
};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = transactions();
    verbs.extend(locks());
    verbs.extend(own_sql());
    verbs
}

fn transactions() -> Vec<Verb> {
    vec![
        verb!(
            "a transaction of several verbs",
            ["scope/tenant.rs begin", "scope/transaction.rs commit"],
            new_jobs(2),
            |stage| {
                let job = stage.job().await;
                let scope = stage.scope();
                async move {
                    let transaction = scope.begin().await?;
                    let jobs = transaction.repository::<GraphJobRepository>();
                    jobs.insert(new_job()).await?;
                    jobs.get(job.id).lock(Lock::UPDATE).await?;
                    jobs.insert(new_job()).await?;
                    transaction.commit().await
                }
            }
        ),
        verb!(
            "an event in the transaction of what it tells of",
            [],
            JOB_AND_EVENT,
            |stage| {
                let scope = stage.scope();
                async move {
                    let transaction = scope.begin().await?;
                    transaction
                        .repository::<GraphJobRepository>()
                        .insert(new_job())
                        .await?;
                    let event = Notice::new_row("a job".into());
                    transaction.repository::<NoticeRepository>().insert(event).await?;
                    transaction.commit().await
                }
            }
        ),
        verb!(
            "a transaction that is rolled back",
            ["scope/transaction.rs rollback"],
            new_jobs(0),
            |stage| {
                let scope = stage.scope();
                async move {
                    let transaction = scope.begin().await?;
                    transaction
                        .repository::<GraphJobRepository>()
                        .insert(new_job())
                        .await?;
                    transaction.rollback().await
                }
            }
        ),
        verb!(
            "a savepoint",
            ["scope/transaction.rs savepoint"],
            new_jobs(1),
            |stage| {
                let scope = stage.scope();
                async move {
                    let transaction = scope.begin().await?;
                    let jobs = transaction.repository::<GraphJobRepository>();
                    jobs.insert(new_job()).await?;
                    let undone = transaction.savepoint(async || {
                        jobs.insert(new_job()).await?;
                        Err::<(), _>(Error::NoSystemLogin)
                    });
                    assert!(undone.await?.is_err());
                    transaction.commit().await
                }
            }
        ),
        verb!(
            "a unit of work",
            ["scope/unit.rs begin", "scope/unit.rs run"],
            new_jobs(2),
            |stage| {
                let unit = stage.scope().transaction().isolation(Isolation::Serializable);
                async move {
                    let work = async |transaction: &stellaops_db::Transaction| {
                        let jobs = transaction.repository::<GraphJobRepository>();
                        jobs.insert(new_job()).await?;
                        jobs.insert(new_job()).await.map(drop)
                    };
                    unit.run(work).await
                }
            }
        ),
    ]
}

fn locks() -> Vec<Verb> {
    vec![
        verb!(
            "try an advisory lock",
            ["scope/advisory.rs try_lock", "scope/advisory.rs release"],
            Holds,
            |stage| {
                let (scope, name) = (stage.scope(), stage.tenant.to_string());
                async move {
                    let lock = scope.try_lock(&name).await?;
                    lock.expect("nobody has it").release().await
                }
            }
        ),
        verb!(
            "wait for an advisory lock",
            ["scope/advisory.rs lock", "scope/advisory.rs is_held"],
            Holds,
            |stage| {
                let (scope, name) = (stage.scope(), stage.tenant.to_string());
                async move {
                    let lock = scope.lock(&name, Duration::from_secs(9)).await?;
                    let is_held = lock.is_held().await;
                    let released = lock.release().await;
                    assert!(is_held || released.is_err());
                    released
                }
            }
        ),
        verb!(
            "work that a lock protects",
            ["scope/advisory.rs protect"],
            Holds,
            |stage| {
                let (scope, name) = (stage.scope(), stage.tenant.to_string());
                async move {
                    let lock = scope.lock(&name, Duration::from_secs(9)).await?;
                    // Long enough to be asked once whether the lock is there still.
                    lock.protect(tokio::time::sleep(Duration::from_millis(3))).await?;
                    lock.release().await
                }
            }
        ),
        verb!("advisory locks in a transaction", [], changed_jobs(1), |stage| {
            let job = stage.job().await;
            let (scope, name) = (stage.scope(), stage.tenant.to_string());
            async move {
                let transaction = scope.begin().await?;
                transaction.lock(&name).await?;
                assert!(transaction.try_lock("another").await?);
                transaction
                    .repository::<GraphJobRepository>()
                    .update(job.id, changed())
                    .await?;
                transaction.commit().await
            }
        }),
    ]
}

fn own_sql() -> Vec<Verb> {
    vec![
        verb!("own SQL for all rows", ["own_sql/mod.rs all"], Reads, |stage| {
            let scope = stage.scope();
            async move {
                let rows = scope
                    .query("SELECT id FROM scheduler.graph_jobs")
                    .all::<(uuid::Uuid,)>()
                    .await?;
                assert!(rows.is_empty());
                Ok(())
            }
        }),
        verb!(
            "own SQL for the first row",
            ["own_sql/mod.rs first"],
            Reads,
            |stage| {
                let scope = stage.scope();
                async move {
                    let row = scope
                        .query("SELECT id FROM scheduler.graph_jobs")
                        .first::<(uuid::Uuid,)>()
                        .await?;
                    assert!(row.is_none());
                    Ok(())
                }
            }
        ),
        verb!(
            "own SQL for one row",
            ["own_sql/mod.rs one"],
            changed_jobs(1),
            |stage| {
                let job = stage.job().await;
                let scope = stage.scope();
                async move {
                    let text = "UPDATE scheduler.graph_jobs SET failure_reason = 'changed' WHERE id = $1 RETURNING id";
                    scope
                        .query(text)
                        .bind(job.id.uuid())
                        .one::<(uuid::Uuid,)>()
                        .await
                        .map(drop)
                }
            }
        ),
        verb!(
            "own SQL for the number of rows",
            ["own_sql/mod.rs execute"],
            changed_jobs(1),
            |stage| {
                let job = stage.job().await;
                let scope = stage.scope();
                async move {
                    let changed = scope.query(CHANGE).bind(job.id.uuid()).execute().await?;
                    assert_eq!(changed, 1);
                    Ok(())
                }
            }
        ),
    ]
}
