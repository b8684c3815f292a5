//! Who holds a row, and what the holder alone can do.

use std::time::Duration;

use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use super::*;

#[tokio::test]
async fn completing_a_row_writes_what_came_of_it_and_frees_it() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    assert_eq!((job.lease().worker(), job.lease().attempt()), ("one", 1));
    assert_eq!(Some(job.lease().expires_at()), job.lease_expires_at);
    let result = GraphJob::patch().result(Some(graph_result()));
    let done = jobs.complete_with(&job, result).await.expect("completes");
    assert_eq!(done.status, GraphJobStatus::Completed);
    assert_eq!((done.leased_by, done.lease_expires_at), (None, None));
    assert_eq!(done.result, Some(graph_result()));
    assert_lost(&jobs, &job).await;
}

#[tokio::test]
async fn completing_forgets_why_it_failed_before() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let _ = jobs
        .fail(&job, "the registry does not answer")
        .await
        .expect("fails");
    let_all_leases_run_out(&fixture).await;
    let job = claim(&jobs, "two").await;
    assert_eq!(
        job.failure_reason.as_deref(),
        Some("the registry does not answer")
    );
    let done = jobs.complete(&job).await.expect("completes");
    assert_eq!((done.failure_reason, done.attempts), (None, 2));
}

#[tokio::test]
async fn a_worker_whose_row_was_taken_over_ends_nothing() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let_all_leases_run_out(&fixture).await;
    let other = claim(&jobs, "two").await;
    assert_eq!((other.id, other.lease().attempt()), (job.id, 2));
    assert_lost(&jobs, &job).await;
    jobs.complete(&other).await.expect("the holder completes it");
}

/// The number of the claim fences as well: a worker that was restarted under its name is another one.
#[tokio::test]
async fn an_earlier_claim_of_the_same_name_ends_nothing() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let_all_leases_run_out(&fixture).await;
    let again = claim(&jobs, "one").await;
    assert_lost(&jobs, &job).await;
    jobs.complete(&again).await.expect("the holder completes it");
}

#[tokio::test]
async fn whoever_changes_the_status_takes_the_lease_away() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let cancel = GraphJob::STATUS
        .from(GraphJobStatus::Running)
        .to(GraphJobStatus::Cancelled);
    let swapped = jobs.compare_and_swap(job.id, cancel).await.expect("swaps");
    assert!(swapped.is_won());
    assert_lost(&jobs, &job).await;
}

#[tokio::test]
async fn another_tenants_repository_ends_nothing() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let others = fixture.tenant("b").repository::<GraphJobRepository>();
    refused!(others.complete(&job).await, Error::LeaseLost { .. });
    refused!(others.fail(&job, "not mine").await, Error::LeaseLost { .. });
    jobs.complete(&job).await.expect("the own tenant does");
}

/// A lease that ran out is lost when somebody takes the row, not before: the work was not for nothing.
#[tokio::test]
async fn a_lease_that_ran_out_and_that_nobody_took_is_still_good() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let_all_leases_run_out(&fixture).await;
    let mut leases = vec![job.lease().clone()];
    assert!(jobs.renew(&mut leases, LEASE).await.expect("renews").is_empty());
    assert!(jobs.claim("two", 1, LEASE).await.expect("claims").is_empty());
    let_all_leases_run_out(&fixture).await;
    jobs.complete(&job).await.expect("completes");
}

#[tokio::test]
async fn leases_are_renewed_together_and_the_lost_ones_are_told() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert_many((0..5).map(queued)).await.expect("inserts");
    let held = jobs.claim("one", 5, LEASE).await.expect("claims");
    jobs.complete(&held[1]).await.expect("completes");
    let _ = jobs.fail(&held[3], "why not").await.expect("fails");
    let mut leases: Vec<_> = held.iter().map(|job| job.lease().clone()).collect();
    let lost = jobs.renew(&mut leases, LEASE * 10).await.expect("renews");
    let keys = |leases: &[stellaops_db::queue::Lease<GraphJob>]| -> Vec<_> {
        leases.iter().map(|lease| *lease.key()).collect()
    };
    assert_eq!(keys(&leases), [held[0].id, held[2].id, held[4].id]);
    assert_eq!(keys(&lost), [held[1].id, held[3].id]);
    for lease in &leases {
        let row = jobs.get(*lease.key()).await.expect("reads").expect("is there");
        assert_eq!(row.lease_expires_at, Some(lease.expires_at()));
        let before = held.iter().find(|job| job.id == row.id).expect("it was held");
        let longer = lease.expires_at().utc() - before.lease().expires_at().utc();
        assert!(longer > chrono::TimeDelta::minutes(8), "{longer}");
        assert_eq!(row.attempts, before.attempts);
    }
    let mut none = Vec::new();
    assert!(
        jobs.renew(&mut none, LEASE)
            .await
            .expect("nothing is renewed")
            .is_empty()
    );
}

