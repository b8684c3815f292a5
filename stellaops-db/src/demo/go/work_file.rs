//! `go.work`.

use std::collections::BTreeSet;

use super::directive::{
    Replacement, accept, read_language_version, read_replacement, read_text, read_toolchain,
};
use super::directory::{check_directory, join_directory, leaves_project};
use super::fault::{Fault, FaultList, Place, quoted};
use super::statement::{DirectiveRule, Statement, parse_statements};

const RULES: [DirectiveRule; 5] = [
    DirectiveRule {
        verb: "go",
        block: false,
    },
    DirectiveRule {
        verb: "toolchain",
        block: false,
    },
    DirectiveRule {
        verb: "godebug",
        block: true,
    },
    DirectiveRule {
        verb: "use",
        block: true,
    },
    DirectiveRule {
        verb: "replace",
        block: true,
    },
];

/// A `go.work` file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkFile {
    /// The version of the language.
    pub go: Option<String>,
    /// The suggested toolchain.
    pub toolchain: Option<String>,
    /// Modules that are worked on together, in the order of the file.
    pub uses: Vec<Use>,
    /// Replacements; they win over those of the used modules.
    pub replace: Vec<Replacement>,
}

/// A `use` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The module's directory relative to the project's folder, cleaned; the folder itself is `.`.
    pub directory: String,
    /// Where the directory stands.
    pub place: Place,
}

impl WorkFile {
    /// Reads the text of a `go.work`; `file` is its name in the faults. What is faulty is left out of the result.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Fault>) {
        let mut faults = FaultList::new(file);
        let mut work_file = Self::default();
        let mut used = BTreeSet::new();
        for statement in parse_statements(text, &RULES, &mut faults) {
            match statement.verb.as_str() {
                "go" => read_language_version(&statement, &mut work_file.go, &mut faults),
                "toolchain" => read_toolchain(&statement, &mut work_file.toolchain, &mut faults),
                "use" => work_file
                    .uses
                    .extend(read_use(&statement, &mut used, &mut faults)),
                "replace" => work_file
                    .replace
                    .extend(read_replacement(&statement, &mut faults)),
                // Settings of the running program; they change no module.
                _ => {}
            }
        }
        (work_file, faults.into_faults())
    }
}

fn read_use(statement: &Statement, used: &mut BTreeSet<String>, faults: &mut FaultList) -> Option<Use> {
    let written = read_text(statement, "use ./module", faults)?;
    let place = written.place;
    accept(check_directory(&written.text), (), place, faults)?;
    let directory = join_directory(".", &written.text);
    if leaves_project(&directory) {
        let message = format!(
            "the directory {} lies outside of the project's folder",
            quoted(&written.text)
        );
        faults.push(
            place,
            message,
            "read the project from the folder above, or remove this line",
        );
        return None;
    }
    if !used.insert(directory.clone()) {
        let message = format!("the directory {} is used twice", quoted(&written.text));
        faults.push(place, message, "keep one of the lines");
        return None;
    }
    Some(Use { directory, place })
}
