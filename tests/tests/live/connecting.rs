//! Who may connect, to what, and what the sessions are like.

use std::time::{Duration, Instant};

use sqlx::Connection;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, ConnectError, Database, Error};

use crate::samples::*;
use crate::support::*;

async fn connect_as(database: &TestDatabase, login: &str) -> Result<Database, ConnectError> {
    Database::connect(&Config::from_options(database.connect_options_as(login))).await
}

#[tokio::test]
async fn a_login_that_could_see_through_row_level_security_is_refused() {
    let database = copy().await;
    let server = shared_server().await;
    let config = Config::from_options(database.connect_options());
    refused!(
        Database::connect(&config).await,
        ConnectError::UnsafeRole {
            why: "is a superuser",
            ..
        }
    );
    refused!(
        connect_as(&database, SYSTEM).await,
        ConnectError::UnsafeRole { role, why: "has BYPASSRLS" } if role == SYSTEM
    );
    ensure_login(server, "live_owner", &["scheduler_owner", "scheduler_app"], false)
        .await
        .expect("is made");
    refused!(
        connect_as(&database, "live_owner").await,
        ConnectError::UnsafeRole { why, .. } if why.contains("owns tables")
    );
    ensure_login(server, "live_indirect", &["stellaops_system"], false)
        .await
        .expect("is made");
    refused!(
        connect_as(&database, "live_indirect").await,
        ConnectError::UnsafeRole { why, .. } if why.contains("is a member of a role")
    );
    connect_as(&database, APPLICATION)
        .await
        .expect("a service's login is fine");
}

/// As in a URL: the driver's options can say the same.
#[tokio::test]
async fn options_that_set_what_is_the_toolkits_alone_or_hold_a_nul_are_refused() {
    let database = copy().await;
    let login = || database.connect_options_as(APPLICATION);
    for (name, value, told) in [
        ("app.tenant_id", "a", "app.*"),
        ("row_security", "off", "row_security"),
        ("role", "stellaops_system", "role"),
        ("search_path", "public", "search_path"),
        ("session_replication_role", "replica", "session_replication_role"),
    ] {
        let set = login().options([(name, value)]);
        for config in [
            Config::from_options(set.clone()),
            config(&database).with_system_options(set.clone()),
            config(&database).with_replica_options(set.clone()),
        ] {
            let told = format!("leaves `{told}` alone");
            refused!(
                Database::connect(&config).await,
                ConnectError::Config(fault) if fault.to_string().contains(&told)
            );
        }
    }
    for (part, options) in [
        ("user", login().username("live_app\0options\0-c role=postgres")),
        ("database", login().database("x\0role\0postgres")),
        ("options", login().options([("geqo", "off\0role\0postgres")])),
    ] {
        let told = format!("the one in its {part} would be");
        refused!(
            Database::connect(&Config::from_options(options)).await,
            ConnectError::Config(fault) if fault.to_string().contains(&told)
        );
    }
}

#[tokio::test]
async fn a_database_without_the_schema_is_told_at_once() {
    let server = shared_server().await;
    let template = TemplateDatabase::prepare(server, "live empty", async |_| Ok::<(), sqlx::Error>(())).await;
    let database = template
        .expect("a template")
        .clone_database()
        .await
        .expect("a copy");
    ensure_login(server, "live_stranger", &[], false)
        .await
        .expect("is made");
    let started = Instant::now();
    refused!(
        connect_as(&database, "live_stranger").await,
        ConnectError::NotProvisioned
    );
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "without waiting for the pool's time to run out"
    );
}

#[tokio::test]
async fn a_login_without_rights_is_told_where_they_come_from() {
    let database = copy().await;
    let server = shared_server().await;
    ensure_login(server, "live_newcomer", &[], false)
        .await
        .expect("is made");
    refused!(
        connect_as(&database, "live_newcomer").await,
        ConnectError::NoRights { role } if role == "live_newcomer"
    );
}

