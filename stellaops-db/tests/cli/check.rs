//! `check`, and where the specs are found.

use crate::support::*;

#[test]
fn check_shows_every_fault_of_every_file_with_its_place() {
    let folder = initialised();
    let specs = folder.path().join("specs");
    edit(
        &specs.join("shop/orders.toml"),
        "type = \"bigint\"",
        "type = \"money\"",
    );
    edit(
        &specs.join("shop/orders.toml"),
        "order = [\"created_at desc\"]",
        "order = [\"created desc\"]",
    );
    edit(&specs.join("shop/schema.toml"), "service", "serivce");
    let ran = run(folder.path(), &["check"]);
    ran.assert_said(
        1,
        &[
            "specs/shop/orders.toml:",
            "specs/shop/schema.toml:",
            "stellaops-db explain SDB",
        ],
    );
    let (code, answer) = run(folder.path(), &["check", "--format", "json"]).json();
    assert_eq!(
        (code, &answer["tables"], &answer["schemas"]),
        (1, &1.into(), &1.into())
    );
    let faults = answer["faults"].as_array().unwrap();
    assert!(faults.len() >= 2, "{faults:?}");
    for fault in faults {
        assert!(fault["code"].as_str().unwrap().starts_with("SDB"), "{fault}");
        assert!(
            fault["line"].as_u64().unwrap() > 1 && !fault["help"].as_str().unwrap().is_empty(),
            "{fault}"
        );
    }
    let files: Vec<_> = faults
        .iter()
        .map(|fault| fault["file"].as_str().unwrap())
        .collect();
    assert!(
        files.contains(&"specs/shop/orders.toml") && files.contains(&"specs/shop/schema.toml"),
        "{files:?}"
    );
}

#[test]
fn check_of_good_specs_gives_an_empty_list_of_faults() {
    let (code, answer) = run(initialised().path(), &["check", "--format", "json"]).json();
    assert_eq!(code, 0);
    assert_eq!(
        answer,
        serde_json::json!({ "faults": [], "schemas": 1, "tables": 1, "waivers": [] })
    );
}

#[test]
fn check_lists_the_waivers_in_force() {
    let folder = initialised();
    let orders = folder.path().join("specs/shop/orders.toml");
    let mut text = std::fs::read_to_string(&orders).unwrap();
    text.push_str(
        r#"
[[indexes]]
name   = "by_status"
pinned = ["status"]
why    = "count the orders of one status"

[[waivers]]
rule = "SDB0508"
why  = "the counter reads the short index"
"#,
    );
    std::fs::write(&orders, &text).unwrap();
    run(folder.path(), &["check"]).assert_said(
        0,
        &[
            "no fault",
            "waived: SDB0508 for shop.orders (specs/shop/orders.toml:",
            "the counter reads the short index",
        ],
    );
    let (code, answer) = run(folder.path(), &["check", "--format", "json"]).json();
    let waivers = answer["waivers"].as_array().unwrap();
    assert_eq!((code, waivers.len()), (0, 1));
    assert_eq!(waivers[0]["table"], "shop.orders");
    assert_eq!(waivers[0]["code"], "SDB0508");
    assert_eq!(waivers[0]["why"], "the counter reads the short index");
}

#[test]
fn specs_are_found_upward_or_by_variable_or_by_argument() {
    let (good, faulty) = (initialised(), initialised());
    edit(
        &faulty.path().join("specs/database.toml"),
        "spec_version = 1",
        "spec_version = 9",
    );
    let nowhere = tempfile::tempdir().unwrap();
    let (good_path, faulty_path) = (good.path().to_str().unwrap(), faulty.path().to_str().unwrap());

    run(&good.path().join("specs/shop"), &["check"]).assert_said(0, &[]);
    run(nowhere.path(), &["check", "--specs", good_path]).assert_said(0, &[]);
    run(
        nowhere.path(),
        &["--specs", &format!("{good_path}/specs"), "check"],
    )
    .assert_said(0, &[]);
    let by_variable = |arguments: &[&str]| {
        finish(command(good.path(), arguments).env("STELLAOPS_DB_SPECS", faulty.path().join("specs")))
    };
    by_variable(&["check"]).assert_said(1, &["SDB0007"]);
    by_variable(&["check", "--specs", good_path]).assert_said(0, &[]);
    run(good.path(), &["check", "--specs", faulty_path]).assert_said(1, &["SDB0007"]);
}

#[test]
fn specs_that_cannot_be_read_exit_with_3() {
    let nowhere = tempfile::tempdir().unwrap();
    for name in ["check", "generate"] {
        run(nowhere.path(), &[name]).assert_said(
            3,
            &["error: there is no `specs/database.toml`", "stellaops-db init"],
        );
        // A folder that is named is not looked for further up.
        run(initialised().path(), &[name, "--specs", "specs/shop"]).assert_said(3, &["--specs"]);
    }
    let folder = initialised();
    std::fs::write(folder.path().join("specs/shop/orders.toml"), [0xff]).unwrap();
    run(folder.path(), &["check"]).assert_said(3, &["orders.toml", "cannot be read"]);
}
