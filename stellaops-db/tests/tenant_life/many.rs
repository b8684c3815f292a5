//! Memory does not grow with the number of rows.
#![cfg(target_os = "linux")]

use std::process::Stdio;
use std::time::Instant;

use crate::world::{number, run, target, tenant};

/// How many rows: as texts alone they are more than a process may hold.
fn rows() -> usize {
    match std::env::var("STELLAOPS_DB_TEST_LENGTH").as_deref() {
        Ok("full") => 200_000,
        Ok("short" | "") | Err(std::env::VarError::NotPresent) => 50_000,
        other => panic!("STELLAOPS_DB_TEST_LENGTH is `full` or `short`, not {other:?}"),
    }
}

/// What a process may hold at most, in kilobytes: the program itself, and buffers.
const GREATEST: usize = 40 << 10;

/// Runs a command to its end; the most memory that it held.
fn peak(arguments: &[&str]) -> usize {
    let begun = Instant::now();
    let mut child = tenant(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(held.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    eprintln!("{}: {peak} kB, {:?}", arguments[0], begun.elapsed());
    peak
}

#[tokio::test]
async fn many_rows_are_moved_and_erased_in_little_memory() {
    let rows = rows();
    let (source, other) = (target().await, target().await);
    let mut superuser = source.connect().await.unwrap();
    run(
        &mut superuser,
        &format!("INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload, correlation_id) SELECT 'acme', gen_random_uuid(), 0, payload, rpad('job ' || n, 120, '.') FROM scheduler.graph_jobs, generate_series(1, {rows}) AS n WHERE tenant_id = 'globex'"),
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("acme");
    let (shown, proof) = (out.to_str().unwrap(), folder.path().to_str().unwrap());
    let export = peak(&["export", &source.url(), "--tenant", "acme", "--out", shown]);
    let import = peak(&["import", &other.url(), "--from", shown]);
    let mut superuser = other.connect().await.unwrap();
    let count = "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = 'acme'";
    assert_eq!(number(&mut superuser, count).await, i64::try_from(rows).unwrap());
    let erase = peak(&[
        "erase",
        &other.url(),
        "--tenant",
        "acme",
        "--yes",
        "acme",
        "--out",
        proof,
    ]);
    assert_eq!(number(&mut superuser, count).await, 0);
    assert!(
        export.max(import).max(erase) < GREATEST,
        "{export}, {import}, {erase} kB"
    );
}
