//! Lists and claims read an index in its order, as the application's login sees it under row-level
//! security: nothing is sorted, no table is read as a whole.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use stellaops_db::TenantScope;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::FixedClock;
use stellaops_db_spec::model::Index;

use crate::isolation::tables;
use crate::lists::lists;
use crate::samples::*;
use crate::support::*;

/// What the lists of tenant `a` are pinned to.
static PARENTS: OnceLock<Rows> = OnceLock::new();

/// A database with enough rows that reading all would be dearer than any index, and of each pin some
/// rows that differ.
async fn filled() -> Fixture {
    let database = copy_of("live filled", async |db, superuser| {
        let clock = FixedClock::default();
        let db = db.with_clock(clock.clone());
        for name in ["a", "b", "c"] {
            let scope = db.tenant(&tenant(name));
            let rows = fill(&scope, 0).await;
            for batch in 0..4 {
                clock.advance(std::time::Duration::from_secs(1));
                populate(&scope, &rows, 10 + batch * 500, 10 + batch * 500 + 500).await;
            }
            let others = fill(&scope, 5000).await;
            populate(&scope, &others, 6000, 7000).await;
            let overlay =
                |_| GraphJob::new_row(GraphJobType::Overlay, GraphJobPayload::Overlay(overlay_job()));
            let jobs = scope.repository::<GraphJobRepository>();
            jobs.insert_many((0..1000).map(overlay)).await.expect("inserts");
            // The first one stays: the tenant `a`.
            let _ = PARENTS.set(rows);
        }
        for statement in [
            "UPDATE scheduler.runs SET state = 'queued' WHERE right(id::text, 1) < '8'",
            "UPDATE scheduler.policy_jobs SET status = 'cancelled' WHERE right(id::text, 1) < '4'",
            "VACUUM ANALYZE",
        ] {
            run(superuser, statement).await.expect("the rows are varied");
        }
    });
    Fixture::on(database.await, |config| config).await
}

/// A statement of the connection: its name, its text, the types of its parameters.
pub(crate) type Prepared = (String, String, Vec<String>);

pub(crate) async fn prepared(connection: &mut PgConnection) -> Vec<Prepared> {
    let sql = "SELECT name, statement, parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '/* stellaops-db scheduler.%'";
    let rows = sqlx::query(sql)
        .persistent(false)
        .fetch_all(connection)
        .await
        .expect("lists");
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

/// The nodes of the plan that serves any values, as the planner would choose it.
pub(crate) async fn plan(connection: &mut PgConnection, (name, text, types): &Prepared) -> Vec<Json> {
    let arguments: Vec<String> = types.iter().map(|kind| argument(kind)).collect();
    let arguments = match arguments.as_slice() {
        [] => String::new(),
        arguments => format!(" ({})", arguments.join(", ")),
    };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE {name}{arguments}");
    let row = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(connection).await;
    let row = row.unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut nodes = Vec::new();
    let explained: Json = serde_json::from_str(row.get_unchecked(0)).expect("JSON");
    collect(&explained[0]["Plan"], &mut nodes);
    nodes
}

fn argument(kind: &str) -> String {
    match kind {
        "stellaops.tenant" => "'a'".into(),
        "uuid" => "'0190a3c1-7d2e-7000-8000-0123456789ab'".into(),
        "timestamp with time zone" => "'2025-01-01T00:00:02Z'".into(),
        "date" => "'2026-01-01'".into(),
        "bigint" | "integer" | "smallint" => "1".into(),
        "boolean" => "true".into(),
        "text" => "'queued'".into(),
        "jsonb" => "'{}'".into(),
        array => format!("NULL::{array}"),
    }
}

fn collect(node: &Json, nodes: &mut Vec<Json>) {
    nodes.push(node.clone());
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, nodes);
    }
}

fn kinds<'a>(nodes: impl IntoIterator<Item = &'a Json>) -> BTreeSet<String> {
    nodes
        .into_iter()
        .filter_map(|node| node["Node Type"].as_str())
        .map(str::to_owned)
        .collect()
}

