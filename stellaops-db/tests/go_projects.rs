//! The reader of Go projects, through its public door: files in, a graph or faults out.

#![cfg(feature = "demo")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use stellaops_db::demo::go::{
    EdgeKind, EnvironmentFile, Expected, Fault, Mark, ModuleFile, ModuleGraph, ProjectError, ProjectFiles,
    ReplacementTarget, SumFile, VendorFile, WorkFile, embedded_projects, render_faults,
};

const HASH: &str = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const OTHER_HASH: &str = "h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=";

/// Failures are printed with their seed and kept nowhere: what fails becomes a case of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/go-projects")
}

fn project(files: &[(&str, &str)]) -> ProjectFiles {
    files.iter().copied().collect()
}

fn build(files: &[(&str, &str)]) -> Result<ModuleGraph, String> {
    ModuleGraph::build(&project(files)).map_err(|faults| render_faults(&faults))
}

/// The places and messages, without the remedies.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let faults = ModuleGraph::build(&project(files)).expect_err("the project has faults");
    assert!(
        faults.iter().all(|fault| !fault.remedy.is_empty()),
        "each fault says how to mend it"
    );
    faults.iter().map(line).collect()
}

fn line(fault: &Fault) -> String {
    format!(
        "{}:{}:{}: {}",
        fault.file, fault.line, fault.column, fault.message
    )
}

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

