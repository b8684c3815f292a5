//! The boot guard: a database that is open, or another one than the program was compiled for, is refused at connect.

use stellaops_db::schema::scheduler::{self, GraphJob};
use stellaops_db::{Config, ConnectError, Database, Expected};

use crate::support::*;

#[tokio::test]
async fn a_program_is_refused_while_a_table_stands_open() {
    let openings = [
        (
            "ALTER TABLE scheduler.graph_jobs NO FORCE ROW LEVEL SECURITY",
            "scheduler.graph_jobs does not force row-level security",
        ),
        (
            "ALTER TABLE scheduler.graph_jobs DISABLE ROW LEVEL SECURITY",
            "scheduler.graph_jobs has no row-level security",
        ),
        (
            "DROP POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs",
            "scheduler.graph_jobs has no wall for reads: its restrictive policy is missing or another one",
        ),
        (
            "ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs WITH CHECK (true)",
            "scheduler.graph_jobs has no wall for inserts: its restrictive policy is missing or another one",
        ),
        (
            "CREATE TABLE scheduler.notes (tenant_id text); GRANT SELECT ON scheduler.notes TO scheduler_app",
            "scheduler.notes has no row-level security",
        ),
    ];
    for (opened, told) in openings {
        let database = copy().await;
        let config = config(&database);
        Database::connect(&config).await.expect("it is walled off");
        let mut superuser = database.connect().await.expect("the superuser connects");
        run(&mut superuser, opened).await.expect("it is opened");
        match Database::connect(&config).await {
            Err(ConnectError::Unprotected { tables }) => assert_eq!(tables, [told]),
            Err(other) => panic!("{opened}: {other:?}"),
            Ok(_) => panic!("{opened}: it connects"),
        }
        let config = config.without_boot_guard("the test asks for it");
        Database::connect(&config)
            .await
            .expect("it connects nevertheless");
    }
}

#[tokio::test]
async fn a_program_is_refused_while_what_the_wall_stands_on_does_not_hold() {
    let raises = "BEGIN RAISE EXCEPTION USING ERRCODE = 'SD001', MESSAGE = 'no tenant is bound'; END";
    let function = |kind: &str, body: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION stellaops.no_tenant_bound() RETURNS text LANGUAGE plpgsql {kind} PARALLEL SAFE AS $$ {body} $$"
        )
    };
    let cracks = [
        (
            "ALTER DOMAIN stellaops.tenant DROP CONSTRAINT one_tenant_per_transaction".to_owned(),
            "stellaops.tenant has another rule",
        ),
        (
            "ALTER DOMAIN stellaops.tenant DROP NOT NULL".to_owned(),
            "stellaops.tenant has another rule",
        ),
        (
            function("STABLE", "BEGIN RETURN 'a'; END"),
            "stellaops.no_tenant_bound() does not raise",
        ),
        (
            function("IMMUTABLE", raises),
            "stellaops.no_tenant_bound() is not STABLE",
        ),
    ];
    for (weakened, told) in cracks {
        let database = copy().await;
        let config = config(&database);
        let mut superuser = database.connect().await.expect("the superuser connects");
        run(&mut superuser, &weakened).await.expect("it is weakened");
        let refused = Database::connect(&config).await.map(|_| ());
        refused!(refused, ConnectError::Unprotected { tables } if tables.len() == 1 && tables[0].starts_with(told));
        run(&mut superuser, function("STABLE", raises))
            .await
            .expect("it is mended");
    }
}

#[tokio::test]
async fn a_pool_of_the_programs_is_looked_at_in_the_same_way() {
    let database = copy().await;
    let pool = async |login| one_connection(database.connect_options_as(login)).await;
    let all = || scheduler::TABLES.iter().copied();
    let own = pool(APPLICATION).await;
    let db = Database::from_pool(own.clone(), all())
        .await
        .expect("it is walled off");
    refused!(
        Database::from_pool(pool(SYSTEM).await, []).await,
        ConnectError::UnsafeRole { role, .. } if role == SYSTEM
    );
    refused!(
        db.clone().with_system_pool(own.clone()).await,
        ConnectError::BlindSystemRole { role } if role == APPLICATION
    );
    refused!(
        db.clone().with_replica_pool(own.clone(), []).await,
        ConnectError::WritableReplica
    );
    let mut superuser = database.connect().await.expect("the superuser connects");
    let renamed = "ALTER TABLE scheduler.run_summaries RENAME TO summaries";
    run(&mut superuser, renamed).await.expect("it is renamed");
    refused!(
        Database::from_pool(own.clone(), all()).await,
        ConnectError::OtherSchema { .. }
    );
    Database::from_pool(own.clone(), [])
        .await
        .expect("nothing is expected of it");
    let opened = "ALTER TABLE scheduler.graph_jobs DISABLE ROW LEVEL SECURITY";
    run(&mut superuser, opened).await.expect("it is opened");
    refused!(
        Database::from_pool(own.clone(), []).await,
        ConnectError::Unprotected { tables } if tables == ["scheduler.graph_jobs has no row-level security"]
    );
    refused!(
        db.with_replica_pool(own.clone(), []).await,
        ConnectError::Unprotected { .. }
    );
    let events = crate::events::Events::listen();
    let unguarded = Database::from_pool_unguarded(own, "the test asks for it");
    assert!(
        events.told().contains("the test asks for it"),
        "{}",
        events.told()
    );
    let jobs = unguarded
        .tenant(&tenant("a"))
        .repository::<scheduler::GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("it is used as it is"), 0);
}

