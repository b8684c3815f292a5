//! A database that was restored from a dump is the specified one, as any other: nothing in it is another's
//! shape, and nothing was changed by hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use stellaops_db::testing::{PostgresServer, TestDatabase};

use crate::shop::*;

/// The programs of the server's own version; nothing where one of them is missing.
fn programs(server: &PostgresServer) -> Option<(PathBuf, PathBuf)> {
    let program = |name| server.bin(name).filter(|program| program.exists());
    Some((program("pg_dump")?, program("psql")?))
}

fn dump(pg_dump: &Path, database: &TestDatabase, into: &Path, more: &[&str]) {
    let output = Command::new(pg_dump)
        .args(["--dbname", &database.url(), "--file"])
        .arg(into)
        .args(more)
        .output()
        .expect("pg_dump runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What `psql` says of a file on its error stream.
fn warnings(psql: &Path, database: &TestDatabase, file: &Path) -> String {
    let output = Command::new(psql)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &database.url(), "-f"])
        .arg(file)
        .output()
        .expect("psql runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn the_files_find_nothing_to_do_in_a_restored_database() {
    for server in servers().await {
        let Some((pg_dump, psql)) = programs(server) else {
            println!("no pg_dump and psql for PostgreSQL {}", server.version());
            continue;
        };
        let (original, restored) = (empty(server).await, empty(server).await);
        let mut files = built_in_files();
        files.push(shop_file("shop"));
        run(&mut original.connect().await.unwrap(), files.concat())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (dumped, again) = (folder.path().join("dump.sql"), folder.path().join("again.sql"));
        dump(&pg_dump, &original, &dumped, &[]);
        assert_eq!(warnings(&psql, &restored, &dumped), "");

        let mut connection = restored.connect().await.unwrap();
        let objects: String = value(&mut connection, OBJECTS).await;
        for file in files {
            std::fs::write(&again, file).unwrap();
            assert_eq!(warnings(&psql, &restored, &again), "");
        }
        assert_eq!(value::<String>(&mut connection, OBJECTS).await, objects);
    }
}

/// The statements that would insert all rows, sorted: without the random key of newer versions.
fn rows(pg_dump: &Path, database: &TestDatabase, into: &Path) -> Vec<String> {
    dump(pg_dump, database, into, &["--data-only", "--inserts"]);
    let text = std::fs::read_to_string(into).expect("the dump is there");
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
        let Some((pg_dump, psql)) = programs(server) else {
            println!("no pg_dump and psql for PostgreSQL {}", server.version());
            continue;
        };
        let (original, restored) = (shop(server).await, empty(server).await);
        let mut connection = original.connect().await.unwrap();
        run(&mut connection, built_in_file("audit")).await.unwrap();
        let evidence = "INSERT INTO stellaops.system_access (reason) VALUES ('repair')";
        run(&mut connection, evidence).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let dumped = folder.path().join("dump.sql");
        dump(&pg_dump, &original, &dumped, &[]);
        assert_eq!(warnings(&psql, &restored, &dumped), "");

        let before = rows(&pg_dump, &original, &dumped);
        assert!(
            before
                .iter()
                .any(|row| row.starts_with("INSERT INTO audit.events_"))
        );
        assert_eq!(rows(&pg_dump, &restored, &dumped), before);
        let mut app = connect(&restored, "ddl_app").await;
        let theirs = "UPDATE shop.orders SET updated_at = updated_at WHERE tenant_id <> 'a'";
        assert_eq!(try_as(&mut app, "a", theirs).await.unwrap(), 0);
        let all = "UPDATE shop.orders SET updated_at = updated_at";
        assert_eq!(try_as(&mut app, "a", all).await.unwrap(), 1);
    }
}
