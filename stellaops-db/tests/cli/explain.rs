//! `explain`

use crate::support::*;

#[test]
fn explain_prints_a_rule_however_its_code_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let whole = run(folder.path(), &["explain", "SDB0502"]);
    whole.assert_said(0, &["SDB0502: ", "Wrong:", "Right:", "Enforced:"]);
    for code in ["sdb0502", "502", "0502"] {
        assert_eq!(run(folder.path(), &["explain", code]).out, whole.out);
    }
    let (code, rule) = run(folder.path(), &["explain", "SDB0502", "--format", "json"]).json();
    assert_eq!((code, &rule["code"]), (0, &"SDB0502".into()));
    assert!(
        ["title", "reason", "wrong", "right", "enforced"]
            .iter()
            .all(|key| rule[key].is_string()),
        "{rule}"
    );
}

#[test]
fn explain_without_a_code_lists_all_rules() {
    let folder = tempfile::tempdir().unwrap();
    let list = run(folder.path(), &["explain"]);
    list.assert_said(0, &["SDB0001  ", "SDB0502  "]);
    let (_, rules) = run(folder.path(), &["explain", "--format", "json"]).json();
    let codes: Vec<_> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap())
        .collect();
    let listed: Vec<_> = list
        .out
        .lines()
        .map(|line| line.split("  ").next().unwrap())
        .collect();
    assert_eq!(listed, codes);
}

#[test]
fn explain_of_an_unknown_code_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["explain", "SBD0502"])
        .assert_said(1, &["no rule has the code `SBD0502`", "SDB0502: "]);
    run(folder.path(), &["explain", "tenant"]).assert_said(1, &["`stellaops-db explain` lists them all"]);
    let (code, answer) = run(folder.path(), &["explain", "SBD0502", "--format", "json"]).json();
    assert_eq!(
        (code, answer),
        (
            1,
            serde_json::json!({ "unknown": "SBD0502", "nearest": "SDB0502" })
        )
    );
}
