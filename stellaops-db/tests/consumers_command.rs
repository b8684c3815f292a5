//! `consumers`, run as a process against a database with an outbox.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

use std::path::Path;
use std::process::Command;

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, shared_server};

const CONSUMERS: &str = "INSERT INTO stellaops.outbox_consumers (relation, consumer, position) VALUES
    ('vex.linkset_events', 'mail', 0), ('vex.linkset_events', 'search', 7)";
const HELD: &str =
    "INSERT INTO stellaops.outbox_held_tenants (relation, consumer, tenant_id, position, failures, reason)
    VALUES ('vex.linkset_events', 'search', 'acme', 3, 2, 'no index')";

async fn vex() -> TestDatabase {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/schemas/vex.sql");
    let sql = std::fs::read_to_string(generated).unwrap();
    let template = TemplateDatabase::from_scripts(shared_server().await, "consumers_command", &[&sql]).await;
    template.unwrap().clone_database().await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .unwrap();
}

/// The exit code and what was said.
fn consumers(arguments: &[&str]) -> (i32, String) {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let output = Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
        .arg("consumers")
        .args(arguments)
        .arg("--specs")
        .arg(specs)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn consumers_are_told_with_who_waits_and_are_forgotten() {
    let database = vex().await;
    let url = database.url();
    assert_eq!(
        consumers(&[&url]),
        (0, "ok: 0 consumers, nobody's events wait\n".into())
    );
    let mut superuser = database.connect().await.unwrap();
    run(&mut superuser, CONSUMERS).await;
    let (code, said) = consumers(&[&url]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.starts_with("vex.linkset_events, mail: has every event, moved 2"),
        "{said}"
    );
    run(&mut superuser, HELD).await;
    let (code, said) = consumers(&[&url]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("  acme waits behind 3 since 2") && said.contains(", waits for somebody: no index\n"),
        "{said}"
    );
    assert!(
        said.ends_with("2 consumers, the events of 1 tenant wait\n"),
        "{said}"
    );
    let (code, said) = consumers(&[&url, "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &said["consumers"][1]["held"][0]["failures"]),
        (1, &2.into())
    );
    let forget = |name| consumers(&[&url, "--forget", name, "--of", "vex.linkset_events"]);
    assert_eq!(
        forget("search"),
        (0, "ok: `search` of vex.linkset_events is forgotten\n".into())
    );
    assert_eq!(
        forget("search"),
        (1, "vex.linkset_events has no consumer `search`\n".into())
    );
    assert_eq!(consumers(&[&url]).0, 0);
}

#[test]
fn what_is_forgotten_has_a_table() {
    let (code, said) = consumers(&["postgres://nobody@127.0.0.1:1/none", "--forget", "search"]);
    assert_eq!(code, 2, "{said}");
    let (code, said) = consumers(&["postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("the database cannot be reached"), "{said}");
}
