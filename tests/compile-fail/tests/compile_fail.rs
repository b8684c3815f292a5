//! What must not compile. A case lies in the folder of its rule, `ui/<code>/<what>.rs`,
//! beside what the compiler says to it; what it says is ours, in the frame of the pinned compiler.
//! After a change of either: `TRYBUILD=overwrite cargo test -p stellaops-db-compile-fail`,
//! and read the difference. The errors that a macro finds itself are tested as data as well, in the
//! derive crate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use stellaops_db_spec::rule::{self, Enforcement};

/// Cases are compiled far from the specs. The variable that names them must be there when the compiler
/// starts, so the cases run in a process of their own.
#[test]
fn cases_fail_with_our_words() {
    let this = std::env::current_exe().expect("a test knows its program");
    let status = Command::new(this)
        .args([
            "--ignored",
            "--exact",
            "cases_with_the_specs_of_the_shop",
            "--nocapture",
        ])
        .env("STELLAOPS_DB_SPECS", package().join("../shop/specs"))
        .status();
    assert!(status.expect("the test can be started").success());
}

#[test]
#[ignore = "run by cases_fail_with_our_words, which names the specs"]
fn cases_with_the_specs_of_the_shop() {
    // Only failing cases: one that must compile would make trybuild build all crates a second time,
    // where a check is enough. Those are in `must_compile`.
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}

#[test]
fn every_rule_of_the_compiler_has_a_case_and_every_case_a_rule() {
    let rules = rule::all().filter(|rule| rule.enforcement == Enforcement::CompileError);
    let rules: BTreeSet<String> = rules.map(|rule| rule.code.to_string()).collect();
    let folders: BTreeSet<String> = entries(&package().join("ui"))
        .iter()
        .map(|path| name(path))
        .collect();
    assert_eq!(folders, rules);
}

#[test]
fn what_the_compiler_says_holds_our_words() {
    let folders = entries(&package().join("ui"));
    for case in folders
        .iter()
        .flat_map(|folder| entries(folder))
        .filter(|path| has_extension(path, "rs"))
    {
        let code = case.parent().map(name).unwrap_or_default();
        let said = std::fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
        assert!(
            said.contains(&format!("[{code}] ")),
            "{} says nothing of {code}",
            case.display()
        );
        assert!(
            said.contains(&format!("stellaops-db explain {code}")),
            "{} explains no {code}",
            case.display()
        );
    }
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
