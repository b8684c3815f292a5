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
async fn a_login_that_makes_roles_is_refused() {
    let database = copy().await;
    let mut superuser = database.connect().await.expect("the superuser connects");
    let login = format!("maker_{}", uuid::Uuid::now_v7().simple());
    let make = format!("CREATE ROLE {login} LOGIN CREATEROLE IN ROLE scheduler_app");
    run(&mut superuser, make).await.expect("it is made");
    let config = Config::from_options(database.connect_options_as(&login));
    let refused = Database::connect(&config).await.map(|_| ());
    run(&mut superuser, format!("DROP ROLE {login}"))
        .await
        .expect("it is dropped");
    refused!(refused, ConnectError::UnsafeRole { why, .. } if why.contains("can make roles"));
}
