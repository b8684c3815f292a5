//! `init`

use crate::support::*;

#[test]
fn what_init_makes_passes_check_and_generate() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["init", "deep/below"]);
    made.assert_said(
        0,
        &[
            "specs/shop/orders.toml",
            "generated/schemas/shop.sql",
            ".taplo.toml",
            "build.rs",
        ],
    );
    let place = folder.path().join("deep/below");
    run(&place, &["check"]).assert_said(0, &["1 table in 1 schema"]);
    run(&place, &["generate", "--check"]).assert_said(0, &["all up to date"]);
    run(&place, &["generate"]).assert_said(0, &["all up to date"]);
}

#[test]
fn init_lists_what_is_in_the_way_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("specs/shop")).unwrap();
    std::fs::write(folder.path().join("specs/shop/orders.toml"), "mine").unwrap();
    let before = snapshot(folder.path());
    let ran = run(folder.path(), &["init"]);
    ran.assert_said(1, &["nothing was written", "  specs/shop/orders.toml\n"]);
    assert!(!ran.out.contains("database.toml"), "{}", ran.out);
    let (code, answer) = run(folder.path(), &["init", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (1, &"in_the_way".into()));
    assert_eq!(answer["files"], serde_json::json!(["specs/shop/orders.toml"]));
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn init_keeps_editor_settings_and_says_what_to_add() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".taplo.toml"), "# mine\n").unwrap();
    run(folder.path(), &["init"]).assert_said(0, &["kept    .taplo.toml", "generated/spec.schema.json\"\n"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join(".taplo.toml")).unwrap(),
        "# mine\n"
    );
}

#[test]
fn init_makes_the_specs_folder_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, answer) = run(
        folder.path(),
        &["init", "--specs", "data/tables", "--format", "json"],
    )
    .json();
    assert_eq!((code, &answer["outcome"]), (0, &"created".into()));
    assert!(folder.path().join("data/tables/database.toml").is_file());
    run(folder.path(), &["generate", "--check", "--specs", "data/tables"]).assert_said(0, &[]);
}

#[test]
fn init_that_cannot_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    // A file where `generated/` must be made: the specs before it can be written, the rest cannot.
    std::fs::write(folder.path().join("generated"), "").unwrap();
    run(folder.path(), &["init"]).assert_said(3, &["error: ", "generated"]);
    assert!(!folder.path().join("specs/database.toml").exists());
}
