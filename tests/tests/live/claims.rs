//! Queues: who gets which row, for how long, by whose clock.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Timestamp};

use crate::samples::*;
use crate::support::*;

const SHORT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn no_row_is_claimed_twice_and_none_is_forgotten() {
    let fixture = Fixture::start().await;
    for name in ["a", "b"] {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        jobs.insert_many((0..60).map(queued)).await.expect("inserts");
    }
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let workers = (0..8).map(async |number| {
        let mut own = Vec::new();
        loop {
            let name = format!("worker {number}");
            let claimed = jobs.claim(&name, 3, LEASE).await.expect("claims");
            assert!(claimed.len() <= 3);
            if claimed.is_empty() {
                return own;
            }
            assert!(claimed.iter().all(|job| job.leased_by.as_ref() == Some(&name)));
            own.extend(claimed);
        }
    });
    let all: Vec<_> = join_all(workers).await.into_iter().flatten().collect();
    let ids: BTreeSet<_> = all.iter().map(|job| job.id).collect();
    assert_eq!((all.len(), ids.len()), (60, 60));
    assert!(
        all.iter()
            .all(|job| job.attempts == 1 && job.tenant_id == tenant("a"))
    );
    assert!(all.iter().all(|job| job.status == GraphJobStatus::Running));
}

#[tokio::test]
async fn rows_are_claimed_in_the_queues_order() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let times = [5, 3, 9, 1, 7].map(|second| queued(0).created_at(at(second)));
    jobs.insert_many(times).await.expect("inserts");
    let claimed = jobs.claim("w", 2, LEASE).await.expect("claims");
    assert_eq!(
        claimed.iter().map(|job| job.created_at).collect::<Vec<_>>(),
        [at(1), at(3)]
    );
    let claimed = jobs.claim("w", 10, LEASE).await.expect("claims");
    assert_eq!(
        claimed.iter().map(|job| job.created_at).collect::<Vec<_>>(),
        [at(5), at(7), at(9)]
    );
    assert_eq!(jobs.claim("w", 10, LEASE).await.expect("nothing is left"), []);
    assert_eq!(jobs.claim("w", 0, LEASE).await.expect("nothing is asked for"), []);

    let policy_jobs = scope.repository::<PolicyJobRepository>();
    let urgent = [(2, 1), (0, 5), (1, 2), (0, 4), (1, 1)];
    let rows = urgent.iter().enumerate().map(|(position, (priority, second))| {
        let number = u32::try_from(position).expect("small") * 3 + priority;
        policy_job(number).created_at(at(*second))
    });
    policy_jobs.insert_many(rows).await.expect("inserts");
    let claimed = policy_jobs.claim("w", 10, LEASE).await.expect("claims");
    let order: Vec<_> = claimed.iter().map(|job| (job.priority, job.created_at)).collect();
    use PolicyJobPriority::{Emergency, High, Normal};
    assert_eq!(
        order,
        [
            (Emergency, at(4)),
            (Emergency, at(5)),
            (High, at(1)),
            (High, at(2)),
            (Normal, at(1))
        ]
    );
}

/// Leases are judged by the database's clock, whatever the client's shows.
#[tokio::test]
async fn a_client_whose_clock_is_decades_off_neither_steals_nor_loses_a_lease() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(queued(1)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    for year in [1970, 2100] {
        let time: Timestamp = format!("{year}-06-01T00:00:00Z").parse().expect("a time");
        fixture.clock.set(time.utc());
        let claimed = jobs.claim("w", 1, LEASE).await.expect("claims");
        match year {
            1970 => {
                let lease = claimed[0].lease_expires_at.expect("a lease").utc();
                let now: chrono::DateTime<chrono::Utc> =
                    value(&mut superuser, "SELECT clock_timestamp()").await;
                let rest = lease - now;
                assert!(rest > chrono::TimeDelta::seconds(30) && rest <= chrono::TimeDelta::seconds(60));
                assert_eq!(claimed[0].updated_at, time);
            }
            _ => assert_eq!(claimed, [], "the lease of {:?} holds", job.id),
        }
    }
}

#[tokio::test]
async fn a_row_whose_lease_ran_out_is_claimed_again_before_the_ready_ones() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let lost = jobs.insert(queued(1).created_at(at(50))).await.expect("inserts");
    let first = jobs.claim("gone", 1, SHORT).await.expect("claims");
    assert_eq!((first[0].id, first[0].attempts), (lost.id, 1));
    let ready = jobs.insert(queued(2).created_at(at(1))).await.expect("inserts");
    tokio::time::sleep(Duration::from_millis(5)).await;
    let again = jobs.claim("next", 1, LEASE).await.expect("claims").remove(0);
    assert_eq!((again.id, again.attempts), (lost.id, 2));
    assert_eq!(
        (again.leased_by.as_deref(), again.status),
        (Some("next"), GraphJobStatus::Running)
    );
    let rest = jobs.claim("next", 5, LEASE).await.expect("claims");
    assert_eq!(rest.iter().map(|job| job.id).collect::<Vec<_>>(), [ready.id]);
}

#[tokio::test]
async fn the_limit_counts_rows_that_ran_out_and_ready_ones_together() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert_many((0..4).map(queued)).await.expect("inserts");
    assert_eq!(jobs.claim("gone", 2, SHORT).await.expect("claims").len(), 2);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let claimed = jobs.claim("next", 3, LEASE).await.expect("claims");
    let mut attempts: Vec<_> = claimed.iter().map(|job| job.attempts).collect();
    attempts.sort_unstable();
    assert_eq!(attempts, [1, 2, 2]);
}

/// Workers never wait for each other: a row that somebody is claiming is passed over.
#[tokio::test]
async fn a_row_in_an_open_claim_is_passed_over() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.insert_many((0..2).map(queued)).await.expect("inserts");
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    let held = inside.claim("one", 1, LEASE).await.expect("claims").remove(0);
    let other = jobs.claim("two", 5, LEASE).await.expect("claims");
    assert_eq!(other.len(), 1);
    assert_ne!(other[0].id, held.id);
    transaction.rollback().await.expect("rolls back");
    let freed = jobs.claim("two", 5, LEASE).await.expect("claims");
    assert_eq!((freed.len(), freed[0].id, freed[0].attempts), (1, held.id, 1));
}

#[tokio::test]
async fn a_lease_is_from_a_millisecond_to_a_year() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    for lease in [
        Duration::ZERO,
        Duration::from_micros(999),
        Duration::from_secs(366 * 86_400),
        Duration::MAX,
    ] {
        refused!(jobs.claim("w", 1, lease).await, Error::OutOfRange { .. });
    }
    for lease in [SHORT, Duration::from_secs(365 * 86_400)] {
        assert_eq!(jobs.claim("w", 1, lease).await.expect("claims"), []);
    }
}
