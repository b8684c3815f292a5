//! SQL of one's own through a scope: typed rows, one exchange, and the walls of every other call.

use sqlx::PgPool;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use stellaops_db::{
    AssertSqlSafe, DecodeError, Error, Id, QueryRow, Sensitive, TenantId, TenantScope, Timestamp,
};

use crate::exchanges::assert_unbound;
use crate::samples::*;
use crate::support::*;

const COUNT: &str = "SELECT count(*) FROM scheduler.graph_jobs";

/// Tenant `a` has three jobs, two of them queued; `b` has one.
async fn jobs(fixture: &Fixture) -> [TenantScope; 2] {
    let scopes = ["a", "b"].map(|name| fixture.tenant(name));
    let [a, b] = scopes
        .each_ref()
        .map(|scope| scope.repository::<GraphJobRepository>());
    for job in [
        queued(1),
        queued(2),
        graph_job(3).correlation_id(Some("trace".into())),
    ] {
        a.insert(job).await.expect("inserts");
    }
    b.insert(queued(1)).await.expect("inserts");
    scopes
}

async fn number(scope: &TenantScope) -> i64 {
    let (number,) = scope.query(COUNT).one().await.expect("counts");
    number
}

/// In another order than the text's, with a raw name and a name of its own.
#[derive(Debug, PartialEq, QueryRow)]
struct StatusCount {
    number: i64,
    r#type: GraphJobType,
    #[column("status")]
    at: GraphJobStatus,
    trace: Option<String>,
}

#[tokio::test]
async fn rows_are_read_by_the_names_of_their_columns() {
    let fixture = Fixture::start().await;
    let [a, _] = jobs(&fixture).await;
    let rows = a
        .query("SELECT status, 'passed over' AS more, type, count(*) AS number, max(correlation_id) AS trace FROM scheduler.graph_jobs WHERE created_at >= $1 AND leased_by IS NOT DISTINCT FROM $2 GROUP BY status, type ORDER BY status")
        .bind(at(-1_000_000_000))
        .bind(None::<String>)
        .all::<StatusCount>()
        .await;
    let row = |number, at, trace: Option<&str>| StatusCount {
        number,
        r#type: GraphJobType::Build,
        at,
        trace: trace.map(str::to_owned),
    };
    let expected = [
        row(1, GraphJobStatus::Pending, Some("trace")),
        row(2, GraphJobStatus::Queued, None),
    ];
    assert_eq!(rows.expect("reads"), expected);
}

#[tokio::test]
async fn tuples_are_read_by_position_and_tables_as_they_are() {
    let fixture = Fixture::start().await;
    let [a, _] = jobs(&fixture).await;
    let text = "SELECT id, correlation_id, ARRAY['x', 'y'], 7::smallint, true, correlation_id FROM scheduler.graph_jobs WHERE correlation_id = $1";
    type Columns = (
        Id<GraphJob>,
        String,
        Vec<String>,
        i16,
        bool,
        Option<Sensitive<String>>,
    );
    let found = a.query(text).bind("trace").first::<Columns>().await;
    let (id, trace, words, small, is_true, secret) = found.expect("reads").expect("a row");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(
        (trace.as_str(), words.as_slice(), small, is_true),
        ("trace", ["x", "y"].as_slice(), 7, true)
    );
    assert_eq!(secret, Some("trace".to_string().into()));

    let job = a.repository::<GraphJobRepository>().get(id).await.expect("reads");
    let whole = a
        .query("SELECT * FROM scheduler.graph_jobs WHERE id = $1")
        .bind(id);
    assert_eq!(whole.first::<GraphJob>().await.expect("reads"), job);

    let none = || a.query("SELECT id FROM scheduler.graph_jobs WHERE false");
    assert_eq!(none().all::<(Id<GraphJob>,)>().await.expect("reads"), []);
    assert_eq!(none().first::<(Id<GraphJob>,)>().await.expect("reads"), None);
    refused!(
        none().one::<(Id<GraphJob>,)>().await,
        Error::RowNumber { number: 0 }
    );
    let all = a.query("SELECT id FROM scheduler.graph_jobs");
    refused!(all.one::<(Id<GraphJob>,)>().await, Error::RowNumber { number: 3 });
}

