//! The server's disk is full: a tablespace on a file system in memory, which only root may mount.

use std::path::Path;
use std::process::Command;

use sqlx::PgConnection;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::PostgresServer;
use stellaops_db::{Config, Error, Outcome};
use tempfile::TempDir;

use crate::stage::new_job;
use crate::support::*;

/// A file system of a few megabytes, until it is dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount(server: &PostgresServer) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"])
            .arg(folder.path())
            .output();
        if !mount.is_ok_and(|mount| mount.status.success()) {
            return None;
        }
        let disk = SmallDisk(folder);
        let own = server.socket_directory().expect("the server is the test's own");
        give(disk.0.path(), own).expect("whoever mounts may give");
        Some(disk)
    }
}

/// Makes whoever owns a folder the owner of another.
fn give(folder: &Path, like: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = std::fs::metadata(like)?;
    chown(folder, Some(owner.uid()), Some(owner.gid()))
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may still have its files open.
        let unmounted = Command::new("umount").arg("--lazy").arg(self.0.path()).output();
        drop(unmounted);
    }
}

#[tokio::test]
async fn a_full_disk_is_told_loses_nothing_and_is_recovered_from() {
    let server = own_server(&[]).await;
    let Some(disk) = SmallDisk::mount(&server) else {
        eprintln!("SKIPPED: no file system can be mounted here, so that no disk becomes full");
        return;
    };
    let database = copy(&server).await;
    move_to(&disk, &server, database.name()).await;
    let db = connect(&Config::from_options(database.connect_options_as(APPLICATION))).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let mut superuser = database.connect().await.expect("connects");
    fill(&mut superuser).await;
    let mut stored = 0;
    let error = loop {
        let rows = (0..200).map(|_| new_job());
        match jobs.insert_many(rows).await {
            Ok(report) => stored += report.inserted,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::OutOfResources { .. }), "{error:?}");
    assert_eq!(
        (error.outcome(), error.kind()),
        (Outcome::TryAgain, "out_of_resources")
    );
    assert_eq!(
        jobs.count([]).await.expect("reads go on"),
        stored,
        "all of a call or nothing"
    );
    run(&mut superuser, "DROP TABLE filler")
        .await
        .expect("makes room");
    let rows = (0..200).map(|_| new_job());
    jobs.insert_many(rows).await.expect("the next call works");
    assert_eq!(jobs.count([]).await.expect("counts"), stored + 200);
    db.close().await;
    drop(superuser);
    server.stop().await.expect("stops");
}

/// Puts a database that nobody uses onto the disk.
async fn move_to(disk: &SmallDisk, server: &PostgresServer, database: &str) {
    let mut maintenance = server_connection(server).await;
    let place = disk.0.path().display();
    for sql in [
        format!("CREATE TABLESPACE small LOCATION '{place}'"),
        format!("ALTER DATABASE \"{database}\" SET TABLESPACE small"),
    ] {
        run(&mut maintenance, sql).await.expect("the database moves");
    }
}

/// Fills the disk with something that nobody needs.
async fn fill(superuser: &mut PgConnection) {
    let filler = "CREATE TABLE filler AS SELECT repeat('x', 500) AS x FROM generate_series(1, 1000)";
    run(superuser, filler).await.expect("there is room");
    let more = "INSERT INTO filler SELECT x FROM filler LIMIT 5000";
    while run(superuser, more).await.is_ok() {}
}
