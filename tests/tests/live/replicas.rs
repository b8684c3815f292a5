//! Reading from a replica: a hot standby of the server.

use std::time::Duration;

use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{PostgresServer, Standby, TemplateDatabase, TestDatabase, ensure_login};
use stellaops_db::{Config, ConnectError, Database, Error, Isolation};

use crate::samples::*;
use crate::support::*;

/// A server with a standby; the database lives on both.
struct Replicated {
    db: Database,
    database: TestDatabase,
    standby: Standby,
    _server: PostgresServer,
}

impl Replicated {
    /// None where the server is somebody else's.
    async fn start() -> Option<Self> {
        let server = PostgresServer::start().await.expect("a server");
        if server.is_external() {
            return None;
        }
        let template = TemplateDatabase::from_scripts(&server, "replicas", &[SQL]).await;
        let template = template.expect("the schema is applied");
        ensure_login(&server, APPLICATION, &["scheduler_app"], false)
            .await
            .expect("the login is made");
        let database = template.clone_database().await.expect("a copy");
        let standby = Standby::start(&server).await.expect("a standby");
        let replica = standby.connect_options_as(database.name(), APPLICATION);
        let config =
            Config::from_options(database.connect_options_as(APPLICATION)).with_replica_options(replica);
        Some(Replicated {
            db: Database::connect(&config).await.expect("connects"),
            database,
            standby,
            _server: server,
        })
    }
}

/// All that concerns a standby in one test: it is a server of its own.
#[tokio::test]
async fn a_replica_is_read_under_the_policies_and_refuses_what_is_written() {
    let Some(replicated) = Replicated::start().await else {
        return;
    };
    let scope = replicated.db.tenant(&tenant("a"));
    let own = scope.repository::<GraphJobRepository>();
    let rows = own
        .insert_many((0..3).map(queued))
        .returning()
        .await
        .expect("inserts");
    let others = replicated
        .db
        .tenant(&tenant("b"))
        .repository::<GraphJobRepository>();
    others.insert(queued(9)).await.expect("inserts");

    let replica = scope.on_replica().expect("there is one");
    let jobs = replica.repository::<GraphJobRepository>();
    // It is behind by a moment.
    while jobs.count([]).await.expect("counts") < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(
        jobs.get(rows[0].id).await.expect("reads").as_ref(),
        Some(&rows[0])
    );
    assert_eq!(jobs.list_by_newest().limit(2).await.expect("lists").rows.len(), 2);
    let everything = replica
        .query("SELECT count(*) FROM scheduler.graph_jobs")
        .one::<(i64,)>();
    assert_eq!(
        everything.await.expect("counts"),
        (3,),
        "under row-level security"
    );

    refused!(jobs.insert(queued(4)).await, Error::ReadOnly { .. });
    refused!(jobs.delete(rows[0].id).await, Error::ReadOnly { .. });
    refused!(jobs.claim("w", 1, LEASE).await, Error::ReadOnly { .. });

    let unit = replica.transaction().isolation(Isolation::RepeatableRead);
    let counted = unit.run(async |transaction| {
        let jobs = transaction.repository::<GraphJobRepository>();
        Ok::<_, Error>((jobs.count([]).await?, jobs.count([]).await?))
    });
    assert_eq!(counted.await.expect("reads"), (3, 3));
    let streamed: Vec<GraphJob> = {
        use futures_util::TryStreamExt as _;
        jobs.list_by_newest()
            .stream()
            .try_collect()
            .await
            .expect("streams")
    };
    assert_eq!(streamed.len(), 3);

    // Without the standby the server is written to and read as before.
    let log = replicated.standby.log();
    assert!(log.contains("consistent recovery state"), "{log}");
    drop(replicated.standby);
    while jobs.count([]).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    own.insert(queued(5)).await.expect("inserts");
    assert_eq!(own.count([]).await.expect("counts"), 4);
    replicated.db.close().await;
    drop(replicated.database);
}

/// A configuration for development: the replica is the server itself.
#[tokio::test]
async fn a_replica_that_is_none_refuses_what_is_written_all_the_same() {
    let fixture = Fixture::start().await;
    refused!(fixture.tenant("a").on_replica().map(|_| ()), Error::NoReplica);
    let config = config(&fixture.database);
    let itself = fixture.database.connect_options_as(APPLICATION);
    let db = Database::connect(&config.with_replica_options(itself))
        .await
        .expect("connects");
    let scope = db.tenant(&tenant("a"));
    let job = scope
        .repository::<GraphJobRepository>()
        .insert(queued(1))
        .await
        .expect("inserts");
    let jobs = scope
        .on_replica()
        .expect("there is one")
        .repository::<GraphJobRepository>();
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
    refused!(jobs.insert(queued(2)).await, Error::ReadOnly { .. });
    let transaction = scope
        .on_replica()
        .expect("there is one")
        .begin()
        .await
        .expect("begins");
    let inside = transaction.repository::<GraphJobRepository>();
    refused!(inside.insert(queued(2)).await, Error::ReadOnly { .. });
}

#[tokio::test]
async fn a_replica_login_that_sees_through_the_policies_is_refused() {
    let fixture = Fixture::start().await;
    let unsafe_login = fixture.database.connect_options_as(SYSTEM);
    let config = config(&fixture.database).with_replica_options(unsafe_login);
    refused!(
        Database::connect(&config).await.map(|_| ()),
        ConnectError::UnsafeRole { .. }
    );
}
