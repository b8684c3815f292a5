//! An independent linter of row-level security over all generated schemas: no error, and every notice is answered in
//! SECURITY.md.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use stellaops_db_spec::model::{Database, Tenancy};

use crate::weakened::World;

const JUDGE: &str = "pgrls==0.57.1";

/// What the linter says.
#[derive(Deserialize)]
struct Verdict {
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    rule_id: String,
    severity: String,
    message: String,
}

#[tokio::test]
async fn an_outside_judge_finds_no_error_and_every_notice_is_answered() {
    let library = match installed() {
        Ok(library) => library,
        Err(why) => {
            println!("SKIPPED: {JUDGE} cannot be installed: {why}");
            return;
        }
    };
    let world = World::shared().await;
    let database = world.database().await;
    let folder = tempfile::tempdir().expect("a folder");
    let configuration = folder.path().join("pgrls.toml");
    fs::write(&configuration, allowed(&world.specs)).expect("it is written");
    let schemas: Vec<&str> = world
        .specs
        .schemas
        .iter()
        .map(|schema| schema.name.as_str())
        .collect();
    let output = Command::new("python3")
        .args([
            "-m",
            "pgrls",
            "lint",
            "--format",
            "json",
            "--database-url",
            &database.url(),
        ])
        .args(["--schemas", &format!("{},stellaops", schemas.join(","))])
        .arg("--config")
        .arg(&configuration)
        .env("PYTHONPATH", &library)
        .output()
        .expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let verdict: Verdict = serde_json::from_str(&said)
        .unwrap_or_else(|fault| panic!("{fault}: {said}{}", String::from_utf8_lossy(&output.stderr)));
    let errors = verdict
        .violations
        .iter()
        .filter(|violation| violation.severity == "error");
    let errors: Vec<&str> = errors.map(|violation| violation.message.as_str()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let notices: BTreeSet<&str> = verdict
        .violations
        .iter()
        .map(|violation| violation.rule_id.as_str())
        .collect();
    assert_eq!(notices, answered().iter().map(String::as_str).collect(), "{said}");
}

/// The tables that all may read, and those of the system, which no application reaches.
fn allowed(specs: &Database) -> String {
    let global = specs.tables().filter(|table| table.tenancy == Tenancy::Global);
    let shared = ["system_access", "outbox_consumers", "outbox_held_tenants"];
    let names: Vec<String> = global
        .map(|table| table.qualified())
        .chain(shared.map(|table| format!("stellaops.{table}")))
        .map(|name| format!("\"{name}\""))
        .collect();
    format!("[lint.rules.SEC001]\nallowlist = [{}]\n", names.join(", "))
}

/// The notices that SECURITY.md answers.
fn answered() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../SECURITY.md");
    let text = fs::read_to_string(path).expect("it is there");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| SEC"));
    rows.filter_map(|row| Some(format!("SEC{}", row.split_once(',')?.0)))
        .collect()
}

/// The folder of the linter, installed once and kept beside the tests' other files.
fn installed() -> Result<PathBuf, String> {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(JUDGE.replace("==", "-"));
    if kept.is_dir() {
        return Ok(kept);
    }
    let parent = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|error| error.to_string())?;
    let fresh = parent.path().join("library");
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(&fresh)
        .arg(JUDGE)
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    // Another run may have been faster.
    match fs::rename(&fresh, &kept) {
        Err(error) if !kept.is_dir() => Err(error.to_string()),
        _ => Ok(kept),
    }
}
