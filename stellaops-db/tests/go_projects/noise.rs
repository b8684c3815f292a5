//! Whatever is read, nothing panics.

use proptest::prelude::*;
use stellaops_db::demo::go::{
    EnvironmentFile, ModuleFile, ModuleGraph, SumFile, VendorFile, WorkFile, embedded_projects,
};

use crate::support::*;

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
