//! The tenant is bound by its parameter, once a transaction, and by nothing else.

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection, Row};
use stellaops_db::__private::Table;
use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{ProxyOptions, WireProxy, shared_server};

use crate::exchanges::assert_unbound;
use crate::isolation::Bound;
use crate::protocol::{RawClient, error_field, first_column};
use crate::samples::{build_job, graph_job};
use crate::support::*;

const TENANTS: &str = "SELECT tenant_id FROM scheduler.graph_jobs WHERE tenant_id = $1::text OR true";

/// Two tenants with a job each.
async fn two_tenants() -> Fixture {
    let fixture = Fixture::start().await;
    for tenant in ["a", "b"] {
        let jobs = fixture.tenant(tenant).repository::<GraphJobRepository>();
        jobs.insert(graph_job(0)).await.expect("inserts");
    }
    fixture
}

async fn domain(fixture: &Fixture) -> u32 {
    let oid: i64 = value(
        &mut fixture.superuser().await,
        "SELECT 'stellaops.tenant'::regtype::oid::bigint",
    )
    .await;
    u32::try_from(oid).expect("an oid has 32 bits")
}

/// A client of the raw protocol; none where the server asks for a password.
async fn raw_client(fixture: &Fixture) -> Option<(WireProxy, RawClient)> {
    let server = shared_server().await;
    if server.is_external() {
        println!("the raw client knows no password");
        return None;
    }
    let proxy = WireProxy::start(server, ProxyOptions::default())
        .await
        .expect("starts");
    let client = RawClient::connect(proxy.port(), APPLICATION, fixture.database.name());
    Some((proxy, client))
}

#[tokio::test]
async fn two_tenants_in_one_transaction_are_refused_by_the_database() {
    let fixture = two_tenants().await;
    let mut connection = fixture.application().await;
    let mut transaction = connection.begin().await.expect("begins");
    let select = |tenant| sqlx::query(TENANTS).bind(Bound(tenant));
    let rows = select("a").fetch_all(&mut *transaction).await.expect("reads");
    assert_eq!(rows.len(), 1);
    let rows = select("a").fetch_all(&mut *transaction).await.expect("again");
    assert_eq!(rows.len(), 1);
    let error = select("b")
        .fetch_all(&mut *transaction)
        .await
        .expect_err("refused");
    assert!(matches!(Error::from(error), Error::AnotherTenantBound));
    transaction.rollback().await.expect("rolls back");
    assert_unbound(&mut connection, "graph_jobs").await;
}

#[tokio::test]
async fn rolling_back_to_a_savepoint_frees_the_tenant() {
    let fixture = two_tenants().await;
    let mut connection = fixture.application().await;
    let mut transaction = connection.begin().await.expect("begins");
    for tenant in ["a", "b"] {
        let mut savepoint = transaction.begin().await.expect("a savepoint");
        let rows = sqlx::query(TENANTS)
            .bind(Bound(tenant))
            .fetch_all(&mut *savepoint)
            .await;
        let rows = rows.expect("reads");
        assert_eq!(
            rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>(),
            [tenant]
        );
        savepoint.rollback().await.expect("rolls back");
        let free =
            sqlx::query_scalar::<_, String>("SELECT coalesce(current_setting('app.tenant_id', true), '')");
        assert_eq!(free.fetch_one(&mut *transaction).await.expect("is told"), "");
    }
}

/// All in one exchange and one implicit transaction: the second Bind comes before the first Execute.
#[tokio::test]
async fn two_tenants_bound_before_one_sync_never_mix() {
    let fixture = two_tenants().await;
    let domain = domain(&fixture).await;
    let Some((_proxy, mut client)) = raw_client(&fixture).await else {
        return;
    };
    client.parse("s", TENANTS, &[domain]).sync().answer();
    client.bind("first", "s", &["a"]).bind("second", "s", &["b"]);
    let answer = client.execute("first").execute("second").sync().answer();
    assert_eq!(first_column(&answer), [""; 0]);
    assert_eq!(
        error_field(&answer, b'n').as_deref(),
        Some("one_tenant_per_transaction")
    );

    client
        .bind("", "s", &["a"])
        .execute("")
        .bind("", "s", &["b"])
        .execute("");
    let answer = client.sync().answer();
    assert_eq!(first_column(&answer), ["a"]);
    assert_eq!(error_field(&answer, b'C').as_deref(), Some("23514"));

    let answer = client.bind("", "s", &["b"]).execute("").sync().answer();
    assert_eq!(first_column(&answer), ["b"]);
}

#[tokio::test]
async fn pipelined_tenants_with_a_sync_each_get_their_own_rows() {
    let fixture = two_tenants().await;
    let domain = domain(&fixture).await;
    let Some((_proxy, mut client)) = raw_client(&fixture).await else {
        return;
    };
    client.parse("s", TENANTS, &[domain]).sync().answer();
    let tenants = ["a", "b", "b", "a"].repeat(8);
    for tenant in &tenants {
        client.bind("", "s", &[tenant]).execute("").sync();
    }
    for tenant in &tenants {
        assert_eq!(first_column(&client.answer()), [*tenant]);
    }
}

