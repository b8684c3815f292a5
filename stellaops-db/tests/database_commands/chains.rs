//! `verify-chain` and `partitions`, of a database with the system's evidence.

use stellaops_db::testing::TestDatabase;

use super::{command, run, with_schema};

const INSERT: &str = "INSERT INTO audit.events (tenant_id, id, service, action, actor_type, actor, entity_type, entity_id)
    SELECT 'acme', gen_random_uuid(), 'scheduler', 'schedule.deleted', 'user', 'ada', 'scheduler.schedules', n::text FROM generate_series(1, 20) AS n";

async fn audit() -> TestDatabase {
    with_schema("audit").await
}

#[tokio::test]
async fn chains_are_verified_and_a_changed_row_is_told_by_its_position() {
    let database = audit().await;
    let mut superuser = database.connect().await.unwrap();
    run(&mut superuser, INSERT).await.unwrap();
    let url = database.url();
    let (code, said) = command("verify-chain", &[&url]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("audit.events, acme: whole, 20 rows from the first one"),
        "{said}"
    );
    assert!(said.contains("audit.events, @system: whole"), "{said}");
    let change = "SET session_replication_role = replica; UPDATE audit.events SET actor = 'eve' WHERE tenant_id = 'acme' AND position = 7";
    run(&mut superuser, change).await.unwrap();
    let (code, said) = command("verify-chain", &[&url, "--tenant", "acme", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &said["chains"][0]["position"], &said["chains"][0]["fault"]),
        (1, &7.into(), &"the row 7 was changed".into())
    );
    assert_eq!(said["chains"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn partitions_are_made_again_when_they_are_missing() {
    let database = audit().await;
    let mut superuser = database.connect().await.unwrap();
    let drop = "DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE ' || min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$";
    run(&mut superuser, drop).await.unwrap();
    assert!(
        run(&mut superuser, INSERT).await.is_err(),
        "this month has no partition"
    );
    let (code, said) = command("partitions", &[&database.url()]);
    assert_eq!(
        (code, said.as_str()),
        (0, "ok: the partitions of 1 table are there\n")
    );
    run(&mut superuser, INSERT).await.unwrap();
}
