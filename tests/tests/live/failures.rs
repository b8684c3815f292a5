//! Dropped futures, killed backends, cut networks: the next call works, and nothing stays bound.

use std::time::Duration;

use sqlx::Connection;
use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use crate::exchanges::assert_unbound;
use crate::samples::*;
use crate::support::*;

/// Ends the application's sessions in this database.
const KILL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
    WHERE usename = 'live_app' AND datname = current_database()";

/// The application's sessions in this database.
const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE usename = 'live_app' AND datname = current_database()";

#[tokio::test]
async fn a_dropped_call_leaves_the_pool_whole_and_no_tenant_bound() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    for _ in 0..5 {
        let mut lock = superuser.begin().await.expect("begins");
        run(&mut lock, "LOCK TABLE scheduler.graph_jobs")
            .await
            .expect("locks");
        let left = tokio::time::timeout(Duration::from_millis(20), jobs.get(job.id)).await;
        assert!(left.is_err(), "it waits for the lock");
        lock.rollback().await.expect("unlocks");
        let mut connection = pool.acquire().await.expect("the connection comes back");
        assert_unbound(&mut connection, "graph_jobs").await;
        drop(connection);
        let others = fixture.tenant("b").repository::<GraphJobRepository>();
        assert_eq!(others.get(job.id).await.expect("reads"), None);
        assert_eq!(jobs.get(job.id).await.expect("reads").as_ref(), Some(&job));
    }
}

/// Futures dropped at any point, from before they began to after they ended.
#[tokio::test]
async fn calls_dropped_at_any_moment_spoil_nothing() {
    let fixture = Fixture::with(|config| config.with_max_connections(2)).await;
    let scopes = ["a", "b"].map(|name| fixture.tenant(name));
    for scope in &scopes {
        scope
            .repository::<GraphJobRepository>()
            .insert(graph_job(1))
            .await
            .expect("inserts");
    }
    let mut numbers = Numbers(3);
    for round in 0..200 {
        let scope = &scopes[round % 2];
        let jobs = scope.repository::<GraphJobRepository>();
        let limit = Duration::from_micros(numbers.below(1500) as u64);
        if let Ok(page) = tokio::time::timeout(limit, jobs.list_by_newest().into_future()).await {
            let page = page.expect("lists");
            assert_eq!(page.rows.len(), 1);
            assert_eq!(page.rows[0].tenant_id, tenant(["a", "b"][round % 2]));
        }
    }
    for scope in &scopes {
        assert_eq!(
            scope
                .repository::<GraphJobRepository>()
                .count([])
                .await
                .expect("counts"),
            1
        );
    }
}

#[tokio::test]
async fn a_backend_killed_during_a_call_is_a_connection_error_and_the_next_call_works() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let (mut superuser, mut killer) = (fixture.superuser().await, fixture.superuser().await);
    let mut lock = superuser.begin().await.expect("begins");
    run(&mut lock, "LOCK TABLE scheduler.graph_jobs")
        .await
        .expect("locks");
    let killing = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'live_app' \
            AND datname = current_database() AND wait_event_type = 'Lock'";
        while value::<i64>(&mut killer, waiting).await == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        value::<i64>(&mut killer, KILL).await
    };
    let (read, killed) = tokio::join!(jobs.get(job.id), killing);
    assert!(killed >= 1);
    refused!(read, Error::Connection(_));
    lock.rollback().await.expect("unlocks");
    assert_eq!(jobs.get(job.id).await.expect("the next call works"), Some(job));
}

/// All connections at rest are gone with the server's end: one call learns of it, not one for each.
#[tokio::test]
async fn after_all_sessions_ended_one_call_fails_and_the_next_works() {
    let fixture = Fixture::start().await;
    if is_pooled("it connects again by itself") {
        return;
    }
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    for _ in 0..3 {
        let mut superuser = fixture.superuser().await;
        // Four calls at once need four connections, unless one of them ends before another begins.
        while value::<i64>(&mut superuser, SESSIONS).await < 2 {
            let calls = futures_util::future::join_all((0..4).map(|_| jobs.count([]))).await;
            assert!(calls.iter().all(Result::is_ok), "{calls:?}");
        }
        assert!(value::<i64>(&mut superuser, KILL).await > 1, "several rest");
        // The signal is sent; a session ends when it gets round to it.
        while value::<i64>(&mut superuser, SESSIONS).await > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        refused!(jobs.count([]).await, Error::Connection(_));
        for _ in 0..4 {
            jobs.count([]).await.expect("the next call works");
        }
    }
}

#[tokio::test]
async fn a_cut_network_is_a_connection_error_and_the_next_call_works() {
    let fixture = Fixture::start().await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    for _ in 0..3 {
        jobs.count([]).await.expect("counts");
        proxy.cut();
        refused!(jobs.count([]).await, Error::Connection(_));
    }
    // The answer is lost, the work is done: that is what `Connection` says.
    jobs.count([]).await.expect("counts");
    jobs.insert(graph_job(1)).await.expect("inserts");
    proxy.cut_before(b'C', 1);
    let lost = jobs.insert(graph_job(2)).await.expect_err("the answer is lost");
    assert!(
        matches!(lost, Error::Connection(_)) && !lost.is_retryable(),
        "{lost:?}"
    );
    assert_eq!(jobs.count([]).await.expect("counts"), 2);
}

/// Two tenants by turns, more callers than connections: never a foreign row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_two_tenants_never_meets() {
    let fixture = Fixture::start().await;
    let mut callers = Vec::new();
    for number in 0..32_u32 {
        let name = ["a", "b"][number as usize % 2];
        let scope = fixture.tenant(name);
        callers.push(tokio::spawn(async move {
            let jobs = scope.repository::<GraphJobRepository>();
            let own = tenant(name);
            for round in 0..8 {
                let job = jobs.insert(queued(number * 8 + round)).await.expect("inserts");
                assert_eq!(job.tenant_id, own);
                let page = jobs.list_by_newest().limit(20).await.expect("lists");
                assert!(page.rows.iter().all(|job| job.tenant_id == own));
                let claimed = jobs.claim("w", 2, LEASE).await.expect("claims");
                assert!(claimed.iter().all(|job| job.tenant_id == own));
                if round % 3 == 0 {
                    let transaction = scope.begin().await.expect("begins");
                    let inside = transaction.repository::<GraphJobRepository>();
                    let read = inside.get(job.id).await.expect("reads").expect("its own");
                    assert_eq!(read.tenant_id, own);
                    drop(transaction);
                }
                assert!(jobs.count([]).await.expect("counts") <= 16 * 8);
            }
        }));
    }
    for caller in callers {
        caller.await.expect("no caller saw a foreign row");
    }
    for name in ["a", "b"] {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        assert_eq!(jobs.count([]).await.expect("counts"), 16 * 8);
    }
    let mut superuser = fixture.superuser().await;
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'live_app' AND datname = current_database()";
    assert!(
        value::<i64>(&mut superuser, sessions).await <= 4,
        "no more than the pool may open"
    );
}
