//! The files of a Go project, each read alone as every kind of file, and as one of a whole project.

use stellaops_db::demo::go::{
    EnvironmentFile, ModuleFile, ModuleGraph, SumFile, VendorFile, WorkFile, embedded_projects,
};

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "go_files",
    body,
    pieces: &[
        "module ",
        "go ",
        "require ",
        "replace ",
        "exclude ",
        "retract ",
        "use ",
        "(",
        ")",
        "[",
        "]",
        ",",
        " => ",
        "\n",
        "//",
        "// indirect",
        "\"",
        "`",
        "\\",
        "# ",
        "## ",
        "explicit;",
        " a ",
        "example.com/b/v2 ",
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
        " h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "/go.mod",
        "v",
        "-",
        "ü",
        "\u{feff}",
        "\r\n",
        "18446744073709551616",
        "v0.0.0-20191109021931-daa7c04131f5",
    ],
};

/// The names that a file of a project has.
const NAMES: [&str; 6] = [
    "go.mod",
    "go.work",
    "go.sum",
    "vendor/modules.txt",
    "go.env",
    "internal/clock/go.mod",
];

/// Nothing panics, and each fault has a place.
pub fn body(data: &[u8]) {
    let text = text(data);
    let _ = ModuleFile::parse("go.mod", &text);
    let _ = WorkFile::parse("go.work", &text);
    let _ = SumFile::parse("go.sum", &text);
    let _ = VendorFile::parse("vendor/modules.txt", &text);
    let _ = EnvironmentFile::parse("go.env", &text).0.is_private(&text);
    // Which file of which project follows from the input: all of them take long.
    let chosen = data.iter().map(|byte| usize::from(*byte)).sum::<usize>();
    let name = NAMES[chosen % NAMES.len()];
    let projects = embedded_projects();
    let mut files = projects[chosen / NAMES.len() % projects.len()].files.clone();
    files.insert(name, &*text);
    match ModuleGraph::build(&files) {
        Ok(graph) => assert_eq!(graph.revision_id().len(), 68),
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(
                faults.iter().all(|fault| fault.line > 0 && fault.column > 0),
                "{faults:?}"
            );
        }
    }
}
