//! Plans of pages in orders of mixed directions and NULLs: 200,000 rows of 100 tenants, as the application's
//! login sees them.

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use stellaops_db::testing::shared_server;
use stellaops_db::{Database, List, TenantId};
use stellaops_db_tests::library::*;

use crate::fixture::*;

/// Two thousand wishes of each of a hundred tenants.
const ROWS: &str = "
    INSERT INTO library.wishes (tenant_id, id, branch, urgency, pages, wanted_by, note, tags, details)
    SELECT 't' || n % 100, gen_random_uuid(), CASE n / 100 % 2 WHEN 0 THEN 'north' ELSE 'south' END, n / 100 % 5,
        nullif(n / 100 % 50, 0), CASE WHEN n / 100 % 3 > 0 THEN date '2026-01-01' + n / 100 % 300 END,
        CASE WHEN n / 100 % 4 > 0 THEN 'note ' || n / 100 % 100 END, '{}',
        CASE WHEN n / 100 % 5 > 0
          THEN jsonb_build_object('schemaVersion', 'library.wish-details@2', 'author', 'author ' || n / 100 % 90)
          ELSE '{\"schemaVersion\": \"library.wish-details@2\"}' END
    FROM generate_series(0, 199999) AS n;
    VACUUM ANALYZE library.wishes";

/// The rows of a page.
const LIMIT: u32 = 50;

type Ordered = (fn(&WishRepository) -> List<Wish>, &'static str);

/// Each order of the spec, and its index.
const ORDERS: [Ordered; 5] = [
    (
        |wishes| wishes.list(Wish::BY_BRANCH_URGENCY.of("north")),
        "idx_wishes_branch_urgency_pages_wanted_by",
    ),
    (|wishes| wishes.list(Wish::BY_DAY), "idx_wishes_wanted_by"),
    (|wishes| wishes.list(Wish::BY_LENGTH), "idx_wishes_pages_urgency"),
    (|wishes| wishes.list(Wish::BY_AUTHOR), "idx_wishes_author_note"),
    (
        |wishes| wishes.list(Wish::BY_URGENCY),
        "idx_wishes_urgency_branch",
    ),
];

async fn filled() -> Fixture {
    let fixture = Fixture::start(shared_server().await).await;
    let mut superuser = fixture.superuser().await;
    for sql in ROWS.split(';') {
        run(&mut superuser, sql).await.expect("fills");
    }
    fixture
}

/// The nodes of the plan of each statement that was not there before, as they ran.
async fn new_plans(connection: &mut PgConnection, known: &mut Vec<String>) -> Vec<(String, Vec<Json>)> {
    let sql = "SELECT name, statement, parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '/* stellaops-db library.wishes list %'";
    let rows = sqlx::query_as(sql).persistent(false).fetch_all(&mut *connection);
    let rows: Vec<(String, String, Vec<String>)> = rows.await.expect("lists");
    let mut plans = Vec::new();
    for (name, text, types) in rows {
        if known.contains(&text) {
            continue;
        }
        let arguments: Vec<String> = types.iter().map(|kind| argument(kind)).collect();
        let explain = format!(
            "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {name} ({})",
            arguments.join(", ")
        );
        let row = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_one(&mut *connection)
            .await;
        let plan: Json = serde_json::from_str(row.expect("explains").get_unchecked(0)).expect("JSON");
        let mut nodes = Vec::new();
        collect(&plan[0]["Plan"], &mut nodes);
        known.push(text.clone());
        plans.push((text, nodes));
    }
    plans
}

/// A value in the middle of those that there are.
fn argument(kind: &str) -> String {
    match kind {
        "stellaops.tenant" => "'t42'".into(),
        "uuid" => "'88000000-0000-0000-0000-000000000000'".into(),
        "text" => "'north'".into(),
        "date" => "'2026-05-01'".into(),
        "smallint" => "2".into(),
        "integer" => "25".into(),
        "bigint" => (LIMIT + 1).to_string(),
        other => panic!("no parameter is a {other}"),
    }
}

fn collect(node: &Json, nodes: &mut Vec<Json>) {
    nodes.push(node.clone());
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, nodes);
    }
}

