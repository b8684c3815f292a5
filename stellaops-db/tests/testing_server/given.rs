//! A server that somebody else runs, given by its URL.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, PgConnection};
use stellaops_db::testing::{ProxyOptions, Shutdown, TestingError, WireProxy, ensure_login, shared_server};

use crate::{
    database::notes_template,
    support::{READY, is_child, own_server, start_child},
    wire::select_one,
};

/// The given server asks for a password; the runs are copies of this program, the first of which is killed.
#[tokio::test]
async fn a_run_on_a_given_server_drops_what_a_killed_run_left() {
    let name = "given::a_run_on_a_given_server_drops_what_a_killed_run_left";
    if is_child() {
        return use_given_server().await;
    }
    let server = own_server().await;
    let folder = server
        .socket_directory()
        .expect("a throwaway server has a folder");
    let mut connection = server
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    std::fs::write(folder.join("data/pg_hba.conf"), "local all all scram-sha-256\n")
        .expect("the rules are written");
    sqlx::raw_sql("ALTER ROLE postgres PASSWORD 'p@ss:/word'; SELECT pg_reload_conf()")
        .execute(&mut connection)
        .await
        .expect("the server asks for passwords now");
    let url = server
        .url("postgres")
        .replace("postgres@", "postgres:p%40ss%3A%2Fword@");
    let run = || {
        let program = std::env::current_exe().expect("this program has a path");
        start_child(Command::new(program).env("STELLAOPS_DB_TEST_URL", &url), name)
    };
    let databases = "SELECT datname::text FROM pg_database WHERE datname LIKE 'stellaops%' ORDER BY datname";
    let mut left = Vec::new();
    for _ in 0..2 {
        let (mut child, copy) = run();
        let copy = copy.display().to_string();
        let template = copy.trim_end_matches("_1").to_owned();
        let found: Vec<String> = sqlx::query_scalar(databases)
            .fetch_all(&mut connection)
            .await
            .expect("is told");
        assert_eq!(found, [template, copy], "and nothing of {left:?}");
        child.kill().expect("SIGKILL is sent");
        child.wait().expect("the child ends");
        left = found;
        wait_for_end_of_sessions(&mut connection).await;
    }
}

async fn use_given_server() {
    let server = shared_server().await;
    assert!(server.is_external() && server.socket_directory().is_none());
    assert!(matches!(
        server.restart(Shutdown::Fast).await,
        Err(TestingError::NotOurs)
    ));
    ensure_login(server, "given", &[], false)
        .await
        .expect("the login is made, with a password");
    let copy = notes_template().await.clone_database().await.expect("a copy");
    let proxy = WireProxy::start(server, ProxyOptions::default())
        .await
        .expect("the proxy starts");
    let mut sessions = vec![
        copy.connect_options_as("given").connect().await.expect("logs in"),
        PgConnection::connect(&copy.url_as("given"))
            .await
            .expect("logs in by URL"),
        proxy
            .connect_options(copy.name(), "given")
            .connect()
            .await
            .expect("logs in through the proxy"),
        PgConnection::connect(&proxy.url(copy.name(), "given"))
            .await
            .expect("and by URL"),
    ];
    for session in &mut sessions {
        assert_eq!(select_one(session).await.expect("one"), 1);
    }
    println!("\n{READY}{}", copy.name());
    tokio::time::sleep(Duration::from_secs(300)).await;
}

/// The server notices a killed client when it next listens to it.
async fn wait_for_end_of_sessions(connection: &mut PgConnection) {
    let question = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";
    let started = Instant::now();
    while sqlx::query_scalar::<_, i64>(question)
        .fetch_one(&mut *connection)
        .await
        .expect("is told")
        > 1
    {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "sessions of a killed process are left"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
