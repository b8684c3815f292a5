//! Verbs that change one row.

use stellaops_db::path;
use stellaops_db::schema::scheduler::*;

use super::{PENDING, QUEUED, changed_jobs, jobs_left, new_jobs, status};
use crate::stage::{Effect, Verb, changed, new_job};

const DISABLED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM scheduler.schedules WHERE tenant_id = $1 AND NOT enabled",
    before: 0,
    after: 1,
};

const LIMIT: Effect = Effect::Writes {
    look: "SELECT coalesce((limits->>'maxImages')::bigint, 0) FROM scheduler.schedules WHERE tenant_id = $1",
    before: 0,
    after: 5,
};

/// How many schedules are there for whoever does not ask for deleted ones.
const fn schedules_seen(before: i64, after: i64) -> Effect {
    Effect::Writes {
        look: "SELECT count(*) FROM scheduler.schedules WHERE tenant_id = $1 AND deleted_at IS NULL",
        before,
        after,
    }
}

const NODES: Effect = Effect::Writes {
    look: "SELECT (result->>'nodeCount')::bigint FROM scheduler.graph_jobs WHERE tenant_id = $1",
    before: 1,
    after: 7,
};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = writes();
    verbs.extend(versions());
    verbs.extend(swaps());
    verbs
}

fn writes() -> Vec<Verb> {
    vec![
        verb!("insert", ["repository/insert.rs insert"], new_jobs(1), |stage| {
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.insert(new_job()).await.map(drop) }
        }),
        verb!(
            "upsert of a new row",
            ["repository/insert.rs upsert"],
            new_jobs(1),
            |stage| {
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.upsert(new_job()).await.map(drop) }
            }
        ),
        verb!("upsert of a row that is there", [], changed_jobs(1), |stage| {
            let job = stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            let row = new_job().id(job.id).failure_reason(Some("changed".into()));
            async move { jobs.upsert(row).await.map(drop) }
        }),
        verb!(
            "update",
            ["repository/update.rs update"],
            changed_jobs(1),
            |stage| {
                let job = stage.job().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.update(job.id, changed()).await.map(drop) }
            }
        ),
        verb!("edit", ["repository/edit.rs edit"], NODES, |stage| {
            let job = stage.job_with_result().await;
            let jobs = stage.on::<GraphJobRepository>();
            let edit = GraphJob::RESULT.at(path!(GraphResult: node_count)).set(7);
            async move { jobs.edit(job.id, [edit]).await.map(drop) }
        }),
        verb!("delete", ["repository/delete.rs delete"], jobs_left(1), |stage| {
            let job = stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.delete(job.id).await.map(|was_there| assert!(was_there)) }
        }),
    ]
}

fn versions() -> Vec<Verb> {
    vec![
        verb!(
            "update expecting",
            ["repository/update.rs update_expecting"],
            DISABLED,
            |stage| {
                let row = stage.schedule().await;
                let schedules = stage.on::<ScheduleRepository>();
                let patch = Schedule::patch().enabled(false);
                async move { schedules.update_expecting(row.id, 1, patch).await.map(drop) }
            }
        ),
        verb!(
            "edit expecting",
            ["repository/edit.rs edit_expecting"],
            LIMIT,
            |stage| {
                let row = stage.schedule().await;
                let schedules = stage.on::<ScheduleRepository>();
                let edit = Schedule::LIMITS
                    .at(path!(ScheduleLimits: max_images))
                    .set(Some(5));
                async move { schedules.edit_expecting(row.id, 1, [edit]).await.map(drop) }
            }
        ),
        verb!(
            "soft delete",
            ["repository/delete.rs soft_delete"],
            schedules_seen(1, 0),
            |stage| {
                let row = stage.schedule().await;
                let schedules = stage.on::<ScheduleRepository>();
                async move { schedules.soft_delete(row.id).await.map(|marked| assert!(marked)) }
            }
        ),
        verb!(
            "restore",
            ["repository/delete.rs restore"],
            schedules_seen(0, 1),
            |stage| {
                let row = stage.schedule().await;
                let marked = stage.past::<ScheduleRepository>().soft_delete(row.id).await;
                assert!(marked.expect("marks"));
                let schedules = stage.on::<ScheduleRepository>();
                async move { schedules.restore(row.id).await.map(|restored| assert!(restored)) }
            }
        ),
    ]
}

fn swaps() -> Vec<Verb> {
    vec![
        verb!(
            "compare and swap",
            ["repository/swap.rs compare_and_swap"],
            status(PENDING, QUEUED),
            |stage| {
                let job = stage.job().await;
                let jobs = stage.on::<GraphJobRepository>();
                let step = GraphJob::STATUS
                    .from(GraphJobStatus::Pending)
                    .to(GraphJobStatus::Queued);
                async move {
                    let swapped = jobs.compare_and_swap(job.id, step).await;
                    swapped.map(|swapped| assert!(swapped.is_won()))
                }
            }
        ),
        verb!(
            "compare and swap with a patch",
            ["repository/swap.rs compare_and_swap_with"],
            changed_jobs(1),
            |stage| {
                let job = stage.job().await;
                let jobs = stage.on::<GraphJobRepository>();
                let step = GraphJob::STATUS
                    .from(GraphJobStatus::Pending)
                    .to(GraphJobStatus::Queued);
                async move {
                    let swapped = jobs.compare_and_swap_with(job.id, step, changed()).await;
                    swapped.map(|swapped| assert!(swapped.is_won()))
                }
            }
        ),
    ]
}