#[test]
fn a_full_go_mod_is_read() {
    let text = "\
// About the module.

// Deprecated: use example.com/b.
module \"example.com/a\" // still here\r
go 1.24rc1
toolchain default
require example.com/x v1.0.0// indirect
require (
    // A comment.
    `example.com/y/v2`   v2.1.0 // indirect; and more

    gopkg.in/z.v3 v3.0.0 // not indirect
)
require ()
replace example.com/x v1.0.0 => \"./with space\"
replace example.com/y/v2 => example.com/fork v0.1.0
retract (
    v1.0.0 // Broken.
    // Also broken.
    [v1.1.0, v1.2.0]
)
tool example.com/x/cmd/run
godebug ( panicnil=1 )
ignore ( node_modules )
";
    let text = text.replace("godebug ( panicnil=1 )", "godebug (\n panicnil=1\n)");
    let text = text.replace("ignore ( node_modules )", "ignore (\n node_modules\n ./web\n)");
    let (file, faults) = ModuleFile::parse("go.mod", &text);
    assert_eq!(render_faults(&faults), "");
    let module = file.module.expect("a module");
    assert_eq!(module.path, "example.com/a");
    assert_eq!(
        module.deprecated.as_deref(),
        Some("use example.com/b.\nstill here")
    );
    assert_eq!((module.place.line, module.place.column), (4, 8));
    assert_eq!(
        (file.go.as_deref(), file.toolchain.as_deref()),
        (Some("1.24rc1"), Some("default"))
    );
    let required: Vec<(&str, &str, bool)> = file
        .require
        .iter()
        .map(|required| {
            (
                required.path.as_str(),
                required.version.as_str(),
                required.indirect,
            )
        })
        .collect();
    assert_eq!(
        required,
        [
            ("example.com/x", "v1.0.0", true),
            ("example.com/y/v2", "v2.1.0", true),
            ("gopkg.in/z.v3", "v3.0.0", false)
        ]
    );
    assert_eq!(file.replace[0].version.as_deref(), Some("v1.0.0"));
    assert_eq!(
        file.replace[0].target,
        ReplacementTarget::Directory("./with space".to_owned())
    );
    assert_eq!(file.replace[1].version, None);
    let retracted: Vec<(&str, &str, Option<&str>)> = file
        .retract
        .iter()
        .map(|range| {
            (
                range.low.as_str(),
                range.high.as_str(),
                range.rationale.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        retracted,
        [
            ("v1.0.0", "v1.0.0", Some("Broken.")),
            ("v1.1.0", "v1.2.0", Some("Also broken."))
        ]
    );
    assert_eq!(file.tool, ["example.com/x/cmd/run"]);
    assert_eq!(file.godebug, ["panicnil=1"]);
    assert_eq!(file.ignore, ["node_modules", "./web"]);
}

#[test]
fn faults_of_go_mod_stand_at_the_wrong_word() {
    for (text, expected) in [
        ("", "1:1: there is no `module` directive"),
        ("module", "1:1: the `module` directive has the wrong arguments"),
        (
            "module a b",
            "1:1: the `module` directive has the wrong arguments",
        ),
        ("module (", "1:1: the block `module (` is never closed"),
        ("module a\nmodule b", "2:1: a second `module` directive"),
        ("module a//b", ""),
        (
            "module a/",
            "1:8: the path `a/` has an empty element: a slash at its start or end, or two in a row",
        ),
        (
            "module a\n\trequires b v1.0.0",
            "2:2: unknown directive `requires`",
        ),
        ("module a\n\"go\" 1.24", "2:1: unknown directive `go`"),
        ("module a\n) go 1.24", "2:1: unknown directive `)`"),
        ("module a\ngo (\n1.24\n)", "2:1: `go` cannot open this block"),
        (
            "module a\nrequire b (\nv1.0.0\n)",
            "2:1: `require` cannot open this block",
        ),
        ("module a\nnew (\nx y\n)", "2:1: unknown directive `new`"),
        ("module a\nrequire (\n) // x\n) y", "4:1: unknown directive `)`"),
        (
            "module a\nrequire (\n) y",
            "3:3: `y` after the block's closing `)`",
        ),
        ("module a\ngo 1.24\ngo 1.24", "3:1: a second `go` directive"),
        ("module a\ngo v1.24", "2:4: `v1.24` is not a version of Go"),
        (
            "module a\ntoolchain 1.24",
            "2:11: `1.24` is not the name of a toolchain",
        ),
        (
            "module a\nrequire b",
            "2:1: the `require` directive has the wrong arguments",
        ),
        (
            "module a\nrequire b v1.0.0 v1.0.1",
            "2:1: the `require` directive has the wrong arguments",
        ),
        ("module a\nrequire b 1.0.0", "2:11: `1.0.0` is not a version"),
        ("module a\nrequire b v1", "2:11: the version `v1` is cut short"),
        (
            "module a\nrequire b v1.0.0+meta",
            "2:11: the version `v1.0.0+meta` carries build metadata",
        ),
        (
            "module a\nrequire b v2.0.0",
            "2:11: the version `v2.0.0` does not belong to `b`, whose versions are v0 or v1",
        ),
        (
            "module a\nrequire b/v2 v3.0.0",
            "2:14: the version `v3.0.0` does not belong to `b/v2`, whose versions are v2",
        ),
        (
            "module a\nrequire b/v1 v1.0.0",
            "2:9: the module path `b/v1` ends in an illegal major version",
        ),
        (
            "module a\nrequire gopkg.in/b v1.0.0",
            "2:9: the module path `gopkg.in/b` has no version",
        ),
        (
            "module a\nrequire b v1.0.0\nrequire b v1.1.0",
            "3:9: `b` is required at `v1.1.0` here and at `v1.0.0` in line 2",
        ),
        ("module a\nexclude b latest", "2:11: `latest` is not a version"),
        (
            "module a\nreplace b",
            "2:1: the `replace` directive has the wrong arguments",
        ),
        (
            "module a\nreplace b = > c v1.0.0",
            "2:1: the `replace` directive has the wrong arguments",
        ),
        (
            "module a\nreplace b => c",
            "2:14: the replacement `c` has no version and is no directory",
        ),
        (
            "module a\nreplace b => c v1.0.0 d",
            "2:23: `d` after the replacing version",
        ),
        (
            "module a\nreplace b => ../c v1.0.0",
            "2:19: the replacing directory `../c` has a version",
        ),
        (
            "module a\nreplace b => .\\c",
            "2:14: the directory `.\\c` is written with backslashes",
        ),
        (
            "module a\nreplace b v2.0.0 => c v1.0.0",
            "2:11: the version `v2.0.0` does not belong to `b`, whose versions are v0 or v1",
        ),
        (
            "module a\nreplace b => ./c",
            "2:9: `b` is replaced by a directory without `c/go.mod`",
        ),
        (
            "module a\nreplace b => c v1.0.0\nreplace b => c v1.0.1",
            "3:9: `b` is replaced twice, by different things",
        ),
        (
            "module a\nretract [v1.1.0, v1.0.0]",
            "2:10: the range ends with `v1.0.0`, before its start `v1.1.0`",
        ),
        (
            "module a\nretract [v1.1.0 v1.0.0]",
            "2:1: the `retract` directive has the wrong arguments",
        ),
        ("module a\nretract v1", "2:9: the version `v1` is cut short"),
        ("module a\ntool b//c", ""),
        (
            "module a\ntool /c",
            "2:6: the path `/c` has an empty element: a slash at its start or end, or two in a row",
        ),
        (
            "module a\ngodebug x",
            "2:9: the setting `x` is not a key and a value",
        ),
        (
            "module a\nrequire \"b v1.0.0",
            "2:9: the string that starts with \" is not closed on its line",
        ),
        ("module a\nrequire \"\\n\" v1.0.0", "2:10: unknown escape `\\n`"),
        (
            "module a\nrequire b\"c\" v1.0.0",
            "2:10: a quote within the unquoted word `b\"c\"`",
        ),
        ("module a /* b */", "1:10: a `/* … */` comment"),
        ("\u{feff}module a", "1:1: unexpected character `\\u{feff}`"),
        (
            "module a\nrequire b\u{202e} v1.0.0",
            "2:10: unexpected character `\\u{202e}`",
        ),
        (
            "module a\nrequire bücher v1.0.0",
            "2:9: the path `bücher` holds the character `ü`",
        ),
        (
            "module a // ü\nrequire `ü` v1",
            "2:13: the version `v1` is cut short",
        ),
    ] {
        let found = match ModuleGraph::build(&project(&[("go.mod", text)])) {
            Ok(_) => vec![],
            Err(faults) => faults.iter().map(line).collect(),
        };
        let expected = if expected.is_empty() {
            vec![]
        } else {
            vec![format!("go.mod:{expected}")]
        };
        assert!(
            expected.iter().all(|fault| found.contains(fault)),
            "{text:?}: {found:?}"
        );
        assert_eq!(found.is_empty(), expected.is_empty(), "{text:?}: {found:?}");
    }
}

#[test]
fn one_broken_line_hides_no_other() {
    let text = "module a\ngo 1\nrequire (\n b 1\n \"c\n d v1.0.0\n e v\n)\nreplace f\n";
    assert_eq!(
        faults(&[
            ("go.mod", text),
            ("go.sum", "x\n\ny v1.0.0 h1:\n"),
            ("go.env", "GOPRIVATE=a,[\nno setting\n")
        ]),
        [
            "go.env:1:13: the pattern `[` is malformed",
            "go.env:2:1: `no setting` is no setting",
            "go.mod:2:4: `1` is not a version of Go",
            "go.mod:4:4: `1` is not a version",
            "go.mod:5:2: the string that starts with \" is not closed on its line",
            "go.mod:7:4: `v` is not a version",
            "go.mod:9:1: the `replace` directive has the wrong arguments",
            "go.sum:1:1: the line has 1 words instead of 3",
            "go.sum:3:10: `h1:` is not a checksum",
        ]
    );
}

#[test]
fn a_file_of_noise_gives_a_bounded_report() {
    let found = faults(&[("go.mod", &"noise\n".repeat(10_000))]);
    assert_eq!(found.len(), 101);
    let uses: String = (0..10_000)
        .map(|number| format!("use ./missing{number}\n"))
        .collect();
    assert_eq!(faults(&[("go.work", &uses)]).len(), 101);
    let shortened = faults(&[("go.mod", &format!("module a\n{}", "x".repeat(10_000)))]);
    assert!(shortened[0].len() < 200, "{shortened:?}");
}

#[test]
fn no_files_are_no_project() {
    assert_eq!(faults(&[]), ["go.mod:1:1: there is no `go.mod`"]);
}

#[test]
fn faults_of_go_work_stand_at_the_wrong_word() {
    let files = |work: &'static str| {
        vec![
            ("go.work", work),
            ("b/go.mod", "module b"),
            ("c/go.mod", "module c"),
            ("d/go.mod", "module c"),
        ]
    };
    for (work, expected) in [
        (
            "use ../a",
            "go.work:1:5: the directory `../a` lies outside of the project's folder",
        ),
        (
            "use b/../../a",
            "go.work:1:5: the directory `b/../../a` lies outside of the project's folder",
        ),
        (
            "use /a",
            "go.work:1:5: the directory `/a` lies outside of the project's folder",
        ),
        (
            "use .\\b",
            "go.work:1:5: the directory `.\\b` is written with backslashes",
        ),
        ("use \"\"", "go.work:1:5: the directory is empty"),
        (
            "use b c",
            "go.work:1:1: the `use` directive has the wrong arguments",
        ),
        (
            "use (\n\t./b\n\tb/\n)",
            "go.work:3:2: the directory `b/` is used twice",
        ),
        ("use ./none", "go.work:1:5: there is no `none/go.mod`"),
        ("module a", "go.work:1:1: unknown directive `module`"),
        ("go 1.24.0.0", "go.work:1:4: `1.24.0.0` is not a version of Go"),
        (
            "use c\nuse d",
            "d/go.mod:1:8: the module `c` is also named by c/go.mod",
        ),
        (
            "use b\nreplace b => x v1.0.0",
            "go.work:2:9: `b` is a module of the workspace and is replaced, too",
        ),
        (
            "replace x => y v1.0.0\nreplace x => y v1.1.0",
            "go.work:2:9: `x` is replaced twice, by different things",
        ),
        (
            "use b\nreplace x => ./c",
            "go.work:2:9: `x` is replaced by `c/go.mod`, which is the module `c`",
        ),
    ] {
        assert_eq!(faults(&files(work)), [expected], "{work:?}");
    }
}

#[test]
fn a_workspace_decides_between_the_replacements_of_its_modules() {
    let b = ("b/go.mod", "module b\nrequire x v1.0.0\nreplace x => y v1.0.0");
    let c = ("c/go.mod", "module c\nrequire x v1.2.0\nreplace x => y v1.1.0");
    assert_eq!(
        faults(&[("go.work", "use b\nuse c"), b, c]),
        ["c/go.mod:3:9: `x` is replaced twice, by different things"]
    );
    let decided = build(&[("go.work", "use b\nuse c\nreplace x => z v1.0.0"), b, c]).expect("a graph");
    let replaced: Vec<(&str, Option<&str>)> = decided
        .nodes
        .iter()
        .filter(|node| node.path == "x")
        .map(|node| (node.id.as_str(), node.replaced_by.as_deref()))
        .collect();
    assert_eq!(
        replaced,
        [("x@v1.0.0", Some("z@v1.0.0")), ("x@v1.2.0", Some("z@v1.0.0"))]
    );
}

#[test]
fn the_replacement_of_one_version_wins_and_is_not_replaced_again() {
    let text = "module a\nrequire x v1.0.0\nreplace x v1.0.0 => x v1.0.1\nreplace x => y v1.0.0";
    let graph = build(&[("go.mod", text)]).expect("a graph");
    let replaced: Vec<(&str, Option<&str>)> = graph
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.replaced_by.as_deref()))
        .collect();
    assert_eq!(
        replaced,
        [
            ("a", None),
            ("x@*", Some("y@v1.0.0")),
            ("x@v1.0.0", Some("x@v1.0.1")),
            ("x@v1.0.1", None),
            ("y@v1.0.0", None)
        ]
    );
}

