//! Compare-and-swap: one wins, the others are told.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Swapped};

use crate::samples::*;
use crate::support::*;

const QUEUE: fn() -> stellaops_db::Swap<GraphJob> = || {
    GraphJob::STATUS
        .from(GraphJobStatus::Pending)
        .to(GraphJobStatus::Queued)
};

#[tokio::test]
async fn a_swap_is_won_once() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    fixture.clock.advance(std::time::Duration::from_secs(3));
    let won = jobs
        .compare_and_swap(job.id, QUEUE())
        .await
        .expect("swaps")
        .won()
        .expect("it was pending");
    assert_eq!(
        (won.status, won.updated_at),
        (GraphJobStatus::Queued, fixture.clock.now().into())
    );
    assert_eq!((won.payload, won.created_at), (job.payload, job.created_at));
    assert_eq!(
        jobs.compare_and_swap(job.id, QUEUE()).await.expect("runs"),
        Swapped::Lost
    );
    let others = fixture.tenant("b").repository::<GraphJobRepository>();
    let step = GraphJob::STATUS
        .from(GraphJobStatus::Queued)
        .to(GraphJobStatus::Running);
    assert_eq!(
        others.compare_and_swap(job.id, step).await.expect("runs"),
        Swapped::Lost
    );
}

#[tokio::test]
async fn of_many_at_once_one_wins() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let id = jobs.insert(graph_job(1)).await.expect("inserts").id;
    let swaps = futures_util::future::join_all((0..12).map(|_| jobs.compare_and_swap(id, QUEUE()))).await;
    let won = swaps
        .into_iter()
        .filter(|swap| swap.as_ref().expect("runs").is_won());
    assert_eq!(won.count(), 1);
}

#[tokio::test]
async fn an_illegal_step_is_refused_and_nothing_changes() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let leap = GraphJob::STATUS
        .from(GraphJobStatus::Pending)
        .to(GraphJobStatus::Completed);
    refused!(
        jobs.compare_and_swap(job.id, leap).await,
        Error::IllegalTransition { message } if message.contains("pending") && message.contains("completed")
    );
    // A loser is told that it lost, however illegal its step is.
    let leap = GraphJob::STATUS
        .from(GraphJobStatus::Completed)
        .to(GraphJobStatus::Pending);
    assert_eq!(
        jobs.compare_and_swap(job.id, leap).await.expect("runs"),
        Swapped::Lost
    );
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 2).await;
    let runs = scope.repository::<RunRepository>();
    let leap = Run::STATE.from(RunState::Planning).to(RunState::Running);
    refused!(
        runs.compare_and_swap(rows.run.id, leap).await,
        Error::IllegalTransition { .. }
    );
}

#[tokio::test]
async fn a_patch_takes_effect_with_the_swap_or_not_at_all() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(queued(1)).await.expect("inserts");
    let claimed = jobs.claim("worker", 1, LEASE).await.expect("claims");
    assert_eq!(claimed[0].id, job.id);
    let fail = || {
        GraphJob::STATUS
            .from(GraphJobStatus::Running)
            .to(GraphJobStatus::Failed)
    };
    refused!(
        jobs.compare_and_swap(job.id, fail()).await,
        Error::CheckViolation { constraint } if constraint == "ck_graph_jobs_failed_job_says_why"
    );
    let reason = || GraphJob::patch().failure_reason(Some("out of memory".into()));
    let failed = jobs
        .compare_and_swap_with(job.id, fail(), reason())
        .await
        .expect("swaps");
    let failed = failed.won().expect("it was running");
    assert_eq!(failed.failure_reason.as_deref(), Some("out of memory"));
    // What is no longer running is nobody's.
    assert_eq!((failed.leased_by, failed.lease_expires_at), (None, None));
    let late = GraphJob::patch().failure_reason(Some("late".into()));
    assert_eq!(
        jobs.compare_and_swap_with(job.id, fail(), late)
            .await
            .expect("runs"),
        Swapped::Lost
    );
    let stored = jobs.get(job.id).await.expect("reads").expect("a row");
    assert_eq!(stored.failure_reason.as_deref(), Some("out of memory"));
}

#[tokio::test]
async fn jobs_are_replaced_while_their_status_is_the_expected_one() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let build = jobs
        .insert_build(build_job(1), Some("trace".into()))
        .await
        .expect("inserts");
    let overlay = jobs.insert_overlay(overlay_job(), None).await.expect("inserts");
    assert_eq!(
        jobs.get_build(build.id).await.expect("reads"),
        Some(build.clone())
    );
    assert_eq!(jobs.get_overlay(build.id).await.expect("reads"), None);
    assert_eq!(
        jobs.get_overlay(overlay.id).await.expect("reads"),
        Some(overlay.clone())
    );
    let next = GraphJob {
        status: GraphJobStatus::Queued,
        ..build.clone()
    };
    assert!(
        !jobs
            .try_replace_overlay(&next, GraphJobStatus::Pending)
            .await
            .expect("is no overlay")
    );
    assert!(
        jobs.try_replace_build(&next, GraphJobStatus::Pending)
            .await
            .expect("replaces")
    );
    assert!(
        !jobs
            .try_replace_build(&next, GraphJobStatus::Pending)
            .await
            .expect("is too late")
    );
    let claimed = jobs.claim("worker", 1, LEASE).await.expect("claims").remove(0);
    let done = GraphJob {
        status: GraphJobStatus::Completed,
        result: Some(graph_result()),
        ..claimed.into_row()
    };
    assert!(
        jobs.try_replace_build(&done, GraphJobStatus::Running)
            .await
            .expect("replaces")
    );
    let stored = jobs.get_build(build.id).await.expect("reads").expect("a row");
    assert_eq!(
        (stored.status, stored.result),
        (GraphJobStatus::Completed, Some(graph_result()))
    );
    let listed = jobs
        .list_builds(Some(GraphJobStatus::Completed), 10)
        .await
        .expect("lists");
    assert_eq!(listed.rows.len(), 1);
    assert_eq!(jobs.list_overlays(None, 10).await.expect("lists").rows, [overlay]);
    assert_eq!(build.api_id(), format!("gbj_{}", build.id.uuid().simple()));
}

/// A trigger is fired by whoever moves its time on.
#[tokio::test]
async fn a_time_is_swapped_to_the_microsecond() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 1).await;
    let triggers = scope.repository::<TriggerRepository>();
    let read = rows.trigger.next_fire_at;
    let near = stellaops_db::Timestamp::new(read.utc() + chrono::TimeDelta::microseconds(1));
    let patch = Trigger::patch().last_fired_at(Some(read));
    let missed = triggers
        .compare_and_swap(rows.trigger.id, Trigger::NEXT_FIRE_AT.from(near).to(at(60)))
        .await;
    assert_eq!(missed.expect("runs"), Swapped::Lost);
    let swap = Trigger::NEXT_FIRE_AT.from(read).to(at(60));
    let fired = triggers
        .compare_and_swap_with(rows.trigger.id, swap, patch)
        .await
        .expect("swaps");
    let fired = fired.won().expect("nobody else fired it");
    assert_eq!((fired.next_fire_at, fired.last_fired_at), (at(60), Some(read)));
}
