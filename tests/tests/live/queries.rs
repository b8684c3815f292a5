//! SQL of one's own through a scope: one exchange, and the walls of every other call.

use sqlx::PgPool;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use stellaops_db::{Error, Id, Outcome, TenantId, TenantScope};

use crate::exchanges::assert_unbound;
use crate::samples::*;
use crate::support::*;

const COUNT: &str = "SELECT count(*) FROM scheduler.graph_jobs";

/// Tenant `a` has three jobs, two of them queued; `b` has one.
pub(crate) async fn jobs(fixture: &Fixture) -> [TenantScope; 2] {
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

/// A text can bind a tenant for the whole session, which is a limit that the documentation states; whoever
/// comes next is refused, and not on that connection again.
#[tokio::test]
async fn a_tenant_that_a_text_leaves_on_a_connection_is_refused_once_and_then_gone() {
    let fixture = Fixture::with(|config| config.with_max_connections(1)).await;
    if is_pooled("what a text sets for a session stays with the pooler") {
        return;
    }
    let [a, b] = jobs(&fixture).await;
    let (left,): (String,) = a
        .query("SELECT set_config('app.tenant_id', 'a', false)")
        .one()
        .await
        .expect("is evaluated");
    assert_eq!(left, "a");
    refused!(
        b.query("SELECT count(*) FROM scheduler.graph_jobs")
            .one::<(i64,)>()
            .await,
        Error::AnotherTenantBound
    );
    assert_eq!((number(&b).await, number(&a).await), (1, 3));
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
    let error = whole().await.expect_err("the statement is of the old columns");
    assert!(
        matches!(&error, Error::Database(said) if said.code == "0A000"),
        "{error:?}"
    );
    assert_eq!(error.outcome(), Outcome::TryAgain);
    assert_eq!(whole().await.expect("reads again").len(), 3);
}

#[tokio::test]
async fn whether_to_try_again_is_told_by_what_the_server_says() {
    let fixture = Fixture::start().await;
    run(
        &mut fixture.superuser().await,
        "CREATE FUNCTION scheduler.fail(code text) RETURNS integer LANGUAGE plpgsql \
            AS $$ BEGIN RAISE 'it fails' USING ERRCODE = code; END $$",
    )
    .await
    .expect("is made");
    for (code, outcome) in [
        ("0A000", Outcome::Refused),
        ("40001", Outcome::TryAgain),
        ("40003", Outcome::Unknown),
    ] {
        let query = fixture.tenant("a").query("SELECT scheduler.fail($1)").bind(code);
        let error = query.all::<(i32,)>().await.expect_err("fails");
        assert_eq!(error.outcome(), outcome, "{error:?}");
    }
}