/// It would see empty tables, and say nothing.
#[tokio::test]
async fn a_system_login_that_is_under_row_level_security_is_refused() {
    let database = copy().await;
    let config = Config::from_options(database.connect_options_as(APPLICATION))
        .with_system_options(database.connect_options_as(APPLICATION));
    refused!(
        Database::connect(&config).await,
        ConnectError::BlindSystemRole { role } if role == APPLICATION
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_login_that_does_not_exist() {
    let database = copy().await;
    let nowhere = database.connect_options_as(APPLICATION).host("127.0.0.1").port(1);
    let nowhere = Config::from_options(nowhere.socket("/nonexistent"));
    refused!(Database::connect(&nowhere).await, ConnectError::Failed(_));
    refused!(
        connect_as(&database, "live_nobody").await,
        ConnectError::Failed(_)
    );
}

#[tokio::test]
async fn sessions_have_a_name_a_time_zone_and_a_time_limit() {
    let fixture = Fixture::with(|config| config.with_statement_timeout(Duration::from_millis(1234))).await;
    if is_pooled("the time limit of a session") {
        return;
    }
    let mut connection = fixture.db.unscoped().acquire().await.expect("a connection");
    let settings = "SELECT concat_ws(' ', current_setting('application_name'), current_setting('TimeZone'), current_setting('statement_timeout'), session_user)";
    let settings: String = value(&mut connection, settings).await;
    assert_eq!(settings, format!("stellaops-db UTC 1234ms {APPLICATION}"));
}

#[tokio::test]
async fn a_statement_over_its_time_limit_is_cancelled() {
    let fixture = Fixture::with(|config| config.with_statement_timeout(Duration::from_millis(100))).await;
    if is_pooled("the time limit of a session") {
        return;
    }
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    let mut lock = superuser.begin().await.expect("begins");
    run(&mut lock, "LOCK TABLE scheduler.graph_jobs")
        .await
        .expect("locks");
    refused!(jobs.get(job.id).await, Error::Cancelled { .. });
    lock.rollback().await.expect("unlocks");
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
}

#[tokio::test]
async fn who_finds_no_free_connection_in_time_is_told() {
    let fixture = Fixture::with(|config| {
        config
            .with_max_connections(1)
            .with_acquire_timeout(Duration::from_millis(100))
    })
    .await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    let jobs = scope.repository::<GraphJobRepository>();
    let error = jobs.count([]).await.expect_err("the only connection is in use");
    assert!(matches!(error, Error::PoolTimeout) && error.is_retryable());
    refused!(scope.begin().await, Error::PoolTimeout);
    transaction.rollback().await.expect("rolls back");
    assert_eq!(jobs.count([]).await.expect("counts"), 0);
    // Tools have connections of their own.
    let transaction = scope.begin().await.expect("begins");
    fixture.db.unscoped().acquire().await.expect("a connection");
    drop(transaction);
}

/// What rests with the toolkit goes back to a pool that the program's other code uses.
#[tokio::test]
async fn a_shared_pool_serves_the_programs_other_code() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    for _ in 0..3 {
        jobs.count([]).await.expect("counts");
        drop(pool.acquire().await.expect("the one connection"));
    }
}

#[test]
fn a_database_is_dropped_without_a_runtime() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let fixture = runtime.block_on(async {
        let fixture = Fixture::start().await;
        fixture
            .tenant("a")
            .repository::<GraphJobRepository>()
            .count([])
            .await
            .expect("counts");
        fixture
    });
    drop(runtime);
    drop(fixture);
}

#[tokio::test]
async fn a_closed_database_says_so() {
    let fixture = Fixture::start().await;
    if is_pooled("no connection is left") {
        return;
    }
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.count([]).await.expect("counts");
    fixture.db.close().await;
    refused!(jobs.count([]).await, Error::Connection(sqlx::Error::PoolClosed));
    let mut superuser = fixture.superuser().await;
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{APPLICATION}' AND datname = current_database()"
    );
    // A session ends when it gets round to it.
    while value::<i64>(&mut superuser, left.as_str()).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
