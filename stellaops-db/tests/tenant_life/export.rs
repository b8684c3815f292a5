//! `tenant export`

use std::fs;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::world::{SYSTEM, answer, cut_short, empty, filled, number, run, said, specs};

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn every_table_of_the_specs_is_exported_as_its_manifest_says() {
    let database = filled().await;
    let (url, folder) = (database.url_as(SYSTEM), tempfile::tempdir().unwrap());
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let export =
        |out: &std::path::Path| answer(&["export", &url, "--tenant", "acme", "--out", out.to_str().unwrap()]);
    let (code, manifest) = export(&first);
    assert_eq!(code, 0, "{manifest}");

    let specs = specs();
    let tables: Vec<String> = specs
        .tables()
        .filter(|table| table.tenancy.has_tenant())
        .map(|table| table.qualified())
        .collect();
    let files = manifest["files"].as_array().unwrap();
    let exported: Vec<&str> = files.iter().map(|file| file["table"].as_str().unwrap()).collect();
    assert_eq!(exported, tables);
    for file in files {
        let bytes = fs::read(first.join(file["file"].as_str().unwrap())).unwrap();
        assert_eq!(file["sha256"], hexadecimal(&Sha256::digest(&bytes)), "{file}");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(file["rows"], text.lines().count(), "{file}");
        assert_ne!(file["rows"], 0, "{file}");
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["tenant_id"], "acme");
            assert_eq!(serde_jcs::to_string(&value).unwrap(), line, "it is canonical");
        }
    }
    assert_eq!(
        manifest["needs"].as_array().unwrap().len(),
        1,
        "{}",
        manifest["needs"]
    );
    assert_eq!(manifest["needs"][0]["tenant"], "@global");

    // Nothing but the moment is another one.
    let (_, again) = export(&second);
    assert_eq!(again["files"], manifest["files"]);
    let (code, told) = said(&[
        "export",
        &url,
        "--tenant",
        "acme",
        "--out",
        second.to_str().unwrap(),
    ]);
    assert!(
        code == 1 && told.contains("holds an export that is finished"),
        "{told}"
    );
    let mut superuser = database.connect().await.unwrap();
    let evidence = "SELECT count(*) FROM stellaops.system_access WHERE reason = 'export the tenant acme' AND who = 'stellaops_system' AND ended_at IS NOT NULL";
    assert_eq!(number(&mut superuser, evidence).await, 2);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_its_owner_reads_an_export() {
    use std::os::unix::fs::PermissionsExt as _;
    let database = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("acme");
    let url = database.url_as(SYSTEM);
    let (code, told) = said(&[
        "export",
        &url,
        "--tenant",
        "acme",
        "--out",
        out.to_str().unwrap(),
        "--schema",
        "policy",
    ]);
    assert_eq!(code, 0, "{told}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o700);
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn a_database_that_does_not_fit_is_told_whole_and_a_blind_login_is_refused() {
    let database = empty().await;
    let mut superuser = database.connect().await.unwrap();
    run(
        &mut superuser,
        "ALTER TABLE policy.packs ADD COLUMN colour text; DROP TABLE vex.graph_edges; ALTER TABLE notify.inbox ALTER COLUMN id TYPE text USING id::text",
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("acme");
    let shown = out.to_str().unwrap();
    let (code, told) = said(&["export", &database.url(), "--tenant", "acme", "--out", shown]);
    assert_eq!(code, 1, "{told}");
    for fault in [
        "policy.packs has a column `colour` that the specs do not know",
        "the table vex.graph_edges is missing",
        "notify.inbox.id is text, and uuid in the specs",
    ] {
        assert!(told.contains(fault), "{told}");
    }
    assert!(!out.exists());
    let login = format!("blind_{}", database.name().rsplit('_').next().unwrap());
    run(
        &mut superuser,
        &format!("CREATE ROLE {login} LOGIN IN ROLE policy_reader"),
    )
    .await;
    let (code, told) = said(&[
        "export",
        &database.url_as(&login),
        "--tenant",
        "acme",
        "--out",
        shown,
    ]);
    assert!(code == 3 && told.contains(&login), "{told}");
    run(&mut superuser, &format!("DROP ROLE {login}")).await;
}

/// A process that is killed, and a connection that is: neither leaves what looks like an export.
#[tokio::test]
async fn an_export_that_is_cut_short_is_none_and_the_same_command_makes_it_whole() {
    let database = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let (url, out) = (database.url_as(SYSTEM), folder.path().join("acme"));
    let arguments = ["export", &url, "--tenant", "acme", "--out", out.to_str().unwrap()];
    for is_process in [true, false] {
        cut_short(
            &database,
            "policy.packs IN ACCESS EXCLUSIVE",
            &arguments,
            is_process,
        )
        .await;
        assert!(out.join("audit.events.ndjson").exists() && !out.join("manifest.json").exists());
    }
    let (code, told) = said(&arguments);
    assert_eq!(code, 0, "{told}");
    assert!(out.join("manifest.json").exists() && !out.join("export.unfinished").exists());
}

#[tokio::test]
async fn a_folder_that_holds_something_else_is_left_alone() {
    let database = empty().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.ndjson"), "{}").unwrap();
    let out = folder.path().to_str().unwrap();
    let (code, told) = said(&["export", &database.url(), "--tenant", "acme", "--out", out]);
    assert!(code == 1 && told.contains("holds something else"), "{told}");
    assert!(folder.path().join("mine.ndjson").exists());
}