/// Every scan is of the order's index, begins with the tenant and gives no more than a page; what is sorted is
/// no more than a page either. Where the planner expects that a range holds about a page it may fetch all of it by a
/// bitmap, and its guess may be off: by less than four times here.
fn assert_reads_a_page(index: &str, text: &str, nodes: &[Json]) {
    let shown = || {
        format!(
            "{text}\n{}",
            serde_json::to_string_pretty(&nodes[0]).expect("JSON")
        )
    };
    let is_few = |rows: &Json| {
        rows.as_f64()
            .is_none_or(|rows| rows <= 4.0 * f64::from(LIMIT + 1))
    };
    let scans = nodes.iter().filter(|node| node["Index Name"].is_string());
    assert!(scans.clone().count() > 0, "{}", shown());
    for scan in scans {
        let condition = scan["Index Cond"].as_str().unwrap_or_default();
        let condition = condition.trim_start_matches('(');
        assert!(
            scan["Index Name"] == index && condition.starts_with("tenant_id = "),
            "{}",
            shown()
        );
    }
    for node in nodes {
        let kind = node["Node Type"].as_str().unwrap_or_default();
        assert_ne!(kind, "Seq Scan", "{}", shown());
        if kind.ends_with("Scan") || kind.ends_with("Sort") {
            assert!(is_few(&node["Actual Rows"]), "{}", shown());
            assert!(is_few(&node["Rows Removed by Filter"]), "{}", shown());
        }
        if kind.ends_with("Sort") {
            assert!(is_few(&node["Plans"][0]["Actual Rows"]), "{}", shown());
        }
    }
}

#[tokio::test]
async fn every_page_in_either_direction_reads_no_more_than_a_page_of_its_orders_index() {
    let fixture = filled().await;
    let tenant = TenantId::new("t42").expect("a tenant");
    for mode in ["force_generic_plan", "force_custom_plan"] {
        let pool = fixture.one_connection_with(APPLICATION, mode).await;
        let database = Database::from_pool(pool.clone(), [])
            .await
            .expect("is walled off");
        let wishes = database.tenant(&tenant).repository::<WishRepository>();
        let (mut known, mut checked) = (Vec::new(), 0);
        for (list, index) in ORDERS {
            let mut pages = vec![list(&wishes).limit(LIMIT).await.expect("lists")];
            while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
                pages.push(list(&wishes).limit(LIMIT).at(next).await.expect("lists"));
            }
            for page in &pages[1..] {
                let previous = page.previous.clone().expect("there is one");
                list(&wishes).limit(LIMIT).at(previous).await.expect("lists");
            }
            let mut connection = pool.acquire().await.expect("the connection");
            for (text, nodes) in new_plans(&mut connection, &mut known).await {
                assert_reads_a_page(index, &text, &nodes);
                checked += 1;
            }
        }
        assert!(checked >= 20, "{mode}: {checked} statements");
    }
}

/// An estimate is the planner's: near where its statistics know the tenant's share.
#[tokio::test]
async fn an_estimate_is_near_the_count_and_a_bounded_count_ends_at_its_bound() {
    let fixture = filled().await;
    let wishes = fixture.tenant("t42").repository::<WishRepository>();
    for (filters, counted) in [
        (vec![], 2_000),
        (vec![Wish::BRANCH.eq("north")], 1_000),
        (vec![Wish::URGENCY.ge(3), Wish::PAGES.is_not_null()], 800),
    ] {
        let told = format!("{filters:?}");
        let estimated = wishes.estimate(filters).await.expect("estimates");
        let near = counted / 2..=counted * 2;
        assert!(
            near.contains(&estimated),
            "{told}: {estimated}, not about {counted}"
        );
    }
    let north = wishes.count([Wish::BRANCH.eq("north")]).await;
    assert_eq!(north.expect("counts"), 1_000);
    assert_eq!(wishes.count_up_to(300, []).await.expect("counts"), 300);
    assert_eq!(wishes.count_up_to(3_000, []).await.expect("counts"), 2_000);
    let nobody = fixture.tenant("nobody").repository::<WishRepository>();
    assert!(nobody.estimate([]).await.expect("estimates") < 100);
}
