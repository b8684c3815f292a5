//! What the rows of one's own SQL are read into, and what is said of those that do not fit.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{AssertSqlSafe, DecodeError, Error, Id, QueryRow, Sensitive, Timestamp};

use crate::queries::jobs;
use crate::samples::*;
use crate::support::*;

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
