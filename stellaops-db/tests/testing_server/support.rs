//! Servers of a test's own, and copies of this program to kill.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use stellaops_db::testing::{PostgresBinaries, PostgresServer};

/// Set in the copies of this program that the tests start.
pub(crate) const CHILD: &str = "STELLAOPS_DB_TESTING_CHILD";

/// What such a copy prints before the folder of its server or the name of its database.
pub(crate) const READY: &str = "ready: ";

pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// What the copies do: the parent learns the folder, and kills.
pub(crate) async fn serve_until_killed() {
    let server = own_server().await;
    let folder = server
        .socket_directory()
        .expect("a throwaway server has a folder");
    println!("\n{READY}{}", folder.display());
    tokio::time::sleep(Duration::from_secs(300)).await;
}

/// Runs one test in a copy of this program and returns what it says once it is ready.
pub(crate) fn start_child(command: &mut Command, test: &str) -> (Child, PathBuf) {
    let command = command.args(["--exact", test, "--nocapture"]).env(CHILD, "1");
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the copy runs");
    let output = BufReader::new(child.stdout.take().expect("its output is ours"));
    let line = output
        .lines()
        .map_while(Result::ok)
        .find(|line| line.starts_with(READY));
    let line = line.expect("the copy becomes ready");
    (child, PathBuf::from(&line[READY.len()..]))
}

/// A throwaway server of the test's own, whatever `STELLAOPS_DB_TEST_URL` says.
pub(crate) async fn own_server() -> PostgresServer {
    PostgresServer::start_with(PostgresBinaries::find().expect("a PostgreSQL"))
        .await
        .expect("starts")
}