/// `updated_at` tells when somebody changed what the row says, by the toolkit and by hand.
#[tokio::test]
async fn a_row_that_a_transaction_has_locked_holds_up_no_other_renewal() {
    let fixture = Fixture::start().await;
    let scope = with_jobs(&fixture, 3).await;
    let jobs = scope.repository::<GraphJobRepository>();
    let claimed = jobs.claim("w", 3, LEASE).await.expect("claims");
    let mut leases: Vec<_> = claimed.iter().map(|job| job.lease().clone()).collect();
    let before: Vec<_> = leases.iter().map(|lease| lease.expires_at()).collect();
    let transaction = scope.begin().await.expect("begins");
    let within = transaction.repository::<GraphJobRepository>();
    within.complete(&claimed[1]).await.expect("completes");
    let lost = jobs.renew(&mut leases, LEASE * 5).await.expect("renews");
    assert!(lost.is_empty());
    let after: Vec<_> = leases.iter().map(|lease| lease.expires_at()).collect();
    assert!(after[0] > before[0] && after[2] > before[2]);
    assert_eq!(after[1], before[1]);
    transaction.commit().await.expect("commits");
    let lost = jobs.renew(&mut leases, LEASE * 5).await.expect("renews");
    assert_eq!((lost.len(), leases.len()), (1, 2));
}

#[tokio::test]
async fn a_lease_that_is_made_longer_is_no_change_of_the_row() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    fixture.clock.advance(Duration::from_secs(1));
    let mut leases = vec![job.lease().clone()];
    assert!(
        jobs.renew(&mut leases, LEASE * 2)
            .await
            .expect("renews")
            .is_empty()
    );
    let renewed = jobs.get(job.id).await.expect("reads").expect("is there");
    assert!(renewed.lease_expires_at > job.lease_expires_at);
    assert_eq!(renewed.updated_at, job.updated_at);
    let mut superuser = fixture.superuser().await;
    for (change, is_one) in [
        ("lease_expires_at = now() + interval '1 day'", false),
        ("failure_reason = 'seen by a person'", true),
        ("lease_expires_at = now(), leased_by = 'a person'", true),
        ("lease_expires_at = NULL, leased_by = NULL, status = 4", true),
    ] {
        let before = jobs.get(job.id).await.expect("reads").expect("is there");
        let update = format!("UPDATE scheduler.graph_jobs SET {change}");
        run(&mut superuser, update).await.expect("updates");
        let after = jobs.get(job.id).await.expect("reads").expect("is there");
        assert_eq!(after.updated_at != before.updated_at, is_one, "{change}");
    }
}

#[tokio::test]
async fn a_row_that_is_given_back_is_claimed_at_once() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    jobs.release(&job).await.expect("releases");
    assert_lost(&jobs, &job).await;
    let next = claim(&jobs, "two").await;
    assert_eq!(
        (next.id, next.attempts, next.failure_reason.as_deref()),
        (job.id, 2, None)
    );
}

#[tokio::test]
async fn a_row_is_put_off_without_having_failed() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let mut superuser = fixture.superuser().await;
    let later: chrono::DateTime<chrono::Utc> =
        value(&mut superuser, "SELECT now() + interval '1 hour'").await;
    let row = jobs.reschedule(&job, later.into()).await.expect("puts off");
    assert_eq!(row.failure_reason, None);
    assert!(jobs.claim("two", 1, LEASE).await.expect("claims").is_empty());
    let_all_leases_run_out(&fixture).await;
    assert_eq!(claim(&jobs, "two").await.id, job.id);
}

#[tokio::test]
async fn the_end_of_a_row_is_a_legal_step_of_its_status() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let back = GraphJob::STATUS
        .from(GraphJobStatus::Running)
        .to(GraphJobStatus::Queued);
    refused!(
        jobs.finish_with(&job, back, GraphJob::patch()).await,
        Error::IllegalTransition { .. }
    );
    let cancel = GraphJob::STATUS
        .from(GraphJobStatus::Running)
        .to(GraphJobStatus::Cancelled);
    let row = jobs
        .finish_with(&job, cancel, GraphJob::patch())
        .await
        .expect("cancels");
    assert_eq!((row.status, row.leased_by), (GraphJobStatus::Cancelled, None));
}

#[tokio::test]
async fn what_the_work_wrote_is_undone_when_the_lease_is_lost() {
    let fixture = Fixture::start().await;
    let (jobs, job) = claimed(&fixture).await;
    let_all_leases_run_out(&fixture).await;
    claim(&jobs, "two").await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    inside.insert(queued(2)).await.expect("inserts");
    refused!(inside.complete(&job).await, Error::LeaseLost { .. });
    drop(transaction);
    assert_eq!(jobs.count([]).await.expect("counts"), 1);
}

#[tokio::test]
async fn a_worker_has_a_name_of_its_own() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    for name in ["", "@retry", "@"] {
        refused!(jobs.claim(name, 1, LEASE).await, Error::WorkerName { name: told } if told == name);
    }
    assert_eq!(
        jobs.claim("", 1, LEASE).await.expect_err("is refused").code(),
        Some("SDB0922")
    );
    for lease in [Duration::ZERO, Duration::MAX] {
        let (_, job) = claimed(&fixture).await;
        let mut leases = vec![job.lease().clone()];
        refused!(jobs.renew(&mut leases, lease).await, Error::OutOfRange { .. });
    }
}
