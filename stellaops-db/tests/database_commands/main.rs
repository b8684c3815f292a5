//! The commands that look into a database, run as processes.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod chains;
mod consumers;
mod verify;

use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db::testing::{
    NetworkServer, PostgresBinaries, PostgresServer, TemplateDatabase, TestDatabase, shared_server,
};

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(connection).await.map(|_| ())
}

/// A database with one schema of the specs.
async fn with_schema(name: &str) -> TestDatabase {
    schema_on(shared_server().await, name).await
}

async fn schema_on(server: &PostgresServer, name: &str) -> TestDatabase {
    let database = stellaops_db_spec::load(&specs()).unwrap().unwrap();
    let path = format!("schemas/{name}.sql");
    let files = stellaops_db_spec::ddl::emit(&database);
    let file = files.into_iter().find(|file| file.path == path).unwrap();
    let hint = format!("commands {name}");
    let template = TemplateDatabase::from_scripts(server, &hint, &[&file.text]).await;
    template.unwrap().clone_database().await.unwrap()
}

/// The exit code and what was said.
fn command(name: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
        .arg(name)
        .args(arguments)
        .arg("--specs")
        .arg(specs())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn a_database_that_cannot_be_reached_is_told() {
    for name in ["verify", "verify-chain", "partitions", "consumers"] {
        let (code, said) = command(name, &["postgres://nobody@127.0.0.1:1/none"]);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("the database cannot be reached"), "{said}");
    }
}

/// The driver ends it with a line of the server's own source, which tells nobody anything.
#[tokio::test]
async fn a_refusal_of_the_server_is_told_in_its_own_words() {
    let database = with_schema("scheduler").await;
    let (code, said) = command("verify", &[&database.url_as("stranger")]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("role \"stranger\" does not exist") && !said.contains("at line"),
        "{said}"
    );
}

/// As a program's, the connections of commands do not return to plain text without a word.
#[tokio::test]
async fn a_server_elsewhere_is_verified_by_commands_too() {
    let Ok(programs) = PostgresBinaries::find() else {
        eprintln!("SKIPPED: there are no programs to start a server on the network");
        return;
    };
    let server = NetworkServer::start(programs, None).await.unwrap();
    // That address leads to this machine, and looks like another one.
    let url = format!("postgres://postgres@0.0.0.0:{}/postgres", server.port());
    for name in ["verify-chain", "partitions", "consumers"] {
        let (code, said) = command(name, &[&url]);
        assert!(
            code == 3 && said.contains("the server offers no TLS"),
            "{name}: {said}"
        );
    }
    let (code, said) = command(
        "scaffold",
        &["--from-database", &url, "--to", "/nonexistent/specs"],
    );
    assert!(code == 3 && said.contains("the server offers no TLS"), "{said}");
    let (code, said) = command("partitions", &[&format!("{url}?sslmode=disable")]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = command("partitions", &[&format!("{url}?sslmod=disable")]);
    assert!(code == 3 && said.contains("`sslmode` is one"), "{said}");
}
