//! `config`: a persistence configuration is made and looked at.

use std::path::Path;

use crate::support::*;

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("persistence.yaml"), text).unwrap();
}

#[test]
fn a_template_of_the_specs_is_in_order_and_overwrites_nothing() {
    let folder = initialised();
    let printed = run(folder.path(), &["config", "template"]);
    printed.assert_said(
        0,
        &["  shop:\n", "postgres://shop_service@", "# max_connections: 10"],
    );
    let out = ["config", "template", "--out", "persistence.yaml"];
    run(folder.path(), &out).assert_said(0, &["new     persistence.yaml"]);
    let text = std::fs::read_to_string(folder.path().join("persistence.yaml")).unwrap();
    assert_eq!(text, printed.out);
    run(folder.path(), &["config", "check", "persistence.yaml"])
        .assert_said(0, &["ok: 1 module, no fault\n"]);
    run(folder.path(), &out).assert_said(1, &["is there already"]);
    let (code, answer) = run(folder.path(), &["config", "template", "--format", "json"]).json();
    assert_eq!((code, answer["template"].as_str()), (0, Some(text.as_str())));
    let (code, answer) = run(
        folder.path(),
        &[
            "config",
            "template",
            "--out",
            "persistence.yaml",
            "--format",
            "json",
        ],
    )
    .json();
    assert_eq!((code, &answer["file"]), (1, &serde_json::Value::Null));
}

#[test]
fn every_fault_of_a_configuration_is_shown_and_no_secret() {
    let folder = initialised();
    let text = "version: 1\nmodules:\n  shop:\n    url: postgres://app:s3cret@localhost/shop\n    max_conections: 3\n";
    write(folder.path(), text);
    let check = ["config", "check", "persistence.yaml"];
    let ran = run(folder.path(), &check);
    ran.assert_said(
        1,
        &[
            "persistence.yaml:4:10",
            "persistence.yaml:5:5",
            "did you mean `max_connections`?",
            "2 faults in the configuration",
        ],
    );
    assert!(!ran.out.contains("s3cret"), "{}", ran.out);
    let (code, answer) = run(
        folder.path(),
        &["config", "check", "persistence.yaml", "--format", "json"],
    )
    .json();
    assert_eq!(
        (code, &answer["faults"][0]["code"], &answer["faults"][0]["line"]),
        (1, &"SDB1104".into(), &4.into())
    );
    run(folder.path(), &["config", "check", "missing.yaml"]).assert_said(3, &["missing.yaml"]);
}

#[test]
fn each_module_is_a_schema_where_there_are_specs_to_compare_with() {
    let folder = initialised();
    let entry = "{ url: postgres://app@localhost/shop, password: { env: STELLAOPS_DB_TEST_NOWHERE } }";
    write(
        folder.path(),
        &format!("version: 1\nmodules:\n  shopp: {entry}\n"),
    );
    let check = ["config", "check", "persistence.yaml"];
    run(folder.path(), &check).assert_said(
        1,
        &[
            "persistence.yaml:3:3",
            "the specs have no schema `shopp`",
            "did you mean `shop`?",
        ],
    );
    let nowhere = tempfile::tempdir().unwrap();
    write(
        nowhere.path(),
        &format!("version: 1\nmodules:\n  shopp: {entry}\n  old: {{ enabled: false }}\n"),
    );
    run(nowhere.path(), &check).assert_said(0, &["ok: 2 modules", "not enabled: old", "no specs were found"]);
    run(
        nowhere.path(),
        &["config", "check", "persistence.yaml", "--secrets"],
    )
    .assert_said(
        1,
        &[
            "persistence.yaml:3:",
            "`STELLAOPS_DB_TEST_NOWHERE` is not set",
            "1 fault in the configuration",
        ],
    );
    let (code, answer) = run(
        nowhere.path(),
        &["config", "check", "persistence.yaml", "--format", "json"],
    )
    .json();
    assert_eq!(code, 0);
    assert_eq!(
        answer,
        serde_json::json!({
            "faults": [],
            "modules": [{ "name": "old", "enabled": false }, { "name": "shopp", "enabled": true }],
            "without_entry": null
        })
    );
}
