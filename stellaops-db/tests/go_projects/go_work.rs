//! `go.work`: which modules a project has, and whose replacement wins.

use stellaops_db::demo::go::EdgeKind;

use crate::support::*;

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