#[test]
fn a_directory_outside_of_the_project_is_named_and_not_read() {
    let graph = build(&[("go.mod", "module a\nrequire b v1.0.0\nreplace b => ../b")]).expect("a graph");
    let edge = graph
        .edges
        .iter()
        .find(|edge| edge.kind == EdgeKind::ReplacedBy)
        .expect("the replacement");
    assert_eq!((edge.from.as_str(), edge.to.as_str()), ("b@v1.0.0", "../b"));
}

#[test]
fn checksum_files_that_disagree_are_refused() {
    let line = |hash: &str| format!("x v1.0.0/go.mod {hash}\n");
    let module = ("go.mod", "module a");
    let twice = line(HASH) + &line(HASH) + &line(OTHER_HASH);
    assert_eq!(
        faults(&[module, ("go.sum", &twice)]),
        ["go.sum:3:17: a second checksum for the same version of `x`, unlike the one in line 1"]
    );
    let work = [
        ("go.work", "use b\nuse c"),
        ("b/go.mod", "module b"),
        ("c/go.mod", "module c"),
    ];
    let sums = (line(HASH), line(OTHER_HASH));
    let files = [&work[..], &[("b/go.sum", &sums.0), ("c/go.sum", &sums.1)]].concat();
    assert_eq!(
        faults(&files),
        ["c/go.sum:1:17: the checksum of `x` is not the one in b/go.sum"]
    );
}