#[derive(Debug, QueryRow)]
#[allow(dead_code)]
struct Wide {
    a: i32,
    b: i32,
    c: i32,
    d: i32,
    e: i32,
    f: i32,
    g: i32,
    h: i32,
    i: i32,
    j: i32,
    k: i32,
    l: i32,
    m: i32,
    n: i32,
    o: i32,
    p: i32,
}

#[tokio::test]
async fn a_row_may_have_more_columns_than_a_tuple_holds() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let text = "SELECT 16 AS p, 15 AS o, 14 AS n, 13 AS m, 12 AS l, 11 AS k, 10 AS j, 9 AS i, 8 AS h, 7 AS g, 6 AS f, 5 AS e, 4 AS d, 3 AS c, 2 AS b, 1 AS a";
    let row = scope.query(text).one::<Wide>().await.expect("reads");
    assert_eq!((row.a, row.m, row.n, row.o, row.p), (1, 13, 14, 15, 16));
    let null = scope.query(AssertSqlSafe(text.replace("15 AS o", "NULL::int AS o")));
    let said = null.one::<Wide>().await.expect_err("refused").to_string();
    assert!(said.contains("the column `o` is NULL"), "{said}");
}

/// Neither text names a tenant, and the second asks for another one's rows.
#[tokio::test]
async fn no_text_sees_the_rows_of_another_tenant() {
    let fixture = Fixture::start().await;
    let [a, b] = jobs(&fixture).await;
    for _ in 0..3 {
        assert_eq!((number(&a).await, number(&b).await), (3, 1));
    }
    assert_eq!(number(&fixture.tenant("c")).await, 0);
    let others =
        "SELECT tenant_id FROM scheduler.graph_jobs WHERE tenant_id <> $1 OR tenant_id = 'b' OR true";
    let seen = a.query(others).bind(tenant("a")).all::<(TenantId,)>().await;
    assert_eq!(
        seen.expect("reads"),
        [(tenant("a"),), (tenant("a"),), (tenant("a"),)]
    );
}

#[tokio::test]
async fn what_is_executed_leaves_other_tenants_alone() {
    let fixture = Fixture::start().await;
    let [a, b] = jobs(&fixture).await;
    let update = "UPDATE scheduler.graph_jobs SET attempts = attempts + $1";
    assert_eq!(b.query(update).bind(5).execute().await.expect("updates"), 1);
    let of_a = "DELETE FROM scheduler.graph_jobs WHERE tenant_id = $1";
    assert_eq!(
        b.query(of_a).bind(tenant("a")).execute().await.expect("deletes"),
        0
    );
    let copy = "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, status, payload) SELECT $1, gen_random_uuid(), type, status, payload FROM scheduler.graph_jobs";
    refused!(
        b.query(copy).bind(tenant("a")).execute().await,
        Error::Denied { .. }
    );
    let moved = b
        .query("UPDATE scheduler.graph_jobs SET tenant_id = 'a'")
        .execute()
        .await;
    refused!(moved, Error::Denied { .. });
    assert_eq!(
        b.query(copy).bind(tenant("b")).execute().await.expect("inserts"),
        1
    );

    let attempts = "SELECT tenant_id, attempts FROM scheduler.graph_jobs ORDER BY attempts";
    let of = async |scope: &TenantScope| {
        scope
            .query(attempts)
            .all::<(TenantId, i32)>()
            .await
            .expect("reads")
    };
    assert_eq!(
        of(&a).await,
        [(tenant("a"), 0), (tenant("a"), 0), (tenant("a"), 0)]
    );
    assert_eq!(of(&b).await, [(tenant("b"), 0), (tenant("b"), 5)]);
    let gone = a
        .query("DELETE FROM scheduler.graph_jobs RETURNING attempts")
        .all::<(i32,)>()
        .await;
    assert_eq!(gone.expect("deletes").len(), 3);
    assert_eq!((number(&a).await, number(&b).await), (0, 2));
}

