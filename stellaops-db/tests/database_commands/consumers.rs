//! `consumers`, of a database with an outbox.

use stellaops_db::testing::{ensure_login, shared_server};

use super::{command, run, with_schema};

const CONSUMERS: &str = "INSERT INTO stellaops.outbox_consumers (relation, consumer, position) VALUES
    ('vex.linkset_events', 'mail', 0), ('vex.linkset_events', 'search', 7)";
const EVENTS: &str = "SET session_replication_role = replica; INSERT INTO vex.linkset_events (tenant_id, linkset_id, linkset_version, kind, agreement_after, content_digest)
    SELECT 'acme', 'lks_' || lpad(to_hex(n), 64, '0'), 1, 'created', 'single', 'sha256:' || repeat('b', 64) FROM generate_series(1, 9) AS n";
const HELD: &str =
    "INSERT INTO stellaops.outbox_held_tenants (relation, consumer, tenant_id, position, failures, reason)
    VALUES ('vex.linkset_events', 'search', 'acme', 3, 2, 'no index')";

fn consumers(arguments: &[&str]) -> (i32, String) {
    command("consumers", arguments)
}

#[tokio::test]
async fn consumers_are_told_with_who_waits_and_are_forgotten() {
    let database = with_schema("vex").await;
    let login = ensure_login(shared_server().await, "stellaops_system", &[], true);
    login.await.unwrap();
    let url = database.url_as("stellaops_system");
    assert_eq!(
        consumers(&[&url]),
        (0, "ok: 0 consumers, nobody's events wait\n".into())
    );
    let mut superuser = database.connect().await.unwrap();
    run(&mut superuser, CONSUMERS).await.unwrap();
    let (code, said) = consumers(&[&url]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.starts_with("vex.linkset_events, mail: has every event, moved 2"),
        "{said}"
    );
    run(&mut superuser, EVENTS).await.unwrap();
    let (code, said) = consumers(&[&url]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("mail: at 0, 9 behind, moved 2") && said.contains("search: at 7, 2 behind, moved 2"),
        "{said}"
    );
    run(&mut superuser, HELD).await.unwrap();
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
}

/// It would see empty tables, in which all is well.
#[tokio::test]
async fn a_login_that_is_under_row_level_security_looks_after_nothing() {
    let database = with_schema("vex").await;
    let login = ensure_login(
        shared_server().await,
        "commands_blind",
        &["stellaops_system"],
        false,
    );
    login.await.unwrap();
    let url = database.url_as("commands_blind");
    for name in ["verify-chain", "consumers"] {
        let (code, said) = command(name, &[&url]);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("`commands_blind` has no BYPASSRLS"), "{said}");
    }
}