pub(crate) fn assert_reads_an_index(nodes: &[Json], text: &str) {
    // PostgreSQL 16 and later sort the numbers of rows that were missed by a node of its own.
    let numbers = serde_json::json!(["given.n"]);
    let of_rows = nodes.iter().filter(|node| node["Sort Key"] != numbers);
    let kinds = kinds(of_rows);
    for bad in ["Seq Scan", "Sort", "Incremental Sort"] {
        assert!(
            !kinds.contains(bad),
            "{text}: {}",
            serde_json::to_string_pretty(nodes).expect("JSON")
        );
    }
}

async fn on_generic_plans(fixture: &Fixture) -> (stellaops_db::Database, sqlx::PgPool) {
    let options = fixture.database.connect_options_as(APPLICATION);
    let pool = one_connection(options.options([("plan_cache_mode", "force_generic_plan")])).await;
    (
        stellaops_db::Database::from_pool(pool.clone(), [])
            .await
            .expect("is walled off"),
        pool,
    )
}

#[tokio::test]
async fn every_list_reads_its_own_index_in_its_order() {
    let fixture = filled().await;
    let parents = PARENTS.get().expect("they were inserted");
    let (db, pool) = on_generic_plans(&fixture).await;
    let tables = tables();
    let mut known = BTreeSet::new();
    for list in lists(&db.tenant(&tenant("a")), parents) {
        let table = tables
            .iter()
            .find(|table| table.name == list.table)
            .expect("a table");
        let index = table.index(list.index).expect("an index");
        let (_, next) = list.page(20, None).await.expect("the first page");
        list.page(20, next).await.expect("the next page");
        let mut connection = pool.acquire().await.expect("the connection");
        let statements = prepared(&mut connection).await;
        let new: Vec<_> = statements
            .into_iter()
            .filter(|statement| known.insert(statement.1.clone()))
            .collect();
        assert_eq!(new.len(), 2, "{}.{}", list.table, list.index);
        for statement in new {
            let nodes = plan(&mut connection, &statement).await;
            assert_reads_an_index(&nodes, &statement.1);
            let scan = nodes.iter().find(|node| node["Relation Name"] == list.table);
            assert_scans(scan.expect("a scan of the table"), index, &statement.1);
        }
    }
}

/// The scan's condition holds the tenant and every pin.
fn assert_scans(scan: &Json, index: &Index, text: &str) {
    let condition = scan["Index Cond"].as_str().unwrap_or_default();
    // What a partial index promises is no condition of its scan.
    let partial = index.condition.as_deref().unwrap_or_default();
    assert!(condition.contains("tenant_id"), "{text}: {scan:#}");
    for pin in index.pinned.iter().filter(|pin| !partial.contains(&pin.name)) {
        assert!(
            condition.contains(&format!("{} = ", pin.name)),
            "{text}: {scan:#}"
        );
    }
}

#[tokio::test]
async fn reads_and_writes_of_one_row_use_its_key() {
    let fixture = filled().await;
    let (db, pool) = on_generic_plans(&fixture).await;
    let setup = fixture.tenant("a");
    for verb in crate::verbs::verbs(&db.tenant(&tenant("a")), &setup, 900).await {
        verb.run.await;
    }
    let mut connection = pool.acquire().await.expect("the connection");
    let one_row = [
        "get",
        "exists",
        "update",
        "compare_and_swap",
        "delete",
        "soft_delete",
        "restore",
    ];
    let mut seen = BTreeSet::new();
    for statement in prepared(&mut connection).await {
        let mut words = statement.1.split(' ').skip(2);
        let (table, verb) = (words.next().expect("a table"), words.next().expect("a verb"));
        let Some(verb) = one_row.iter().find(|known| verb.starts_with(**known)) else {
            continue;
        };
        seen.insert((table.to_owned(), *verb));
        let nodes = plan(&mut connection, &statement).await;
        assert_reads_an_index(&nodes, &statement.1);
    }
    assert!(seen.len() > 40, "{seen:?}");
}