#[test]
fn malformed_checksum_lines_are_refused() {
    for (text, expected) in [
        ("x v1.0.0", "1:1: the line has 2 words instead of 3"),
        (" x v1.0.0 h1:a b", "1:2: the line has 4 words instead of 3"),
        (
            "x one h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "1:3: `one` is not a version",
        ),
        (
            "x/ v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "1:1: the path `x/` has an empty element: a slash at its start or end, or two in a row",
        ),
        (
            "x v1.0.0 h2:47DEQpj8HBSa",
            "1:10: `h2:47DEQpj8HBSa` is not a checksum",
        ),
        (
            "x v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "1:10: `h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=` is not a checksum",
        ),
    ] {
        let (_, faults) = SumFile::parse("go.sum", text);
        assert_eq!(
            faults.iter().map(line).collect::<Vec<_>>(),
            [format!("go.sum:{expected}")],
            "{text}"
        );
    }
}

#[test]
fn vendored_modules_agree_with_go_mod() {
    let go_mod = "module a\ngo 1.24\nrequire x v1.0.0\nrequire y v1.0.0 // indirect\nreplace y => z v1.0.0";
    let good =
        "# x v1.0.0\n## explicit; go 1.20\nx\nx/sub\n# y v1.0.0 => z v1.0.0\n## explicit\n# y => z v1.0.0\n";
    let check = |vendor: &str| match build(&[("go.mod", go_mod), ("vendor/modules.txt", vendor)]) {
        Ok(graph) => {
            let marked = graph
                .nodes
                .iter()
                .filter(|node| node.marks.contains(&Mark::Vendored));
            marked.map(|node| node.id.clone()).collect()
        }
        Err(_) => faults(&[("go.mod", go_mod), ("vendor/modules.txt", vendor)]),
    };
    assert_eq!(check(good), ["x@v1.0.0"]);
    for (old, new, expected) in [
        (
            "## explicit; go 1.20\n",
            "",
            "go.mod:3:9: `x v1.0.0` is required, and vendor/modules.txt does not list it as explicit",
        ),
        (
            "# x v1.0.0",
            "# x v1.0.1",
            "go.mod:3:9: `x v1.0.0` is required, and vendor/modules.txt has `v1.0.1`",
        ),
        (
            "# y => z v1.0.0\n",
            "",
            "go.mod:5:9: `y` is replaced by `z v1.0.0` here, and not in vendor/modules.txt",
        ),
        (
            "# y => z v1.0.0",
            "# y => ./z",
            "go.mod:5:9: `y` is replaced by `z v1.0.0` here, and by `z` in vendor/modules.txt",
        ),
        (
            "# y => z v1.0.0\n",
            "# y => z v1.0.0\n# q v1.0.0\n## explicit\n",
            "vendor/modules.txt:8:3: `q v1.0.0` is listed as explicit, and no go.mod requires it",
        ),
        (
            "# y => z v1.0.0\n",
            "# y => z v1.0.0\n# q v1.0.0 => ./q\n",
            "vendor/modules.txt:8:3: `q v1.0.0` is listed as replaced, and no file replaces it",
        ),
        (
            "# x v1.0.0",
            "## workspace\n# x v1.0.0",
            "vendor/modules.txt:1:1: the vendored modules are those of a workspace, and there is no go.work",
        ),
        (
            "# x v1.0.0",
            "p\n# x v1.0.0",
            "vendor/modules.txt:1:1: the package `p` belongs to no module",
        ),
        (
            "# x v1.0.0",
            "# x",
            "vendor/modules.txt:1:1: the module line has the wrong words",
        ),
        (
            "# x v1.0.0",
            "# x one",
            "vendor/modules.txt:1:5: `one` is not a version",
        ),
        (
            "# y => z v1.0.0",
            "# y => z",
            "vendor/modules.txt:7:5: the replacement is not understood",
        ),
        (
            "x/sub",
            "x/sub y",
            "vendor/modules.txt:4:7: `y` after the package `x/sub`",
        ),
        (
            "x/sub",
            "x//sub",
            "vendor/modules.txt:4:1: the path `x//sub` has an empty element: a slash at its start or end, or two in a row",
        ),
    ] {
        let found = check(&good.replacen(old, new, 1));
        assert!(found.contains(&expected.to_owned()), "{new:?}: {found:?}");
    }
}

