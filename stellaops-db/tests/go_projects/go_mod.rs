//! `go.mod`: all of it, and every fault at its word.

use stellaops_db::demo::go::{ModuleFile, ModuleGraph, ReplacementTarget, render_faults};

use crate::support::*;

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
