//! `tenant erase`

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use stellaops_db::testing::TestDatabase;

use crate::world::{SYSTEM, answer, cut_short, filled, fingerprint, number, run, said};

fn remaining(answer: &Value) -> BTreeMap<String, u64> {
    let tables = answer["tables"].as_array().unwrap().iter();
    let counted = tables.map(|table| {
        let name = table["table"].as_str().unwrap().to_owned();
        (name, table["remaining"].as_u64().unwrap())
    });
    counted.filter(|(_, rows)| *rows > 0).collect()
}

async fn counted(database: &TestDatabase, tables: &[&str]) -> i64 {
    let mut superuser = database.connect().await.unwrap();
    let mut rows = 0;
    for table in tables {
        rows += number(
            &mut superuser,
            &format!("SELECT count(*) FROM {table} WHERE tenant_id = 'acme'"),
        )
        .await;
    }
    rows
}

#[tokio::test]
async fn what_may_be_deleted_goes_and_the_rest_is_told_with_its_reason() {
    let database = filled().await;
    let mut superuser = database.connect().await.unwrap();
    let others = fingerprint(&mut superuser, "globex").await;
    let everybodys = fingerprint(&mut superuser, "@global").await;
    let (url, folder) = (database.url_as(SYSTEM), tempfile::tempdir().unwrap());
    let out = folder.path().to_str().unwrap();

    let before = fingerprint(&mut superuser, "acme").await;
    let (code, dry) = answer(&["erase", &url, "--tenant", "acme", "--dry-run", "--out", out]);
    assert_eq!(code, 0, "{dry:#}");
    assert_eq!(fingerprint(&mut superuser, "acme").await, before, "it was undone");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let (code, erased) = answer(&["erase", &url, "--tenant", "acme", "--yes", "acme", "--out", out]);
    assert_eq!(code, 0, "{erased:#}");
    assert_eq!(erased["tables"], dry["tables"], "a dry run tells what happens");
    let left = remaining(&erased);
    let why = |name: &str| {
        let tables = erased["tables"].as_array().unwrap();
        let table = tables.iter().find(|table| table["table"] == name).unwrap();
        table["why"].as_str().unwrap_or_default().to_owned()
    };
    assert!(why("audit.events").contains("a chain of hashes"));
    assert!(why("vex.statements").contains("never deleted"));
    assert!(why("notify.delivery_attempts").contains("are kept for"));
    assert!(
        why("notify.deliveries").contains("notify.delivery_attempts"),
        "{left:?}"
    );
    for gone in [
        "scheduler.graph_jobs",
        "scheduler.runs",
        "authority.user_roles",
        "vex.graph_edges",
    ] {
        assert!(!left.contains_key(gone), "{gone}: {left:?}");
    }
    assert_eq!(
        counted(&database, &["scheduler.graph_jobs", "vex.graph_edges"]).await,
        0
    );
    let proof: Value =
        serde_json::from_slice(&fs::read(folder.path().join("erasure-acme.json")).unwrap()).unwrap();
    assert_eq!(proof["digest"], erased["digest"]);
    assert_eq!(fingerprint(&mut superuser, "globex").await, others);
    assert_eq!(fingerprint(&mut superuser, "@global").await, everybodys);
    let evidence = "SELECT count(*) FROM stellaops.system_access WHERE reason = 'erase the tenant acme' AND ended_at IS NOT NULL";
    assert_eq!(number(&mut superuser, evidence).await, 1);

    // A second run has nothing to do, and writes over no proof.
    let (code, again) = answer(&["erase", &url, "--tenant", "acme", "--yes", "acme", "--out", out]);
    assert_eq!((code, remaining(&again)), (0, left));
    assert!(folder.path().join("erasure-acme-2.json").exists());
}

#[tokio::test]
async fn with_facts_evidence_is_left_and_with_evidence_nothing() {
    let database = filled().await;
    let mut superuser = database.connect().await.unwrap();
    run(
        &mut superuser,
        "INSERT INTO stellaops.outbox_consumers (relation, consumer, position) VALUES ('vex.linkset_events', 'search', 0);
         INSERT INTO stellaops.outbox_held_tenants (relation, consumer, tenant_id, position, failures, reason) VALUES ('vex.linkset_events', 'search', 'acme', 0, 1, 'x')",
    )
    .await;
    let others = fingerprint(&mut superuser, "globex").await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let (system, url) = (database.url_as(SYSTEM), database.url());
    let (code, told) = said(&[
        "erase",
        &system,
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--with-facts",
        "--out",
        out,
    ]);
    assert!(code == 1 && told.contains("ask as a superuser"), "{told}");
    let (code, erased) = answer(&[
        "erase",
        &url,
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--with-facts",
        "--out",
        out,
    ]);
    assert_eq!(code, 0, "{erased:#}");
    let left: Vec<String> = remaining(&erased).into_keys().collect();
    assert_eq!(left, ["audit.chain_heads", "audit.events", "authority.tenants"]);
    let everything = [
        "erase",
        &url,
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--with-facts",
        "--with-evidence",
        "--out",
        out,
    ];
    let (code, erased) = answer(&everything);
    assert_eq!((code, remaining(&erased).len()), (0, 0), "{erased:#}");
    let none = fingerprint(&mut superuser, "nobody").await;
    assert_eq!(fingerprint(&mut superuser, "acme").await, none);
    assert_eq!(fingerprint(&mut superuser, "globex").await, others);
}

