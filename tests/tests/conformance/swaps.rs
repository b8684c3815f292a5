//! Compare-and-swap.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Rows, Store, Swapped};

use crate::values::graph_job;
use crate::world::{broken, done};

fn step(from: GraphJobStatus, to: GraphJobStatus) -> stellaops_db::Swap<GraphJob> {
    GraphJob::STATUS.from(from).to(to)
}

on_both! {
    async fn the_expected_value_wins_once(world) {
        let jobs = world.rows::<GraphJob>();
        let job = done(jobs.insert(graph_job())).await;
        world.later();
        let to_queued = || step(GraphJobStatus::Pending, GraphJobStatus::Queued);
        let won = done(jobs.compare_and_swap(job.id, to_queued())).await.won().expect("wins");
        let expected = GraphJob { status: GraphJobStatus::Queued, updated_at: won.updated_at, ..job.clone() };
        assert_eq!(won, expected);
        assert!(won.updated_at > job.updated_at);
        assert_eq!(done(jobs.compare_and_swap(job.id, to_queued())).await, Swapped::Lost);
        assert_eq!(done(jobs.get(job.id)).await, Some(won));
    }

    async fn a_row_that_is_not_there_is_lost(world) {
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        let swap = step(GraphJobStatus::Pending, GraphJobStatus::Queued);
        assert_eq!(done(world.rows::<GraphJob>().compare_and_swap(nobody, swap)).await, Swapped::Lost);
        let job = done(world.rows::<GraphJob>().insert(graph_job())).await;
        let swap = step(GraphJobStatus::Pending, GraphJobStatus::Queued);
        let other = world.tenant("b").rows::<GraphJob>();
        assert_eq!(done(other.compare_and_swap(job.id, swap)).await, Swapped::Lost);
    }

    async fn a_step_that_is_not_legal_is_refused_in_the_databases_words(world) {
        let jobs = world.rows::<GraphJob>();
        let job = done(jobs.insert(graph_job())).await;
        let leap = step(GraphJobStatus::Pending, GraphJobStatus::Completed);
        match jobs.compare_and_swap(job.id, leap).await {
            Err(Error::IllegalTransition { message }) => {
                assert_eq!(message, "scheduler.graph_jobs: status does not go from pending to completed");
            }
            other => panic!("expected an illegal transition, not {other:?}"),
        }
        let runs = world.rows::<Run>();
        let run = done(runs.insert(Run::new_row(RunReason::Manual))).await;
        match runs.compare_and_swap(run.id, Run::STATE.from(RunState::Planning).to(RunState::Running)).await {
            Err(Error::IllegalTransition { message }) => {
                assert_eq!(message, "scheduler.runs: state does not go from planning to running");
            }
            other => panic!("expected an illegal transition, not {other:?}"),
        }
        assert_eq!(done(jobs.get(job.id)).await, Some(job));
    }

    async fn a_step_to_the_same_value_is_none(world) {
        let jobs = world.rows::<GraphJob>();
        let job = done(jobs.insert(graph_job().status(GraphJobStatus::Queued))).await;
        world.later();
        let same = step(GraphJobStatus::Queued, GraphJobStatus::Queued);
        let won = done(jobs.compare_and_swap(job.id, same)).await.won().expect("wins");
        assert!(won.updated_at > job.updated_at);
    }

    async fn a_patch_takes_effect_with_the_swap_or_not_at_all(world) {
        let jobs = world.rows::<GraphJob>();
        let job = done(jobs.insert(graph_job().status(GraphJobStatus::Running))).await;
        let fail = || step(GraphJobStatus::Running, GraphJobStatus::Failed);
        let reason = |reason: &str| GraphJob::patch().failure_reason(Some(reason.to_owned()));
        assert_eq!(broken(jobs.compare_and_swap(job.id, fail())).await, "ck_graph_jobs_failed_job_says_why");
        assert_eq!(done(jobs.get(job.id)).await.expect("is there").status, GraphJobStatus::Running);
        let failed = done(jobs.compare_and_swap_with(job.id, fail(), reason("no SBOM"))).await;
        let failed = failed.won().expect("wins");
        assert_eq!(failed.failure_reason.as_deref(), Some("no SBOM"));
        assert_eq!(done(jobs.compare_and_swap_with(job.id, fail(), reason("again"))).await, Swapped::Lost);
        assert_eq!(done(jobs.get(job.id)).await, Some(failed));
    }

    async fn a_swap_away_from_running_gives_the_lease_back(world) {
        let jobs = world.rows::<GraphJob>();
        let until = stellaops_db::Timestamp::new(world.clock().now());
        let job = graph_job().status(GraphJobStatus::Running);
        let job = done(jobs.insert(job.lease_expires_at(Some(until)).leased_by(Some("w".into())))).await;
        assert_eq!(job.leased_by.as_deref(), Some("w"));
        let cancel = step(GraphJobStatus::Running, GraphJobStatus::Cancelled);
        let ended = done(jobs.compare_and_swap(job.id, cancel)).await.won().expect("wins");
        assert_eq!((ended.lease_expires_at, ended.leased_by), (None, None));
    }
}
