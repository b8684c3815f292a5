//! Behind PgBouncer: what is found out when a program connects, and that calls go on whichever of the server's
//! connections they meet.

use std::path::PathBuf;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{PgBouncer, shared_server};
use stellaops_db::{Config, ConnectError, Database, Error};

use crate::samples::*;
use crate::support::*;

/// The pooler, or a word about why there is none.
fn program() -> Option<PathBuf> {
    let found = PgBouncer::find();
    if found.is_none() {
        eprintln!("SKIPPED: there is no PgBouncer; install it, or name one by STELLAOPS_DB_TEST_PGBOUNCER");
    }
    found
}

async fn pooler(settings: &[(&str, &str)]) -> Option<PgBouncer> {
    let server = shared_server().await;
    let program = program()?;
    let started = PgBouncer::start(server, &program, settings).await;
    Some(started.unwrap_or_else(|error| panic!("{error}")))
}

/// As [`pooler`], where it can keep prepared statements.
async fn keeping(settings: &[(&str, &str)]) -> Option<PgBouncer> {
    let pooler = pooler(settings).await?;
    if !pooler.keeps_statements() {
        eprintln!("SKIPPED: {:?} keeps no prepared statements", pooler.version());
        return None;
    }
    Some(pooler)
}

fn through(pooler: &PgBouncer, fixture: &Fixture) -> Config {
    let database = fixture.database.name();
    Config::from_options(pooler.connect_options_as(database, APPLICATION))
        .with_system_options(pooler.connect_options_as(database, SYSTEM))
        .with_max_connections(8)
}

#[tokio::test]
async fn many_connections_share_few_of_the_servers() {
    let fixture = Fixture::start().await;
    let Some(pooler) = keeping(&[("default_pool_size", "2")]).await else {
        return;
    };
    let db = Database::connect(&through(&pooler, &fixture))
        .await
        .expect("connects");
    let tenants = (0..40).map(|number| tenant(&format!("tenant {number}")));
    let scopes: Vec<_> = tenants.map(|tenant| db.tenant(&tenant)).collect();
    let runners = || Worker::BY_KIND.of(WorkerKind::Runner);
    let work = scopes.iter().map(async |scope| {
        let workers = scope.repository::<WorkerRepository>();
        workers.insert_many((0..50).map(worker)).await?;
        let transaction = scope.begin().await?;
        let within = transaction.repository::<WorkerRepository>();
        let again = transaction
            .savepoint(async || within.insert(worker(7)).await)
            .await?;
        refused!(again, Error::UniqueViolation { key: Some(key), .. } if key.name == Some("name"));
        within.insert(worker(50)).await?;
        transaction.commit().await?;
        let page = workers.list(runners()).limit(20).await;
        let rows = workers.list(runners()).stream();
        let rows: Vec<Worker> = rows.try_collect().await?;
        assert_eq!((page?.rows.len(), rows.len()), (20, 38));
        workers.count([]).await
    });
    let counts = try_join_all(work).await.expect("all goes on");
    assert_eq!(counts, [51; 40]);
}

/// So few that each call makes another one's statement give way.
#[tokio::test]
async fn fewer_kept_statements_than_there_are_cost_time_and_nothing_else() {
    let fixture = Fixture::start().await;
    let settings = [("default_pool_size", "2"), ("max_prepared_statements", "3")];
    if keeping(&[]).await.is_none() {
        return;
    }
    let pooler = pooler(&settings).await.expect("it was there just now");
    let db = Database::connect(&through(&pooler, &fixture))
        .await
        .expect("connects");
    let scope = db.tenant(&tenant("a"));
    for number in 1..4 {
        fill(&scope, number).await;
    }
    let jobs = scope.repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("counts"), 3);
}

#[tokio::test]
async fn a_pooler_that_keeps_no_prepared_statements_is_refused() {
    let fixture = Fixture::start().await;
    let Some(mut pooler) = pooler(&[]).await else {
        return;
    };
    if pooler.keeps_statements() {
        let settings = [("max_prepared_statements", "0")];
        pooler = self::pooler(&settings).await.expect("it was there just now");
    }
    let refused = Database::connect(&through(&pooler, &fixture)).await;
    let told = refused
        .as_ref()
        .map_err(ToString::to_string)
        .err()
        .unwrap_or_default();
    assert!(told.contains("max_prepared_statements = 2048"), "{told}");
    refused!(refused, ConnectError::PreparedStatements { needed: 2048 });
}

/// Its connections to the server come in turn: the first statement of a connection finds a fresh one.
#[tokio::test]
async fn it_is_refused_too_when_it_gives_its_connections_in_turn() {
    let fixture = Fixture::start().await;
    let settings = [("server_round_robin", "1"), ("default_pool_size", "3")];
    let Some(mut pooler) = pooler(&settings).await else {
        return;
    };
    if pooler.keeps_statements() {
        let settings = [&settings[..], &[("max_prepared_statements", "0")]].concat();
        pooler = self::pooler(&settings).await.expect("it was there just now");
    }
    refused!(
        Database::connect(&through(&pooler, &fixture)).await,
        ConnectError::PreparedStatements { .. }
    );
}

#[tokio::test]
async fn a_parameter_that_the_pooler_refuses_is_named() {
    let fixture = Fixture::start().await;
    for (ignored, refused) in [
        ("", "extra_float_digits"),
        ("extra_float_digits", "options statement_timeout"),
    ] {
        let Some(pooler) = pooler(&[("ignore_startup_parameters", ignored)]).await else {
            return;
        };
        let Err(ConnectError::StartupParameter { parameter }) =
            Database::connect(&through(&pooler, &fixture)).await
        else {
            panic!("it was not refused");
        };
        assert!(refused.split(' ').any(|known| known == parameter), "{parameter}");
    }
}

#[tokio::test]
async fn a_pooler_of_statements_is_refused() {
    let fixture = Fixture::start().await;
    let Some(pooler) = keeping(&[("pool_mode", "statement")]).await else {
        return;
    };
    refused!(
        Database::connect(&through(&pooler, &fixture)).await,
        ConnectError::StatementPooling
    );
}

#[tokio::test]
async fn any_version_serves_in_session_mode() {
    let fixture = Fixture::start().await;
    let settings = [("pool_mode", "session"), ("server_reset_query", "DISCARD ALL")];
    let Some(pooler) = pooler(&settings).await else {
        return;
    };
    let db = Database::connect(&through(&pooler, &fixture))
        .await
        .expect("connects");
    fill(&db.tenant(&tenant("a")), 1).await;
}

/// Nothing can be found out there, and a program starts all the same.
#[tokio::test]
async fn a_pool_of_one_connection_is_taken() {
    let fixture = Fixture::start().await;
    let Some(pooler) = keeping(&[("default_pool_size", "1")]).await else {
        return;
    };
    let db = Database::connect(&through(&pooler, &fixture))
        .await
        .expect("connects");
    fill(&db.tenant(&tenant("a")), 1).await;
}
