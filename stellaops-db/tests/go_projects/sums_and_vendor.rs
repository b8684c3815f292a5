//! `go.sum` and `vendor/modules.txt`, held against `go.mod`.

use stellaops_db::demo::go::{Mark, SumFile};

use crate::support::*;

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
