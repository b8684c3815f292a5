//! `generate`

use crate::support::*;

#[test]
fn generate_writes_what_differs_and_check_only_says_so() {
    let folder = initialised();
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "max_length = 40",
        "max_length = 41",
    );
    std::fs::remove_file(folder.path().join("generated/SPECIFICATION.md")).unwrap();
    let before = snapshot(folder.path());
    let stale = run(folder.path(), &["generate", "--check"]);
    stale.assert_said(
        1,
        &[
            "schemas/shop.sql:",
            "differs",
            "SPECIFICATION.md: is missing",
            "run `stellaops-db generate`",
        ],
    );
    let (code, answer) = run(folder.path(), &["generate", "--check", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (1, &"stale".into()));
    assert!(
        states(&answer).contains(&("schemas/shop.sql", "differs")),
        "{answer}"
    );
    assert_eq!(snapshot(folder.path()), before);

    let (code, answer) = run(folder.path(), &["generate", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (0, &"written".into()));
    assert!(
        states(&answer).contains(&("SPECIFICATION.md", "missing")),
        "{answer}"
    );
    assert!(
        states(&answer).contains(&("schemas/stellaops.sql", "same")),
        "{answer}"
    );
    let (code, answer) = run(folder.path(), &["generate", "--check", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (0, &"up_to_date".into()));
    assert_ne!(snapshot(folder.path()), before);
}

#[test]
fn generate_removes_sql_that_no_spec_gives_and_keeps_sql_that_was_written_by_hand() {
    let folder = initialised();
    let schemas = folder.path().join("generated/schemas");
    std::fs::write(schemas.join("mine.sql"), "SELECT 1;\n").unwrap();
    run(folder.path(), &["generate", "--check"]).assert_said(0, &[]);
    std::fs::rename(
        folder.path().join("specs/shop"),
        folder.path().join("specs/store"),
    )
    .unwrap();
    run(folder.path(), &["generate", "--check"])
        .assert_said(1, &["schemas/shop.sql: no spec gives this file"]);
    run(folder.path(), &["generate"])
        .assert_said(0, &["removed schemas/shop.sql", "new     schemas/store.sql"]);
    assert!(!schemas.join("shop.sql").exists() && schemas.join("mine.sql").is_file());
}

#[test]
fn generate_writes_to_the_folder_that_is_named() {
    let folder = initialised();
    run(folder.path(), &["generate", "--output", "elsewhere/sql"])
        .assert_said(0, &["new     schemas/shop.sql"]);
    assert!(folder.path().join("elsewhere/sql/schemas/shop.sql").is_file());
    std::fs::write(folder.path().join("file"), "").unwrap();
    run(folder.path(), &["generate", "--output", "file"]).assert_said(3, &["cannot be read or written"]);
}

#[test]
fn generate_from_faulty_specs_writes_nothing() {
    let folder = initialised();
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "tenancy = \"tenant\"",
        "",
    );
    let before = snapshot(folder.path());
    run(folder.path(), &["generate"]).assert_said(1, &["error[SDB"]);
    let (code, answer) = run(folder.path(), &["generate", "--format", "json"]).json();
    assert_eq!((code, answer["faults"].as_array().unwrap().len()), (1, 1));
    assert_eq!(snapshot(folder.path()), before);
}
