//! Our errors as data: the compile-fail cases in `tests/compile-fail/ui`, run as functions.

use std::path::PathBuf;

use super::{errors, expand_all, shop, workspace};

/// Each case of a rule that a macro finds itself, sorted: its name, and the errors in it. The other
/// rules are found by the compiler, in what the macros wrote; trybuild shows those.
fn cases() -> Vec<(String, Vec<String>)> {
    let mut cases = Vec::new();
    for folder in entries(&workspace().join("tests/compile-fail/ui"))
        .into_iter()
        .filter(|path| path.is_dir())
    {
        for case in entries(&folder)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        {
            let name = |path: &PathBuf| {
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default()
            };
            let source = std::fs::read_to_string(&case).expect("a case can be read");
            let found: Vec<String> = expand_all(&source, &shop()).iter().flat_map(errors).collect();
            cases.push((format!("{}/{}", name(&folder), name(&case)), found));
        }
    }
    cases
}

fn entries(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_case_begins_with_the_error_of_its_rule() {
    for (case, found) in cases() {
        let code = case.split('/').next().unwrap_or_default();
        if let Some(first) = found.first() {
            assert!(first.starts_with(&format!("[{code}] ")), "{case}: {first}");
        }
        for text in &found {
            let code = text.get(1..8).unwrap_or_default();
            assert!(text.starts_with(&format!("[{code}] ")), "{case}: {text}");
            assert!(
                text.contains("\n= help: ") && text.ends_with(&format!("stellaops-db explain {code}`")),
                "{case}: {text}"
            );
        }
    }
}

#[test]
fn errors_say_what_is_wrong_and_how_to_mend_it() {
    let shown: Vec<String> = cases()
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(case, found)| format!("{case}\n{}", found.join("\n")))
        .collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("messages", shown.join("\n\n"));
    });
}
