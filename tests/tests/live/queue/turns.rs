//! Claiming across tenants: nobody waits behind a crowd.

use std::collections::BTreeMap;

use stellaops_db::SystemScope;
use stellaops_db::queue::Turns;

use super::*;

async fn with_jobs(fixture: &Fixture, tenants: &[(&str, u32)]) -> SystemScope {
    for (name, number) in tenants {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        jobs.insert_many((0..*number).map(queued)).await.expect("inserts");
    }
    fixture.db.system("works on all tenants").await.expect("opens")
}

async fn claim_of(system: &SystemScope, turns: &mut Turns, limit: u32) -> Vec<(String, i32)> {
    let jobs = system.across_tenants::<GraphJobRepository>();
    let claimed = jobs
        .claim_across(turns, "worker", limit, LEASE)
        .await
        .expect("claims");
    let told = claimed
        .iter()
        .map(|job| (job.tenant_id.to_string(), job.attempts));
    told.collect()
}

async fn tenants_of(system: &SystemScope, turns: &mut Turns, limit: u32) -> Vec<String> {
    let claimed = claim_of(system, turns, limit).await;
    claimed.into_iter().map(|(tenant, _)| tenant).collect()
}

#[tokio::test]
async fn a_small_tenant_does_not_wait_behind_a_large_one() {
    let fixture = Fixture::start().await;
    let system = with_jobs(&fixture, &[("a", 100), ("b", 1), ("c", 2)]).await;
    let mut turns = Turns::new();
    assert_eq!(tenants_of(&system, &mut turns, 3).await, ["a", "b", "c"]);
    assert_eq!(tenants_of(&system, &mut turns, 3).await, ["a", "a", "c"]);
    assert_eq!(tenants_of(&system, &mut turns, 3).await, ["a", "a", "a"]);
    system.close().await.expect("closes");
}

#[tokio::test]
async fn the_turns_go_on_where_they_ended() {
    let fixture = Fixture::start().await;
    let system = with_jobs(&fixture, &[("a", 9), ("b", 9), ("c", 9), ("d", 9)]).await;
    let mut turns = Turns::new();
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.extend(tenants_of(&system, &mut turns, 1).await);
    }
    assert_eq!(seen, ["a", "b", "c", "d", "a"]);
    assert_eq!(tenants_of(&system, &mut turns, 3).await, ["b", "c", "d"]);
    let mut other = Turns::behind(tenant("c"));
    assert_eq!(tenants_of(&system, &mut other, 2).await, ["d", "a"]);
    system.close().await.expect("closes");
}

#[tokio::test]
async fn each_tenant_has_an_equal_share_in_the_queues_order() {
    let fixture = Fixture::start().await;
    let system = with_jobs(&fixture, &[("a", 50), ("b", 50), ("c", 50)]).await;
    let jobs = system.across_tenants::<GraphJobRepository>();
    let claimed = jobs
        .claim_across(&mut Turns::new(), "worker", 30, LEASE)
        .await
        .expect("claims");
    let mut shares = BTreeMap::new();
    for job in &claimed {
        *shares.entry(job.tenant_id.to_string()).or_insert(0) += 1;
    }
    assert_eq!(
        shares,
        ["a", "b", "c"].map(|tenant| (tenant.to_string(), 10)).into()
    );
    for pair in claimed
        .windows(2)
        .filter(|pair| pair[0].tenant_id == pair[1].tenant_id)
    {
        assert!((pair[0].created_at, pair[0].id) < (pair[1].created_at, pair[1].id));
    }
    system.close().await.expect("closes");
}

#[tokio::test]
async fn rows_whose_lease_ran_out_have_their_turn_too() {
    let fixture = Fixture::start().await;
    let system = with_jobs(&fixture, &[("a", 1), ("b", 3)]).await;
    let mut turns = Turns::new();
    assert_eq!(claim_of(&system, &mut turns, 1).await, [("a".into(), 1)]);
    assert_eq!(tenants_of(&system, &mut turns, 9).await, ["b", "b", "b"]);
    assert!(tenants_of(&system, &mut turns, 9).await.is_empty());
    let_all_leases_run_out(&fixture).await;
    assert_eq!(
        claim_of(&system, &mut turns, 2).await,
        [("a".into(), 2), ("b".into(), 2)]
    );
    system.close().await.expect("closes");
}

#[tokio::test]
async fn what_was_claimed_across_tenants_is_ended_in_the_scope_of_its_own() {
    let fixture = Fixture::start().await;
    let system = with_jobs(&fixture, &[("a", 1), ("b", 1)]).await;
    let reader = system.across_tenants::<GraphJobRepository>();
    for job in reader
        .claim_across(&mut Turns::new(), "w", 9, LEASE)
        .await
        .expect("claims")
    {
        let jobs = fixture
            .db
            .tenant(&job.tenant_id)
            .repository::<GraphJobRepository>();
        let done = jobs.complete(&job).await.expect("completes");
        assert_eq!(done.status, GraphJobStatus::Completed);
    }
    system.close().await.expect("closes");
}

#[tokio::test]
async fn no_row_is_claimed_twice_across_tenants() {
    let fixture = Fixture::start().await;
    let names: Vec<String> = (0..20).map(|number| format!("tenant {number:02}")).collect();
    let tenants: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 10)).collect();
    let system = with_jobs(&fixture, &tenants).await;
    let workers = (0..6).map(async |number| {
        let jobs = system.across_tenants::<GraphJobRepository>();
        let mut turns = Turns::behind(tenant(&names[number * 3]));
        let (mut own, mut idle) = (Vec::new(), 0);
        // Rows that somebody else is claiming at the moment are passed over: an empty claim may be no end.
        while idle < 3 {
            let claimed = jobs
                .claim_across(&mut turns, &format!("w{number}"), 7, LEASE)
                .await
                .expect("claims");
            idle = if claimed.is_empty() { idle + 1 } else { 0 };
            own.extend(claimed.into_iter().map(|job| job.id));
        }
        own
    });
    let all: Vec<_> = futures_util::future::join_all(workers)
        .await
        .into_iter()
        .flatten()
        .collect();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (200, 200));
    system.close().await.expect("closes");
}