#[test]
fn old_vendor_lists_may_leave_out_what_is_explicit() {
    let vendor = ("vendor/modules.txt", "# x v1.0.0\nx\n");
    build(&[("go.mod", "module a\ngo 1.13\nrequire x v1.0.0"), vendor]).expect("a graph");
    assert_eq!(
        faults(&[("go.mod", "module a\ngo 1.13\nrequire x v1.1.0"), vendor]),
        ["go.mod:3:9: `x v1.1.0` is required, and vendor/modules.txt has `v1.0.0`"]
    );
}

#[test]
fn folders_that_are_no_project_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = || ProjectFiles::read_folder(folder.path());
    assert!(matches!(read(), Err(ProjectError::NotAProject { .. })));
    let missing = ProjectFiles::read_folder(&folder.path().join("missing"));
    assert!(matches!(missing, Err(ProjectError::Unreadable { .. })));
    fs::create_dir(folder.path().join("go.mod")).expect("a directory");
    assert!(matches!(read(), Err(ProjectError::NotAFile { path }) if path == "go.mod"));
    fs::remove_dir(folder.path().join("go.mod")).expect("removed");
    fs::write(folder.path().join("go.mod"), b"module a\xff").expect("written");
    assert!(matches!(read(), Err(ProjectError::NotText { path }) if path == "go.mod"));
    let large = fs::File::create(folder.path().join("go.mod")).expect("a file");
    large.set_len(16 * 1024 * 1024 + 1).expect("made large");
    assert!(matches!(read(), Err(ProjectError::TooLarge { path }) if path == "go.mod"));
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_folder_is_read() {
    use std::os::unix::fs::symlink;

    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path().join("project");
    fs::create_dir_all(folder.join("inside")).expect("folders");
    fs::create_dir(outer.path().join("outside")).expect("a folder");
    fs::write(outer.path().join("outside/go.mod"), "module secret").expect("written");
    fs::write(folder.join("inside/go.mod"), "module inside").expect("written");
    fs::write(
        folder.join("go.work"),
        "use ./inside\nuse ../outside\nreplace x => ../outside\n",
    )
    .expect("written");
    let read = ProjectFiles::read_folder(&folder).expect("readable");
    assert_eq!(
        read.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        ["go.work", "inside/go.mod"]
    );
    symlink(outer.path().join("outside"), folder.join("linked")).expect("a link");
    fs::write(folder.join("go.work"), "use ./linked").expect("written");
    let refused = ProjectFiles::read_folder(&folder);
    assert!(matches!(refused, Err(ProjectError::LeavesFolder { path }) if path == "linked/go.mod"));
    fs::remove_file(folder.join("linked")).expect("removed");
    symlink(folder.join("inside"), folder.join("linked")).expect("a link");
    let read = ProjectFiles::read_folder(&folder).expect("a link within the folder is followed");
    assert_eq!(read.text("linked/go.mod"), Some("module inside"));
}

