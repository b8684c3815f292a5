//! The example projects, and what does not change their revision.

use std::fs;

use proptest::prelude::*;
use stellaops_db::demo::go::{Expected, ModuleGraph, ProjectFiles, embedded_projects, render_faults};

use crate::support::*;

#[test]
fn each_example_gives_its_expected_file() {
    for example in embedded_projects() {
        match (ModuleGraph::build(&example.files), example.expected) {
            (Ok(graph), Expected::Graph(expected)) => {
                let shown = serde_json::to_string_pretty(&graph).expect("a graph is JSON") + "\n";
                assert_eq!(shown, expected, "{}", example.name);
                let read: ModuleGraph = serde_json::from_str(expected).expect("the expected file is a graph");
                assert_eq!(read, graph, "{}", example.name);
            }
            (Err(faults), Expected::Faults(expected)) => {
                assert_eq!(render_faults(&faults), expected, "{}", example.name);
            }
            (result, _) => panic!("{}: {result:?}", example.name),
        }
    }
}

#[test]
fn embedded_examples_are_the_folders() {
    let mut names: Vec<String> = fs::read_dir(examples())
        .expect("the examples' folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    let mut embedded: Vec<&str> = embedded_projects().iter().map(|example| example.name).collect();
    embedded.sort_unstable();
    assert_eq!(names, embedded);
    for example in embedded_projects() {
        let read = ProjectFiles::read_folder(&examples().join(example.name)).expect("a readable example");
        assert_eq!(read, example.files, "{}", example.name);
        assert_eq!(ProjectFiles::embedded(example.name), Some(read));
    }
    assert_eq!(ProjectFiles::embedded("no such example"), None);
}

#[test]
fn a_revision_keeps_its_name() {
    let graph = ModuleGraph::build(&ProjectFiles::embedded("plain").expect("an example")).expect("a graph");
    assert_eq!(
        graph.revision_id(),
        "grv_ce641b2c2fdd502ae075cbb64377fb74e027b136f42b23fd7f24a51252525489"
    );
    let json = String::from_utf8(graph.canonical_json()).expect("JSON is UTF-8");
    assert!(
        json.starts_with(r#"{"edges":[{"from":"#) && !json.contains('\n'),
        "{json}"
    );
}

#[test]
fn only_the_checksum_file_is_changed_and_the_name_changes() {
    let mut files = ProjectFiles::embedded("plain").expect("an example");
    let before = ModuleGraph::build(&files).expect("a graph").revision_id();
    let without_sums = files.clone();
    files.insert("go.sum", format!("example.com/log/structured v1.8.2 {HASH}\n"));
    let after = ModuleGraph::build(&files).expect("a graph").revision_id();
    assert_ne!(before, after);
    assert_eq!(
        before,
        ModuleGraph::build(&without_sums).expect("a graph").revision_id()
    );
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn the_order_of_lines_does_not_change_the_revision(
        lines in Just(plain_lines()).prop_shuffle(),
        sums in Just(plain_sums()).prop_shuffle(),
    ) {
        let mut files = ProjectFiles::embedded("plain").expect("an example");
        let before = ModuleGraph::build(&files).expect("a graph").revision_id();
        files.insert("go.mod", lines.join("\n\n"));
        files.insert("go.sum", sums.join("\n"));
        let after = ModuleGraph::build(&files).map(|graph| graph.revision_id()).map_err(|faults| render_faults(&faults));
        prop_assert_eq!(Ok(before), after);
    }
}

/// The example's `go.mod`, a directive an item, with the comments that belong to it.
fn plain_lines() -> Vec<String> {
    [
        "// Deprecated: use shop.example.com/warehouse.\nmodule shop.example.com/inventory",
        "go 1.24.0",
        "toolchain go1.24.3",
        "require example.com/log/structured v1.8.2",
        "require example.com/storage/keyvalue/v3 v3.4.1",
        "require ledger.example.org/decimal v1.4.0-rc.2",
        "require example.com/log/format v0.9.0 // indirect",
        "require example.com/sys v0.0.0-20250314092653-589793238462 //indirect",
        "require legacy.example.net/codec v3.2.0+incompatible // indirect; another reason",
        "replace example.com/storage/keyvalue/v3 => ././third_party/./keyvalue/",
        "replace example.com/log/format v0.9.0 => forks.example.net/log-format v0.9.1",
        "replace example.com/unused => forks.example.net/unused v1.0.0",
        "exclude example.com/log/structured v1.8.1",
        "exclude example.com/log/structured v1.8.0",
        "// Published by accident.\nretract [v1.0.1, v1.0.1]",
        "retract ( // Counts returned goods twice.\n [ v1.1.0 , v1.1.3 ]\n)",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn plain_sums() -> Vec<String> {
    let files = ProjectFiles::embedded("plain").expect("an example");
    files
        .text("go.sum")
        .expect("its checksums")
        .lines()
        .map(str::to_owned)
        .collect()
}