#[tokio::test]
async fn a_schema_that_a_program_expects_is_looked_at_whoever_owns_it() {
    let database = copy().await;
    let config = config(&database).expecting(scheduler::TABLES.iter().copied());
    let mut superuser = database.connect().await.expect("the superuser connects");
    let taken = "ALTER SCHEMA scheduler OWNER TO CURRENT_USER";
    run(&mut superuser, taken).await.expect("it has another owner");
    Database::connect(&config).await.expect("it is walled off");
    let opened = "ALTER TABLE scheduler.graph_jobs DISABLE ROW LEVEL SECURITY";
    run(&mut superuser, opened).await.expect("it is opened");
    let refused = Database::connect(&config).await.map(|_| ());
    refused!(
        refused,
        ConnectError::Unprotected { tables } if tables == ["scheduler.graph_jobs has no row-level security"]
    );
}

#[tokio::test]
async fn a_replica_that_stands_open_is_refused() {
    let (database, replica) = (copy().await, copy().await);
    let config = config(&database).with_replica_options(replica.connect_options_as(APPLICATION));
    Database::connect(&config).await.expect("both are walled off");
    let mut superuser = replica.connect().await.expect("the superuser connects");
    let opened = "ALTER TABLE scheduler.graph_jobs DISABLE ROW LEVEL SECURITY";
    run(&mut superuser, opened).await.expect("it is opened");
    let refused = Database::connect(&config).await.map(|_| ());
    refused!(refused, ConnectError::Unprotected { .. });
}

#[tokio::test]
async fn a_database_of_another_shape_is_refused_with_every_difference() {
    let database = copy().await;
    let expecting = config(&database).expecting(scheduler::TABLES.iter().copied());
    Database::connect(&expecting).await.expect("it fits");
    let mut superuser = database.connect().await.expect("the superuser connects");
    let changes = [
        "ALTER TABLE scheduler.graph_jobs DROP COLUMN correlation_id, ADD COLUMN priority integer NOT NULL, ADD COLUMN note text",
        "ALTER TABLE scheduler.graph_jobs ALTER COLUMN failure_reason TYPE varchar(4000)",
        "ALTER TABLE scheduler.run_summaries RENAME TO summaries",
    ];
    for change in changes {
        run(&mut superuser, change).await.expect("it is changed");
    }
    let told = [
        "scheduler.graph_jobs has `failure_reason` as character varying(4000), not text",
        "scheduler.graph_jobs has a column `priority` that the program does not know and every row must have",
        "scheduler.graph_jobs has no column `correlation_id`",
        "scheduler.run_summaries is not there, or the login may not look into its schema",
    ];
    match Database::connect(&expecting).await {
        Err(ConnectError::OtherSchema { mut differences }) => {
            differences.sort();
            assert_eq!(differences, told);
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it connects"),
    }
    let one = config(&database).expecting([Expected::of::<GraphJob>()]);
    let refused = Database::connect(&one).await.map(|_| ());
    refused!(refused, ConnectError::OtherSchema { differences } if differences.len() == 3);
    Database::connect(&config(&database))
        .await
        .expect("nothing is expected of it");
}

#[tokio::test]
async fn a_login_that_may_do_what_no_policy_holds_back_is_refused() {
    let database = copy().await;
    let mut superuser = database.connect().await.expect("the superuser connects");
    let (version,): (i32,) = sqlx::query_as("SELECT current_setting('server_version_num')::integer")
        .fetch_one(&mut superuser)
        .await
        .expect("it says its version");
    let mut rights = vec![
        ("CREATEROLE IN ROLE scheduler_app", "can make roles"),
        ("REPLICATION IN ROLE scheduler_app", "has REPLICATION"),
        (
            "IN ROLE scheduler_app, pg_read_all_data",
            "is a member of pg_read_all_data",
        ),
        (
            "IN ROLE scheduler_app, pg_write_all_data",
            "is a member of pg_write_all_data",
        ),
        (
            "IN ROLE scheduler_app, pg_read_server_files",
            "is a member of pg_read_server_files",
        ),
        (
            "IN ROLE scheduler_app, pg_write_server_files",
            "is a member of pg_write_server_files",
        ),
        (
            "IN ROLE scheduler_app, pg_execute_server_program",
            "is a member of pg_execute_server_program",
        ),
    ];
    if version >= 160_000 {
        rights.push((
            "IN ROLE scheduler_app, pg_create_subscription",
            "is a member of pg_create_subscription",
        ));
    }
    for (rights, told) in rights {
        let login = format!("mighty_{}", uuid::Uuid::now_v7().simple());
        let make = format!("CREATE ROLE {login} LOGIN {rights}");
        run(&mut superuser, make).await.expect("it is made");
        let config = Config::from_options(database.connect_options_as(&login));
        let refused = Database::connect(&config).await.map(|_| ());
        run(&mut superuser, format!("DROP ROLE {login}"))
            .await
            .expect("it is dropped");
        refused!(refused, ConnectError::UnsafeRole { why, .. } if why == told);
    }
}
