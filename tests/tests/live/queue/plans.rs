//! What the statements of a queue read, where there is much: 200,000 jobs of 100 tenants.

use serde_json::Value as Json;
use stellaops_db::queue::Turns;

use super::*;
use crate::plans::{assert_reads_an_index, plan, prepared};

/// A seventh is queued, a hundredth runs, the rest is done.
const FILL: &str = "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, status, payload, created_at, updated_at, lease_expires_at, leased_by, attempts) \
    SELECT 't' || number % 100, gen_random_uuid(), type, status, payload, now() - number * interval '1 second', now(), \
        CASE WHEN status = 2 THEN now() + interval '1 hour' END, CASE WHEN status = 2 THEN 'w' END, 1 \
    FROM (SELECT number, CASE WHEN number % 7 = 0 THEN 1 WHEN number % 101 = 0 THEN 2 ELSE 3 END AS status FROM generate_series(1, 200000) AS number) AS made, \
        (SELECT type, payload FROM scheduler.graph_jobs LIMIT 1) AS one";

async fn filled() -> Fixture {
    let database = copy_of("live queue", async |db, superuser| {
        let jobs = db.tenant(&tenant("t0")).repository::<GraphJobRepository>();
        jobs.insert(queued(1)).await.expect("inserts");
        for statement in [FILL, "VACUUM ANALYZE scheduler.graph_jobs"] {
            run(superuser, statement).await.expect("the queue is filled");
        }
    });
    Fixture::on(database.await, |config| config).await
}

fn are_indexed(nodes: &[Json], text: &str) {
    let reads: Vec<_> = nodes
        .iter()
        .filter(|node| node["Relation Name"] == "graph_jobs")
        .collect();
    assert!(!reads.is_empty(), "{text}");
    for node in reads {
        let kind = node["Node Type"].as_str().unwrap_or_default();
        assert_ne!(kind, "Seq Scan", "{text}: {node:#}");
    }
    // Nothing is put in order but what was claimed.
    for sort in nodes.iter().filter(|node| node["Node Type"] == "Sort") {
        let rows = sort["Plan Rows"].as_f64().unwrap_or(f64::MAX);
        assert!(rows <= 20_000.0, "{text}: {sort:#}");
    }
}

#[tokio::test]
async fn every_statement_of_a_lease_reads_the_key() {
    let fixture = filled().await;
    let options = fixture.database.connect_options_as(APPLICATION);
    let pool = one_connection(options.options([("plan_cache_mode", "force_generic_plan")])).await;
    let on_one = stellaops_db::Database::from_pool(pool.clone(), [])
        .await
        .expect("is walled off");
    let jobs = on_one.tenant(&tenant("t1")).repository::<GraphJobRepository>();
    let held = jobs.claim("w", 5, LEASE).await.expect("claims");
    jobs.complete(&held[0]).await.expect("completes");
    let _ = jobs.fail(&held[1], "no").await.expect("fails");
    jobs.release(&held[2]).await.expect("releases");
    jobs.reschedule(&held[3], at(0)).await.expect("puts off");
    let mut leases = vec![held[4].lease().clone()];
    jobs.renew(&mut leases, LEASE).await.expect("renews");
    let mut connection = pool.acquire().await.expect("the connection");
    let statements = prepared(&mut connection).await;
    assert_eq!(statements.len(), 6);
    for statement in statements {
        let nodes = plan(&mut connection, &statement).await;
        are_indexed(&nodes, &statement.1);
        if !statement.1.contains(" claim ") {
            assert_reads_an_index(&nodes, &statement.1);
        }
    }
}

/// Across tenants as well: a turn is a few looks into an index, however many rows wait.
#[tokio::test]
async fn turns_read_the_queues_indexes() {
    let fixture = filled().await;
    let options = fixture.database.connect_options_as(SYSTEM);
    let pool = one_connection(options.options([("plan_cache_mode", "force_generic_plan")])).await;
    let system = fixture
        .db
        .clone()
        .with_system_pool(pool.clone())
        .await
        .expect("sees all tenants");
    let system = system.system("plans").await.expect("opens");
    let jobs = system.across_tenants::<GraphJobRepository>();
    let mut turns = Turns::new();
    let claimed = jobs
        .claim_across(&mut turns, "w", 10, LEASE)
        .await
        .expect("claims");
    assert_eq!(claimed.len(), 10);
    let mut connection = pool.acquire().await.expect("the connection");
    let statements = prepared(&mut connection).await;
    assert_eq!(statements.len(), 1);
    let nodes = plan(&mut connection, &statements[0]).await;
    are_indexed(&nodes, &statements[0].1);
    // What was really read, by the server's own count: not the 28,000 rows that wait.
    run(&mut connection, "SELECT pg_stat_force_next_flush()")
        .await
        .expect("flushes");
    run(&mut connection, "SELECT 1").await.expect("flushes");
    drop(connection);
    system.close().await.expect("closes");
    let read =
        "SELECT (idx_tup_fetch + seq_tup_read)::bigint FROM pg_stat_user_tables WHERE relname = 'graph_jobs'";
    let rows: i64 = value(&mut fixture.superuser().await, read).await;
    assert!((10..2_000).contains(&rows), "{rows} rows were read");
}