#[tokio::test]
async fn a_pipelining_driver_never_mixes_tenants() {
    let fixture = two_tenants().await;
    let proxy = WireProxy::start(shared_server().await, ProxyOptions::default())
        .await
        .expect("starts");
    let url = proxy.url(fixture.database.name(), APPLICATION);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .expect("connects");
    let driving = tokio::spawn(connection);
    let tenant = tokio_postgres::types::Type::new(
        "tenant".into(),
        domain(&fixture).await,
        tokio_postgres::types::Kind::Domain(tokio_postgres::types::Type::TEXT),
        "stellaops".into(),
    );
    let statement = client.prepare_typed(TENANTS, &[tenant]).await.expect("prepares");
    let tenants = ["a", "b"].repeat(50);
    let (client, statement) = (&client, &statement);
    proxy.reset_counts();
    let reads = tenants.iter().map(async |tenant| {
        let rows = client.query(statement, &[&Bound(tenant)]).await.expect("reads");
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    });
    for (tenant, rows) in tenants.iter().zip(join_all(reads).await) {
        assert_eq!(rows, [*tenant]);
    }
    assert!(
        proxy.exchanges() < 50,
        "they were pipelined: {}",
        proxy.snapshot()
    );
    driving.abort();
}

/// The type of the parameter is the binding: a cast in the text comes too late, or binds nothing.
#[tokio::test]
async fn a_cast_in_the_text_is_no_substitute() {
    let fixture = two_tenants().await;
    let mut connection = fixture.application().await;
    let cast =
        "SELECT tenant_id FROM scheduler.graph_jobs WHERE tenant_id = ($1::text)::stellaops.tenant::text";
    let plain = "SELECT tenant_id FROM scheduler.graph_jobs WHERE tenant_id = $1::text";
    for sql in [cast, plain] {
        for _ in 0..8 {
            let read = sqlx::query(sql).bind("a").fetch_all(&mut connection).await;
            assert_eq!(code(read.map(|rows| rows.len())), "SD001", "{sql}");
        }
    }
}

/// A driver caches statements by text: prepared with a plain text first, the scoped call of the same
/// text binds nobody. It fails, and the connection is not used again.
#[tokio::test]
async fn a_text_that_was_prepared_with_a_plain_string_costs_the_connection() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(0)).await.expect("inserts");
    let poison = async || {
        let mut connection = pool.acquire().await.expect("the connection");
        let plain = sqlx::query(GraphJob::DESCRIPTOR.statements.get);
        let read = plain
            .bind("a")
            .bind(job.id.uuid())
            .execute(&mut *connection)
            .await;
        assert_eq!(code(read), "SD001");
        value::<i32>(&mut connection, "SELECT pg_backend_pid()").await
    };
    let first = poison().await;
    refused!(jobs.get(job.id).await, Error::NoTenantBound);
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job.clone()));
    let mut connection = pool.acquire().await.expect("another connection");
    let second: i32 = value(&mut connection, "SELECT pg_backend_pid()").await;
    assert_ne!(first, second);
    connection.close().await.expect("closes");

    poison().await;
    let transaction = scope.begin().await.expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    refused!(inside.get(job.id).await, Error::NoTenantBound);
    transaction.rollback().await.expect("rolls back");
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
}

/// One prepared statement, both plans, two tenants by turns: a plan remembers no tenant.
#[tokio::test]
async fn a_prepared_statement_leaks_nothing_from_one_tenant_to_the_next() {
    for mode in ["auto", "force_generic_plan", "force_custom_plan"] {
        let fixture = two_tenants().await;
        let options = fixture.database.connect_options_as(APPLICATION);
        let pool = one_connection(options.options([("plan_cache_mode", mode)])).await;
        let db = stellaops_db::Database::from_pool(pool, [])
            .await
            .expect("is walled off");
        let ids = async |name| {
            let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
            jobs.list_by_newest().await.expect("lists").rows[0].id
        };
        let (of_a, of_b) = (ids("a").await, ids("b").await);
        for _ in 0..12 {
            for (name, own, other) in [("a", of_a, of_b), ("b", of_b, of_a)] {
                let jobs = db.tenant(&tenant(name)).repository::<GraphJobRepository>();
                assert_eq!(jobs.get(other).await.expect("reads"), None, "{mode}");
                assert_eq!(
                    jobs.get(own).await.expect("reads").expect("its own").tenant_id,
                    tenant(name)
                );
                assert_eq!(jobs.count([]).await.expect("counts"), 1, "{mode}");
                let page = jobs.list_by_newest().await.expect("lists");
                assert_eq!(
                    page.rows.iter().map(|job| job.id).collect::<Vec<_>>(),
                    [own],
                    "{mode}"
                );
            }
        }
    }
}

/// As behind a pooler that gives a server connection to another client for each transaction.
#[tokio::test]
async fn clients_that_alternate_on_one_connection_see_their_own_rows() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let jobs = ["a", "b", "c"].map(|name| fixture.tenant(name).repository::<GraphJobRepository>());
    for round in 1..=5_u32 {
        for (position, jobs) in jobs.iter().enumerate() {
            jobs.insert_build(build_job(round), None).await.expect("inserts");
            assert_eq!(
                jobs.count([]).await.expect("counts"),
                u64::from(round),
                "{position}"
            );
        }
    }
    let mut connection = pool.acquire().await.expect("the connection");
    assert_unbound(&mut connection, "graph_jobs").await;
    assert_left_nothing(&mut connection).await;
}

/// Neither settings, cursors, temporary tables nor locks are left on a connection.
async fn assert_left_nothing(connection: &mut PgConnection) {
    let left = "SELECT (SELECT count(*) FROM pg_cursors WHERE is_holdable) + (SELECT count(*) FROM pg_class WHERE relpersistence = 't') \
        + (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')";
    assert_eq!(value::<i64>(connection, left).await, 0);
}