#[tokio::test]
async fn a_query_is_one_exchange() {
    let fixture = Fixture::start().await;
    jobs(&fixture).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let scope = db.tenant(&tenant("a"));
    let update = "UPDATE scheduler.graph_jobs SET attempts = attempts + 1 WHERE status = $1";
    for _ in 0..2 {
        proxy.reset_counts();
        assert_eq!(number(&scope).await, 3);
        let changed = scope.query(update).bind(GraphJobStatus::Queued).execute().await;
        assert_eq!(changed.expect("updates"), 2);
    }
    let seen = proxy.snapshot();
    assert_eq!(
        (proxy.count(Peer::Backend, b'Z'), seen.exchanges),
        (2, 2),
        "{seen}"
    );
    assert_eq!(proxy.count(Peer::Frontend, b'P'), 0, "all was prepared: {seen}");
}

/// The driver would otherwise send the second as a parameter of the first one's type.
#[tokio::test]
async fn one_text_takes_parameters_of_other_types() {
    let (fixture, _pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    let text = "SELECT pg_typeof($1)::text, $1::text";
    for _ in 0..2 {
        let typed = [
            scope.query(text).bind(7_i16),
            scope.query(text).bind(7_i64),
            scope.query(text).bind("7"),
            scope.query(text).bind(tenant("7")),
        ];
        for (query, expected) in typed.into_iter().zip(["smallint", "bigint", "text", "text"]) {
            let said = query.one::<(String, String)>().await.expect("reads");
            assert_eq!(said, (expected.into(), "7".into()));
        }
    }
}

#[derive(Debug, QueryRow)]
#[allow(dead_code)]
struct Counted {
    status: GraphJobStatus,
    number: i64,
}

#[tokio::test]
async fn what_does_not_fit_is_told_by_column_and_struct_without_values() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let counted = async |text: &'static str| {
        let error = scope.query(text).all::<Counted>().await.expect_err(text);
        assert_eq!(error.code(), Some("SDB0919"));
        error.to_string()
    };
    for (text, said) in [
        (
            "SELECT 1::smallint AS status, 2 AS count",
            "the result has no column `number`; it has `status`, `count`",
        ),
        (
            "SELECT 1::smallint AS status, NULL::bigint AS number",
            "the column `number` is NULL, and is not read into an `Option`",
        ),
        (
            "SELECT 1::smallint AS status, 2::bigint AS number, 3::bigint AS number",
            "the result has more than one column `number`: give the others another name with AS",
        ),
        (
            "SELECT 77::smallint AS status, 2::bigint AS number",
            "the column `status` cannot be read: it holds no value of the enum `scheduler.graph_job_status`",
        ),
    ] {
        assert_eq!(
            counted(text).await,
            format!("a row of the query cannot be read as `Counted`: {said}")
        );
    }
    let said = counted("SELECT 'secret' AS status, 2::bigint AS number").await;
    assert!(
        said.contains("the column `status` cannot be read: mismatched types") && said.contains("TEXT"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");

    let number = scope.query("SELECT 1, 2").all::<(i32,)>().await;
    refused!(
        number,
        Error::QueryRow {
            row: "tuple of 1",
            cause: DecodeError::ColumnNumber { wanted: 1, found: 2 }
        }
    );
    let type_of = scope
        .query("SELECT 1 AS one, 'secret' AS two")
        .all::<(i32, i32)>()
        .await;
    refused!(type_of, Error::QueryRow { cause: DecodeError::Misfit { ref column, ref cause }, .. } if column == "two" && !cause.contains("secret"));
    let hidden = scope
        .query("SELECT 'secret' AS two")
        .all::<(Sensitive<i32>,)>()
        .await;
    refused!(hidden, Error::QueryRow { cause: DecodeError::Misfit { ref cause, .. }, .. } if cause.contains("not shown"));
    let server = scope
        .query("SELECT 'secret'::text::int")
        .all::<(i32,)>()
        .await
        .expect_err("no number");
    assert!(!server.to_string().contains("secret"), "{server}");
}

#[tokio::test]
async fn the_system_login_runs_no_query() {
    let fixture = Fixture::start().await;
    jobs(&fixture).await;
    let system = fixture.db.system("a look around").await.expect("opens");
    let scope = system.tenant(&tenant("a"));
    let transaction = scope.begin().await.expect("begins");
    for query in [
        scope.query(COUNT),
        system.global_rows().query(COUNT),
        transaction.query(COUNT),
    ] {
        let error = query.all::<(i64,)>().await.expect_err("refused");
        assert_eq!(error.code(), Some("SDB0917"));
        assert!(
            error.to_string().contains("database.tenant(…).query(…)"),
            "{error}"
        );
    }
    let delete = scope.query("DELETE FROM scheduler.graph_jobs").execute().await;
    refused!(delete, Error::QueryAsSystem);
    // Nothing was sent: the transaction is whole.
    transaction.commit().await.expect("commits");
    system.close().await.expect("closes");
    let statements: i64 = value(
        &mut fixture.superuser().await,
        "SELECT statements FROM stellaops.system_access",
    )
    .await;
    assert_eq!(statements, 0);
    let left: i64 = value(&mut fixture.superuser().await, COUNT).await;
    assert_eq!(left, 4);
}

#[tokio::test]
async fn nothing_of_a_query_stays_on_its_connection() {
    let (fixture, pool): (_, PgPool) = Fixture::on_one_connection().await;
    let [a, _] = jobs(&fixture).await;
    assert_eq!(number(&a).await, 3);
    a.query("UPDATE scheduler.graph_jobs SET attempts = 1")
        .execute()
        .await
        .expect("updates");
    refused!(a.query("SELECT 1 / 0").execute().await, Error::Database(_));
    let mut connection = pool.acquire().await.expect("the connection");
    assert_unbound(&mut connection, "graph_jobs").await;
}

#[tokio::test]
async fn a_query_is_one_statement_on_data_with_a_value_for_each_parameter() {
    let fixture = Fixture::start().await;
    jobs(&fixture).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let scope = db.tenant(&tenant("a"));
    proxy.reset_counts();
    for text in [
        "BEGIN",
        "commit",
        " /* a */ SET app.tenant_id = 'b'",
        "COPY scheduler.graph_jobs TO STDOUT",
        "LISTEN x",
        "",
    ] {
        let refused = scope.query(text).execute().await.expect_err(text);
        assert_eq!(refused.code(), Some("SDB0918"), "{text}");
    }
    // The tenant is the parameter behind the last one, and is not read as a forgotten value.
    let missing = scope
        .query("SELECT $1::text, $2::text")
        .bind("x")
        .all::<(String, String)>()
        .await;
    refused!(missing, Error::QueryParameters { named: 2, bound: 1 });
    let too_many = scope
        .query("SELECT '$2' || $1")
        .bind("x")
        .bind("y")
        .all::<(String,)>()
        .await;
    refused!(too_many, Error::QueryParameters { named: 1, bound: 2 });
    refused!(
        scope.query("SELECT $1::text").bind("a\0b").execute().await,
        Error::Encode(_)
    );
    assert_eq!(proxy.snapshot().exchanges, 0, "nothing was sent");

    let two = scope
        .query("SELECT 1; DELETE FROM scheduler.graph_jobs")
        .execute()
        .await;
    refused!(two, Error::Database(ref said) if said.code == "42601" && said.message.contains("multiple commands"));
    assert_eq!(number(&scope).await, 3);
}

#[tokio::test]
async fn a_query_takes_part_in_its_transaction() {
    let fixture = Fixture::start().await;
    let [a, b] = jobs(&fixture).await;
    let delete = "DELETE FROM scheduler.graph_jobs";
    let inside = async |transaction: &stellaops_db::Transaction| {
        let (number,) = transaction.query(COUNT).one::<(i64,)>().await.expect("counts");
        number
    };
    let transaction = a.begin().await.expect("begins");
    assert_eq!(transaction.query(delete).execute().await.expect("deletes"), 3);
    let added = transaction
        .repository::<GraphJobRepository>()
        .insert(graph_job(1))
        .await;
    let added = added.expect("inserts");
    assert_eq!((inside(&transaction).await, number(&a).await), (1, 3));
    transaction.rollback().await.expect("rolls back");
    assert_eq!((number(&a).await, number(&b).await), (3, 1));

    let transaction = a.begin().await.expect("begins");
    assert_eq!(transaction.query(delete).execute().await.expect("deletes"), 3);
    let query = transaction
        .query("SELECT id FROM scheduler.graph_jobs WHERE id = $1")
        .bind(added.id);
    transaction.commit().await.expect("commits");
    refused!(query.first::<(Id<GraphJob>,)>().await, Error::TransactionEnded);
    assert_eq!((number(&a).await, number(&b).await), (0, 1));

    let transaction = b.begin().await.expect("begins");
    refused!(
        transaction.query("SELECT 1 / 0").execute().await,
        Error::Database(_)
    );
    refused!(transaction.commit().await, Error::TransactionFailed);
}

#[tokio::test]
async fn a_query_shows_its_text_and_no_value() {
    let fixture = Fixture::start().await;
    let query = fixture.tenant("a").query("SELECT $1::text").bind("secret");
    assert_eq!(format!("{query:?}"), "Query(\"SELECT $1::text\")");
}

#[tokio::test]
async fn a_time_that_no_calendar_has_is_told_and_is_no_panic() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    for text in [
        "SELECT 'infinity'::timestamptz AS at",
        "SELECT '-infinity'::timestamptz AS at",
        "SELECT '294000-01-01Z'::timestamptz AS at",
    ] {
        let read = scope.query(text).one::<(Timestamp,)>().await;
        refused!(read, Error::QueryRow { cause: DecodeError::Misfit { ref column, .. }, .. } if column == "at");
    }
    for text in [
        "SELECT 'infinity'::date AS at",
        "SELECT '5000000-01-01'::date AS at",
    ] {
        let read = scope.query(text).one::<(chrono::NaiveDate,)>().await;
        refused!(read, Error::QueryRow { cause: DecodeError::Misfit { ref column, .. }, .. } if column == "at");
    }
    let text =
        "SELECT '1999-12-31T23:59:59.999999Z'::timestamptz, '0001-01-01'::date, '262000-01-01Z'::timestamptz";
    let (time, day, late) = scope
        .query(text)
        .one::<(Timestamp, chrono::NaiveDate, Timestamp)>()
        .await
        .expect("reads");
    assert_eq!(
        (time.to_string().as_str(), day.to_string().as_str()),
        ("1999-12-31T23:59:59.999999Z", "0001-01-01")
    );
    assert!(late > time);
}

#[tokio::test]
async fn a_table_that_gets_a_column_costs_one_call_at_most() {
    let (fixture, _pool) = Fixture::on_one_connection().await;
    let [a, _] = jobs(&fixture).await;
    let whole = || a.query("SELECT * FROM scheduler.graph_jobs").all::<GraphJob>();
    assert_eq!(whole().await.expect("reads").len(), 3);
    run(
        &mut fixture.superuser().await,
        "ALTER TABLE scheduler.graph_jobs ADD COLUMN more text",
    )
    .await
    .expect("adds");
    refused!(whole().await, Error::Database(ref said) if said.code == "0A000");
    assert_eq!(whole().await.expect("reads again").len(), 3);
}
