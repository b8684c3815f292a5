//! A database that was restored from a dump is the specified one, as any other: nothing in it is another's
//! shape, and nothing was changed by hand.

use stellaops_db::testing::{PostgresServer, TestDatabase};

use crate::shop::*;

/// A copy of the database by way of a dump; nothing where a program for it is missing.
async fn restored(server: &PostgresServer, original: &TestDatabase) -> Option<TestDatabase> {
    let dump = dumped(server, original, &[])?;
    let database = empty(server).await;
    assert_eq!(warnings(server, &database, &dump)?, "");
    Some(database)
}

/// What `psql` says of a text on its error stream.
fn warnings(server: &PostgresServer, database: &TestDatabase, sql: &str) -> Option<String> {
    let output = psql(server, database, sql)?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn the_files_find_nothing_to_do_in_a_restored_database() {
    for server in servers().await {
        let original = empty(server).await;
        let mut files = built_in_files();
        files.push(shop_file("shop"));
        run(&mut original.connect().await.unwrap(), files.concat())
            .await
            .unwrap();
        let Some(restored) = restored(server, &original).await else {
            println!("no pg_dump and psql for PostgreSQL {}", server.version());
            continue;
        };
        let mut connection = restored.connect().await.unwrap();
        let objects: String = value(&mut connection, OBJECTS).await;
        for file in files {
            assert_eq!(warnings(server, &restored, &file).as_deref(), Some(""));
        }
        assert_eq!(value::<String>(&mut connection, OBJECTS).await, objects);
    }
}

/// The statements that would insert all rows, sorted.
fn rows(server: &PostgresServer, database: &TestDatabase) -> Vec<String> {
    let text = dumped(server, database, &["--data-only", "--inserts"]).expect("it was dumped before");
    let mut rows: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("INSERT"))
        .map(str::to_owned)
        .collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn rows_come_back_from_a_dump_and_stay_their_tenants() {
    for server in servers().await {
        let original = shop(server).await;
        let mut connection = original.connect().await.unwrap();
        run(&mut connection, built_in_file("audit")).await.unwrap();
        let evidence = "INSERT INTO stellaops.system_access (reason) VALUES ('repair')";
        run(&mut connection, evidence).await.unwrap();
        let Some(restored) = restored(server, &original).await else {
            println!("no pg_dump and psql for PostgreSQL {}", server.version());
            continue;
        };

        let before = rows(server, &original);
        assert!(
            before
                .iter()
                .any(|row| row.starts_with("INSERT INTO audit.events_"))
        );
        assert_eq!(rows(server, &restored), before);
        let mut app = connect(&restored, "ddl_app").await;
        let theirs = "UPDATE shop.orders SET updated_at = updated_at WHERE tenant_id <> 'a'";
        assert_eq!(try_as(&mut app, "a", theirs).await.unwrap(), 0);
        let all = "UPDATE shop.orders SET updated_at = updated_at";
        assert_eq!(try_as(&mut app, "a", all).await.unwrap(), 1);
    }
}