/// Parses the text as every kind of file and as a whole project.
fn read_as_everything(text: &str) {
    let _ = ModuleFile::parse("go.mod", text);
    let _ = WorkFile::parse("go.work", text);
    let _ = SumFile::parse("go.sum", text);
    let _ = VendorFile::parse("vendor/modules.txt", text);
    let _ = EnvironmentFile::parse("go.env", text).0.is_private(text);
    for name in [
        "go.mod",
        "go.work",
        "go.sum",
        "vendor/modules.txt",
        "go.env",
        "internal/clock/go.mod",
    ] {
        for example in embedded_projects() {
            let mut files = example.files;
            files.insert(name, text);
            match ModuleGraph::build(&files) {
                Ok(graph) => assert_eq!(graph.revision_id().len(), 68),
                Err(faults) => assert!(
                    !faults.is_empty() && faults.iter().all(|fault| fault.line > 0 && fault.column > 0)
                ),
            }
        }
    }
}

/// A file of an example with some bytes removed, replaced or put in.
fn mutated_file() -> impl Strategy<Value = String> {
    let texts: Vec<String> = embedded_projects()
        .iter()
        .flat_map(|example| {
            example
                .files
                .iter()
                .map(|(_, text)| text.to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    let edit = (
        any::<prop::sample::Index>(),
        0..20_usize,
        "[ -~\\n]{0,8}|\\PC{0,4}",
    );
    (prop::sample::select(texts), prop::collection::vec(edit, 1..6)).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (at, removed, added) in edits {
            let from = at.index(bytes.len() + 1);
            let to = bytes.len().min(from + removed);
            bytes.splice(from..to, added.into_bytes());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_as_everything(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn mutated_files_never_panic(text in mutated_file()) {
        read_as_everything(&text);
    }

    #[test]
    fn words_of_the_grammar_in_any_order_never_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
        read_as_everything(&words.join(" "));
    }
}

const WORDS: &[&str] = &[
    "module",
    "go",
    "require",
    "replace",
    "exclude",
    "retract",
    "use",
    "(",
    ")",
    "[",
    "]",
    ",",
    "=>",
    "\n",
    "\n",
    "\n",
    "//",
    "// indirect",
    "\"",
    "`",
    "\\",
    "#",
    "##",
    "explicit;",
    "a",
    "example.com/b/v2",
    "v1.0.0",
    "v2.0.0+incompatible",
    "./",
    "..",
    "../x",
    "/x",
    "1.24",
    "GOPRIVATE=",
    "*",
    "[a-z]",
    HASH,
    "/go.mod",
    "v",
    "-",
    "ü",
    "\u{feff}",
    "\r\n",
];