#[tokio::test]
async fn a_table_that_the_specs_do_not_know_is_counted_and_fails_the_proof() {
    let database = filled().await;
    let mut superuser = database.connect().await.unwrap();
    run(
        &mut superuser,
        "CREATE SCHEMA reports; CREATE TABLE reports.copies (tenant_id text, body text); INSERT INTO reports.copies VALUES ('acme', 'x'), ('globex', 'y');
         CREATE MATERIALIZED VIEW reports.jobs AS SELECT tenant_id, id FROM scheduler.graph_jobs",
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let url = database.url();
    let (code, told) = said(&["erase", &url, "--tenant", "acme", "--yes", "acme", "--out", out]);
    assert_eq!(code, 1, "{told}");
    assert!(
        told.contains("reports.copies: 1 rows, the specs do not know it"),
        "{told}"
    );
    assert!(
        told.contains("reports.jobs: 31 rows, the specs do not know it"),
        "{told}"
    );
    // A login that may not count says so.
    let (code, told) = said(&[
        "erase",
        &database.url_as(SYSTEM),
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--out",
        out,
    ]);
    assert_eq!(code, 1, "{told}");
    assert!(
        told.contains("reports.copies: rows that this login may not count"),
        "{told}"
    );
    // Another schema alone is what was asked for.
    let (code, told) = said(&[
        "erase",
        &url,
        "--tenant",
        "globex",
        "--yes",
        "globex",
        "--schema",
        "scheduler",
        "--out",
        out,
    ]);
    assert!(
        code == 1 && told.contains("policy.packs: 1 rows, not asked for"),
        "{told}"
    );
    run(&mut superuser, "DROP SCHEMA reports CASCADE").await;
    let (code, told) = said(&[
        "erase",
        &url,
        "--tenant",
        "globex",
        "--yes",
        "globex",
        "--schema",
        "scheduler",
        "--out",
        out,
    ]);
    assert_eq!(code, 0, "{told}");
}

#[tokio::test]
async fn an_erasure_that_is_cut_short_goes_on_and_counts_from_its_beginning() {
    let database = filled().await;
    let mut superuser = database.connect().await.unwrap();
    run(
        &mut superuser,
        "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) SELECT 'acme', gen_random_uuid(), 0, payload FROM scheduler.graph_jobs, generate_series(1, 800) WHERE tenant_id = 'acme'",
    )
    .await;
    let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
    let arguments = [
        "erase",
        &url,
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--with-facts",
        "--out",
        folder.path().to_str().unwrap(),
    ];
    let before = number(
        &mut superuser,
        "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = 'acme'",
    )
    .await;
    for (is_process, held) in [(true, "scheduler.graph_jobs"), (false, "policy.packs")] {
        cut_short(&database, &format!("{held} IN SHARE"), &arguments, is_process).await;
    }
    let proof: Value =
        serde_json::from_slice(&fs::read(folder.path().join("erasure-acme.json")).unwrap()).unwrap();
    assert_eq!(proof["finished"], false);
    let (code, erased) = answer(&arguments);
    assert_eq!(code, 0, "{erased:#}");
    let tables = erased["tables"].as_array().unwrap();
    let jobs = tables
        .iter()
        .find(|table| table["table"] == "scheduler.graph_jobs")
        .unwrap();
    assert_eq!(
        (&jobs["before"], &jobs["erased"]),
        (&before.into(), &before.into())
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn the_tenant_is_named_twice() {
    let (code, told) = said(&["erase", "postgres://nobody@127.0.0.1:1/none", "--tenant", "acme"]);
    assert!(code == 2 && told.contains("--yes"), "{told}");
    let other = [
        "erase",
        "postgres://nobody@127.0.0.1:1/none",
        "--tenant",
        "acme",
        "--yes",
        "globex",
    ];
    let (code, told) = said(&other);
    assert!(code == 2 && told.contains("names another tenant"), "{told}");
    let (code, told) = said(&[
        "erase",
        "postgres://nobody@127.0.0.1:1/none",
        "--tenant",
        "@global",
        "--yes",
        "@global",
    ]);
    assert!(code == 2 && told.contains("reserved"), "{told}");
}
