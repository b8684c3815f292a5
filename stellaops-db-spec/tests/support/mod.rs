//! Specs for tests: a small good database, and the broken ones in `tests/broken-specs/`.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stellaops_db_spec::source::{SourceFile, Sources};

/// The good database that every broken case is put into, file by file.
const GOOD: &[(&str, &str)] = &[
    (
        "specs/database.toml",
        "spec_version = 1\nname = \"shop\"\nsummary = \"A shop.\"\n",
    ),
    ("specs/app/schema.toml", "summary = \"The app.\"\n"),
    (
        "specs/app/parents.toml",
        "summary = \"A parent.\"\ntenancy = \"tenant\"\n\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\ndoc = \"Made by the client.\"\n\n[columns.created_at]\ntype = \"timestamptz\"\ndefault = \"now\"\nimmutable = true\ndoc = \"When it was made.\"\n\n[[indexes]]\nname = \"by_newest\"\norder = [\"created_at desc\"]\nwhy = \"all parents, newest first\"\n",
    ),
];

/// The texts of the good database, by path.
pub(crate) fn good() -> BTreeMap<String, String> {
    GOOD.iter()
        .map(|(path, text)| (path.to_string(), text.to_string()))
        .collect()
}

pub(crate) fn sources(texts: &BTreeMap<String, String>) -> Sources {
    let file = |(path, text): (&String, &String)| SourceFile {
        path: path.as_str().into(),
        text: text.as_str().into(),
    };
    Sources::new(texts.iter().map(file).collect())
}

/// A broken spec with what is to be said about it.
pub(crate) struct Case {
    /// `<code>/<what>`.
    pub(crate) name: String,
    /// The faults, `SDB0304 specs/app/things.toml:11:11`, in the order of the report.
    pub(crate) expected: Vec<String>,
    /// The good database with the case's files in it.
    pub(crate) texts: BTreeMap<String, String>,
}

impl Case {
    /// The folder of the case: the code that it is about, or `several`.
    pub(crate) fn code(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// All cases, sorted by name. The head of a file says what it shows and holds a line
/// `# expect: <code> <file>:<line>:<column>` a fault; each `# file: <path>` begins a spec file, whose
/// first line is the next one.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken-specs");
    let mut cases = Vec::new();
    for code in entries(&folder) {
        for path in entries(&code) {
            cases.push(read_case(&folder, &path));
        }
    }
    cases
}

fn read_case(folder: &Path, path: &Path) -> Case {
    let text = std::fs::read_to_string(path).expect("a case is a text");
    let name = path.strip_prefix(folder).expect("cases lie in the folder");
    let mut case = Case {
        name: name.with_extension("").to_string_lossy().replace('\\', "/"),
        expected: Vec::new(),
        texts: good(),
    };
    let mut file = None;
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("# file: ") {
            file = Some(path.to_string());
            case.texts.insert(path.into(), String::new());
        } else if let Some(path) = &file {
            let text = case.texts.get_mut(path).expect("the file was begun above");
            text.push_str(line);
            text.push('\n');
        } else if let Some(fault) = line.strip_prefix("# expect: ") {
            case.expected.push(fault.into());
        }
    }
    case
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).expect("the folder of cases is there");
    let mut paths: Vec<PathBuf> = read
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    paths.sort();
    paths
}
