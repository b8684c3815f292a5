//! What the tests share.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const COMMANDS: [&str; 7] = [
    "init", "check", "config", "generate", "explain", "scaffold", "demo",
];

/// What a run of the command gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The exit code and standard output as JSON; standard error is empty.
    pub(crate) fn json(&self) -> (i32, Value) {
        assert_eq!(self.err, "");
        (
            self.code,
            serde_json::from_str(&self.out).expect("standard output is one JSON document"),
        )
    }

    pub(crate) fn assert_said(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        let said = if code < 2 { &self.out } else { &self.err };
        for part in parts {
            assert!(said.contains(part), "nothing says `{part}`:\n{said}");
        }
    }
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stellaops-db"));
    command.current_dir(folder).args(arguments);
    for variable in ["STELLAOPS_DB_SPECS", "CLICOLOR_FORCE", "NO_COLOR", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
    Ran {
        code: output.status.code().expect("the command ends by itself"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    finish(&mut command(folder, arguments))
}

/// A folder in which `init` was run.
pub(crate) fn initialised() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"]).assert_said(0, &[]);
    folder
}

/// Replaces a part, which must be there, of a file.
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// Every file below the folder, with its bytes, sorted.
pub(crate) fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// The `state` of each generated file in an answer of `generate`.
pub(crate) fn states<'a>(answer: &'a Value) -> Vec<(&'a str, &'a str)> {
    let files = answer["files"].as_array().expect("a list of files");
    let state = |file: &'a Value| (file["path"].as_str().unwrap(), file["state"].as_str().unwrap());
    files.iter().map(state).collect()
}
