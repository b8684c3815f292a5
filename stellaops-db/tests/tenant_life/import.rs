//! `tenant import`

use std::fs;

use crate::world::{
    MIGRATOR, SYSTEM, answer, cut_short, empty, exported, filled, fingerprint, number, run, said, target,
};

/// A row whose number the database gives.
const ANOTHER_LOG: &str = "INSERT INTO scheduler.execution_logs (tenant_id, run_id, level, message, source) SELECT tenant_id, run_id, level, message, source FROM scheduler.execution_logs WHERE tenant_id = 'acme' LIMIT 1";

#[tokio::test]
async fn what_is_imported_is_exported_again_to_the_same_bytes_and_nobody_else_is_touched() {
    let (source, target) = (filled().await, target().await);
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let mut superuser = source.connect().await.unwrap();
    run(
        &mut superuser,
        "SELECT setval(pg_get_serial_sequence('scheduler.execution_logs', 'id'), 1000)",
    )
    .await;
    run(&mut superuser, ANOTHER_LOG).await;
    let files = exported(&source.url_as(SYSTEM), "acme", &first);
    let mut superuser = target.connect().await.unwrap();
    let others = fingerprint(&mut superuser, "globex").await;
    let (code, told) = answer(&[
        "import",
        &target.url(),
        "--from",
        first.to_str().unwrap(),
        "--as-superuser",
    ]);
    assert_eq!(code, 0, "{told:#}");
    let tables = told["tables"].as_array().unwrap();
    assert!(
        tables.iter().all(|table| table["comparison"] == "identical"),
        "{told:#}"
    );
    assert_eq!(exported(&target.url_as(SYSTEM), "acme", &second), files);
    assert_eq!(fingerprint(&mut superuser, "globex").await, others);
    // The next number is nobody's yet.
    run(&mut superuser, ANOTHER_LOG).await;
    let last = number(
        &mut superuser,
        "SELECT max(id) FROM scheduler.execution_logs WHERE tenant_id = 'acme'",
    )
    .await;
    assert_eq!(last, 1002);
    let (code, told) = said(&[
        "import",
        &target.url(),
        "--from",
        first.to_str().unwrap(),
        "--as-superuser",
    ]);
    assert!(
        code == 1 && told.contains("scheduler.runs has rows of acme already"),
        "{told}"
    );
}

#[tokio::test]
async fn with_triggers_on_a_chain_comes_out_with_the_same_hashes() {
    let (source, target) = (filled().await, target().await);
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    // Positions in another order than the keys.
    let mut superuser = source.connect().await.unwrap();
    run(
        &mut superuser,
        "INSERT INTO audit.events (tenant_id, id, service, action, actor_type, actor, entity_type, entity_id, occurred_at)
         SELECT 'acme', gen_random_uuid(), 'scheduler', 'schedule.deleted', 'user', 'ada', 'x', n::text, date_trunc('month', now()) + (30 - n) * interval '1 second' FROM generate_series(1, 30) AS n",
    )
    .await;
    let mut files = exported(&source.url_as(SYSTEM), "acme", &first);
    let from = first.to_str().unwrap();
    let (code, told) = said(&["import", &target.url_as(SYSTEM), "--from", from]);
    assert!(
        code == 1
            && told
                .contains("may not move the sequence of vex.linkset_events.id: import as stellaops_migrator"),
        "{told}"
    );
    let (code, told) = said(&["import", &target.url_as(MIGRATOR), "--from", from]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("audit.chain_heads: 1 rows, identical, but for what the chain makes anew"),
        "{told}"
    );
    assert!(told.contains("audit.events: 31 rows, identical\n"), "{told}");
    let mut again = exported(&target.url_as(SYSTEM), "acme", &second);
    files.remove("audit.chain_heads.ndjson");
    again.remove("audit.chain_heads.ndjson");
    assert_eq!(again, files);
    assert_eq!(
        fs::read_dir(&first)
            .unwrap()
            .filter(|entry| entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_str()
                .unwrap()
                .starts_with("import-"))
            .count(),
        0
    );
}