#[tokio::test]
async fn a_claim_reads_the_queues_indexes() {
    let fixture = filled().await;
    let (db, pool) = on_generic_plans(&fixture).await;
    let claim = async |scope: TenantScope| {
        scope
            .repository::<GraphJobRepository>()
            .claim("w", 5, LEASE)
            .await
            .expect("claims");
        scope
            .repository::<PolicyJobRepository>()
            .claim("w", 5, LEASE)
            .await
            .expect("claims");
    };
    claim(db.tenant(&tenant("a"))).await;
    let mut connection = pool.acquire().await.expect("the connection");
    let statements = prepared(&mut connection).await;
    assert_eq!(statements.len(), 2);
    for statement in statements {
        let nodes = plan(&mut connection, &statement).await;
        let kinds = kinds(&nodes);
        assert!(!kinds.contains("Seq Scan"), "{}: {nodes:#?}", statement.1);
        // Only the few rows that were claimed are put in order at the end.
        let sorts = nodes.iter().filter(|node| node["Node Type"] == "Sort");
        assert!(sorts.clone().count() <= 1, "{}: {nodes:#?}", statement.1);
        for sort in sorts {
            let sources = sort["Plans"].as_array().expect("it sorts something");
            let outer = sources
                .iter()
                .filter(|node| node["Parent Relationship"] == "Outer");
            let mut below = Vec::new();
            outer.for_each(|node| collect(node, &mut below));
            let is_of_the_claim =
                |node: &Json| node["CTE Name"] == "claimed" || node["Relation Name"].is_null();
            assert!(below.iter().all(is_of_the_claim), "{}: {nodes:#?}", statement.1);
        }
        let locked = nodes
            .iter()
            .filter(|node| node["Node Type"] == "LockRows")
            .count();
        assert_eq!(locked, 2, "rows that ran out, and ready ones");
    }
}

/// What is due is read across tenants, as the system's login, from the one index without a tenant.
#[tokio::test]
async fn due_triggers_of_all_tenants_read_their_index() {
    let fixture = filled().await;
    let options = fixture.database.connect_options_as(SYSTEM);
    let pool = one_connection(options.options([("plan_cache_mode", "force_generic_plan")])).await;
    let system = fixture
        .db
        .clone()
        .with_system_pool(pool.clone())
        .await
        .expect("sees all tenants");
    let system = system.system("due").await.expect("opens");
    let reader = system.across_tenants::<TriggerRepository>();
    let due = || reader.list(Trigger::BY_NEXT_FIRE_EVERYWHERE).limit(20);
    let next = due().await.expect("lists").next.expect("there is more");
    due().at(next).await.expect("lists");
    due()
        .filter(Trigger::NEXT_FIRE_AT.le(at(50)))
        .await
        .expect("lists");
    system.close().await.expect("closes");
    let mut connection = pool.acquire().await.expect("the connection");
    let statements = prepared(&mut connection).await;
    assert_eq!(statements.len(), 3);
    for statement in statements {
        let nodes = plan(&mut connection, &statement).await;
        assert_reads_an_index(&nodes, &statement.1);
        let used = nodes.iter().find_map(|node| node["Index Name"].as_str());
        assert_eq!(used, Some("idx_triggers_next_fire_at_enabled"), "{}", statement.1);
    }
}

/// Parents by their key, children by the index of their order, a page of each and no table as a whole.
#[tokio::test]
async fn what_is_related_to_a_page_is_read_by_indexes() {
    let fixture = filled().await;
    let (db, pool) = on_generic_plans(&fixture).await;
    let scope = db.tenant(&tenant("a"));
    let (schedules, runs) = (
        scope.repository::<ScheduleRepository>(),
        scope.repository::<RunRepository>(),
    );
    let newest = || Run::BY_SCHEDULE_NEWEST.children(20);
    let page = schedules
        .list(Schedule::BY_NAME)
        .limit(1)
        .with(newest())
        .await
        .expect("lists");
    let (parent, _) = &page.rows[0];
    schedules.get(parent.id).with(newest()).await.expect("reads");
    runs.list_by_newest()
        .limit(20)
        .with(Run::SCHEDULE_ID)
        .await
        .expect("lists");
    runs.of_each(newest(), [parent.id]).await.expect("reads");
    let mut connection = pool.acquire().await.expect("the connection");
    let statements = prepared(&mut connection).await;
    assert_eq!(statements.len(), 4);
    for statement in statements {
        let nodes = plan(&mut connection, &statement).await;
        let scans = nodes.iter().filter(|node| node["Relation Name"].is_string());
        assert!(scans.clone().count() > 0, "{}", statement.1);
        for scan in scans {
            let kind = scan["Node Type"].as_str().unwrap_or_default();
            let condition = scan["Index Cond"].as_str().unwrap_or_default();
            assert!(
                kind == "Index Scan" && condition.contains("tenant_id"),
                "{}: {scan:#}",
                statement.1
            );
        }
    }
}
