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

fn dump(pg_dump: &Path, database: &TestDatabase, into: &Path) {
    let output = Command::new(pg_dump)
        .args(["--dbname", &database.url(), "--file"])
        .arg(into)
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
        dump(&pg_dump, &original, &dumped);
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
