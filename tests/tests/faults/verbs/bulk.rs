//! Verbs on many rows: all of them, or none.

use stellaops_db::Id;
use stellaops_db::schema::scheduler::*;

use super::{changed_jobs, jobs_left, new_jobs};
use crate::stage::{Effect, Stage, Verb, changed, graph_job, new_job, schedule};

const ROWS: usize = 3;

/// How many schedules have that version or more.
const VERSIONED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM scheduler.schedules WHERE tenant_id = $1 AND row_version = 2",
    before: 0,
    after: ROWS as i64,
};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = inserts();
    verbs.extend(changes());
    verbs
}

fn inserts() -> Vec<Verb> {
    vec![
        verb!("insert many", ["bulk/verb.rs Bulk"], new_jobs(3), |stage| {
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.insert_many((0..ROWS).map(|_| new_job())).await.map(drop) }
        }),
        verb!("insert many as arrays", [], new_jobs(3), |stage| {
            let jobs = stage.on::<GraphJobRepository>();
            async move {
                let rows = (0..ROWS).map(|_| new_job());
                jobs.insert_many(rows).with_sizes(1, 10, 10).await.map(drop)
            }
        }),
        verb!("insert many by COPY, in two batches", [], new_jobs(3), |stage| {
            let jobs = stage.on::<GraphJobRepository>();
            async move {
                let rows = (0..ROWS).map(|_| new_job());
                jobs.insert_many(rows).with_sizes(0, 0, 2).await.map(drop)
            }
        }),
        verb!(
            "insert many in a transaction, by COPY",
            [],
            new_jobs(4),
            |stage| {
                let scope = stage.scope();
                async move {
                    let transaction = scope.begin().await?;
                    let jobs = transaction.repository::<GraphJobRepository>();
                    jobs.insert(new_job()).await?;
                    let rows = (0..ROWS).map(|_| new_job());
                    jobs.insert_many(rows).with_sizes(0, 10, 10).await?;
                    transaction.commit().await
                }
            }
        ),
        verb!(
            "insert many, returned",
            ["bulk/verb.rs Returning"],
            new_jobs(3),
            |stage| {
                let jobs = stage.on::<GraphJobRepository>();
                async move {
                    let rows = (0..ROWS).map(|_| new_job());
                    jobs.insert_many(rows)
                        .returning()
                        .await
                        .map(|rows| assert_eq!(rows.len(), ROWS))
                }
            }
        ),
        verb!("upsert many", [], changed_jobs(3), |stage| {
            let ids = jobs(stage).await;
            let jobs = stage.on::<GraphJobRepository>();
            let row = |id| new_job().id(id).failure_reason(Some("changed".into()));
            async move { jobs.upsert_many(ids.into_iter().map(row)).await.map(drop) }
        }),
    ]
}

fn changes() -> Vec<Verb> {
    vec![
        verb!("upsert many expecting", [], VERSIONED, |stage| {
            let rows = schedules(stage).await.into_iter().enumerate();
            let row = |(number, id)| (schedule(&format!("changed {number}")).id(id), Some(1));
            let rows: Vec<_> = rows.map(row).collect();
            let schedules = stage.on::<ScheduleRepository>();
            async move { schedules.upsert_many_expecting(rows).await.map(drop) }
        }),
        verb!("update many", [], changed_jobs(3), |stage| {
            let ids = jobs(stage).await;
            let jobs = stage.on::<GraphJobRepository>();
            async move {
                jobs.update_many(ids.into_iter().map(|id| (id, changed())))
                    .await
                    .map(drop)
            }
        }),
        verb!("update many expecting", [], VERSIONED, |stage| {
            let ids = schedules(stage).await;
            let schedules = stage.on::<ScheduleRepository>();
            let change = |id| (id, 1, Schedule::patch().enabled(false));
            async move {
                schedules
                    .update_many_expecting(ids.into_iter().map(change))
                    .await
                    .map(drop)
            }
        }),
        verb!("delete many", [], jobs_left(3), |stage| {
            let ids = jobs(stage).await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.delete_many(ids).await.map(drop) }
        }),
    ]
}

async fn jobs(stage: &Stage) -> Vec<Id<GraphJob>> {
    let jobs = stage.past::<GraphJobRepository>();
    let rows = jobs.insert_many((0..ROWS).map(|_| graph_job())).returning().await;
    rows.expect("inserts").into_iter().map(|job| job.id).collect()
}

async fn schedules(stage: &Stage) -> Vec<Id<Schedule>> {
    let schedules = stage.past::<ScheduleRepository>();
    let rows = (0..ROWS).map(|number| schedule(&format!("schedule {number}")));
    let rows = schedules.insert_many(rows).returning().await;
    rows.expect("inserts").into_iter().map(|row| row.id).collect()
}
