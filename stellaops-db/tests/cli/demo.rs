//! `demo`

use crate::support::*;

#[test]
fn demo_refuses_what_it_cannot_read_before_it_starts_a_server() {
    let folder = initialised();
    run(folder.path(), &["demo", "--projects", "nowhere"])
        .assert_said(3, &["error: `nowhere` cannot be read"]);
    run(folder.path(), &["demo", "--specs", "nowhere"]).assert_said(3, &["--specs"]);
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "tenancy = \"tenant\"",
        "",
    );
    run(folder.path(), &["demo", "--specs", "specs"]).assert_said(1, &["error[SDB"]);
}

#[test]
fn demo_answers_with_every_job_and_every_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let (code, outcome) = run(folder.path(), &["demo", "--format", "json"]).json();
    assert_eq!(code, 0, "{outcome}");
    let attempts = outcome["attempts"].as_array().unwrap();
    assert!(
        !attempts.is_empty() && attempts.iter().all(|attempt| attempt["refused"] == true),
        "{outcome}"
    );
}