#[tokio::test]
async fn under_another_name_everything_is_the_same_but_the_name_and_the_hashes() {
    let source = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let files = exported(&source.url_as(SYSTEM), "acme", &first);
    let from = first.to_str().unwrap();
    let target = target().await;
    let (code, told) = said(&[
        "import",
        &target.url(),
        "--from",
        from,
        "--as",
        "roadrunner",
        "--as-superuser",
    ]);
    assert!(
        code == 1 && told.contains("import without --as-superuser"),
        "{told}"
    );
    let (code, told) = answer(&["import", &target.url(), "--from", from, "--as", "roadrunner"]);
    assert_eq!(code, 0, "{told:#}");
    let chained = told["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|table| table["comparison"] != "identical");
    assert_eq!(chained.count(), 2);
    let again = exported(&target.url_as(SYSTEM), "roadrunner", &second);
    for (name, text) in &files {
        let renamed = again[name].replace("tenant_id\":\"roadrunner\"", "tenant_id\":\"acme\"");
        match name.starts_with("audit.") {
            true => assert_ne!(&renamed, text, "{name}"),
            false => assert_eq!(&renamed, text, "{name}"),
        }
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
        .args([
            "verify-chain",
            &target.url_as(SYSTEM),
            "--tenant",
            "roadrunner",
            "--specs",
        ])
        .arg(crate::world::specs_folder())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[tokio::test]
async fn a_database_that_cannot_take_the_tenant_says_all_that_is_in_the_way() {
    let (source, target) = (filled().await, empty().await);
    let mut superuser = source.connect().await.unwrap();
    // The first events are long gone, and one is of a month that the target has not.
    let partition = "CREATE TABLE audit.events_y2021m12 PARTITION OF audit.events FOR VALUES FROM ('2021-12-01T00:00:00Z') TO ('2022-01-01T00:00:00Z')";
    run(&mut superuser, partition).await;
    run(
        &mut superuser,
        "INSERT INTO audit.events (tenant_id, id, service, action, actor_type, actor, entity_type, entity_id, occurred_at) VALUES ('acme', gen_random_uuid(), 'scheduler', 'schedule.deleted', 'user', 'ada', 'x', 'y', '2021-12-24T00:00:00Z');
         SET session_replication_role = replica; DELETE FROM audit.events WHERE position = 1",
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let files = exported(&source.url_as(SYSTEM), "acme", &first);
    let from = first.to_str().unwrap();
    let (code, told) = said(&["import", &target.url_as(MIGRATOR), "--from", from]);
    assert_eq!(code, 1, "{told}");
    for fault in [
        "the chain does not go from 1 to 1, but from 2 to 2",
        "audit.events has no partition of 2021-12",
        "issuer.issuers has no row",
    ] {
        assert!(told.contains(fault), "{told}");
    }
    // What it says is done.
    let mut migrator = target.connect().await.unwrap();
    let line = told
        .lines()
        .find(|line| line.contains("has no partition"))
        .unwrap();
    run(&mut migrator, line.split_once("migrator: ").unwrap().1).await;
    let copied =
        "INSERT INTO issuer.issuers SELECT * FROM jsonb_populate_recordset(NULL::issuer.issuers, $1::jsonb)";
    let everybodys: String = sqlx::query_scalar(
        "SELECT jsonb_agg(to_jsonb(row))::text FROM issuer.issuers AS row WHERE tenant_id = '@global'",
    )
    .fetch_one(&mut source.connect().await.unwrap())
    .await
    .unwrap();
    sqlx::query(copied)
        .bind(everybodys)
        .execute(&mut migrator)
        .await
        .unwrap();
    let (code, told) = said(&["import", &target.url(), "--from", from, "--as-superuser"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(exported(&target.url_as(SYSTEM), "acme", &second), files);
    let guarded = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit.events_y2021m12'::regclass AND NOT tgisinternal";
    assert_eq!(
        number(&mut migrator, guarded).await,
        2,
        "the chain's, and the one that keeps facts"
    );
}

#[tokio::test]
async fn an_import_that_is_cut_short_goes_on_and_ends_the_same() {
    let (source, target) = (filled().await, target().await);
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let files = exported(&source.url_as(SYSTEM), "acme", &first);
    let mut superuser = target.connect().await.unwrap();
    let url = target.url();
    let arguments = [
        "import",
        &url,
        "--from",
        first.to_str().unwrap(),
        "--as-superuser",
    ];
    for (is_process, held) in [(true, "notify.rules"), (false, "scheduler.runs")] {
        cut_short(&target, &format!("{held} IN SHARE"), &arguments, is_process).await;
    }
    assert_eq!(
        number(
            &mut superuser,
            "SELECT count(*) FROM policy.packs WHERE tenant_id = 'acme'"
        )
        .await,
        1
    );
    assert_eq!(
        number(
            &mut superuser,
            "SELECT count(*) FROM vex.projects WHERE tenant_id = 'acme'"
        )
        .await,
        0
    );
    // Somebody changes what was imported: the comparison tells, and does not look at how far it was.
    run(
        &mut superuser,
        "UPDATE policy.packs SET updated_at = now() + interval '1 day' WHERE tenant_id = 'acme'",
    )
    .await;
    let (code, told) = said(&arguments);
    assert!(
        code == 1 && told.contains("policy.packs has 1 rows, and the export 1; their hashes differ"),
        "{told}"
    );
    run(
        &mut superuser,
        "SET session_replication_role = replica; DELETE FROM policy.packs WHERE tenant_id = 'acme'",
    )
    .await;
    let (code, told) = said(&arguments);
    assert_eq!(code, 0, "{told}");
    assert_eq!(exported(&target.url_as(SYSTEM), "acme", &second), files);
}
