//! `stellaops-db generate`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::generate::{
    Compared, FileState, GenerateError, Mode, beside, compare, outputs_for, reconcile,
};

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::specs::{Specs, counted, refusal};

/// Write the generated files as the specs say, or check that they are so
///
/// Generated are the SQL of each schema, the JSON Schemas for editors and the lock that
/// remembers names and codes; the page of rules where there is a `RULES.md` already. Only
/// files that differ are written. SQL that was generated for a schema that is gone is removed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db generate
  stellaops-db generate --check           in CI: fails if a committed file differs by one byte
  stellaops-db generate --output build/sql

Exit codes: 0 up to date or written, 1 faults in the specs or (--check) files that differ,
3 something cannot be read or written.")]
pub(super) struct Generate {
    /// Write nothing; fail if a file differs
    #[arg(long)]
    check: bool,

    /// The folder of generated files [default: `generated` beside the specs folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Generated {
    /// `up_to_date`, `written` or `stale`.
    outcome: &'static str,
    files: Vec<FileRecord>,
}

#[derive(Serialize)]
struct FileRecord {
    path: String,
    /// What was found: `same`, `differs`, `missing` or `leftover`.
    state: &'static str,
    /// The first differing line, from 1.
    line: Option<usize>,
}

impl Generate {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let folder = match self.output {
            Some(folder) => folder,
            None => beside(&specs.folder).map_err(|cause| CommandError::file(&specs.folder, cause))?,
        };
        let files = outputs_for(&folder, database);
        let compared = match self.check {
            true => compare(&folder, &files)?,
            false => reconcile(&folder, &files, Mode::Write)?,
        };
        Ok(described(&compared, self.check, format))
    }
}

fn described(compared: &[Compared], check: bool, format: Format) -> Answer {
    let changed: Vec<Compared> = compared
        .iter()
        .filter(|file| file.state != FileState::Same)
        .cloned()
        .collect();
    let (outcome, exit) = match (changed.is_empty(), check) {
        (true, _) => ("up_to_date", Exit::Well),
        (false, true) => ("stale", Exit::No),
        (false, false) => ("written", Exit::Well),
    };
    match (format, outcome) {
        (Format::Json, _) => Answer::json(&generated(outcome, compared), exit),
        (Format::Text, "stale") => {
            Answer::text(format!("{}\n", GenerateError::Stale { files: changed }), exit)
        }
        (Format::Text, _) => Answer::text(listed(&changed, compared.len()), exit),
    }
}

fn listed(changed: &[Compared], all: usize) -> String {
    let mut text = String::new();
    for file in changed {
        let done = match file.state {
            FileState::Leftover => "removed",
            FileState::Missing => "new    ",
            FileState::Differs { .. } | FileState::Same => "changed",
        };
        text.push_str(&format!("{done} {}\n", file.path));
    }
    match changed.len() {
        0 => text.push_str(&format!("ok: {}, all up to date\n", counted(all, "file"))),
        number => text.push_str(&format!("ok: {number} of {} changed\n", counted(all, "file"))),
    }
    text
}

fn generated(outcome: &'static str, compared: &[Compared]) -> Generated {
    let files = compared.iter().map(|file| FileRecord {
        path: file.path.clone(),
        state: match file.state {
            FileState::Same => "same",
            FileState::Differs { .. } => "differs",
            FileState::Missing => "missing",
            FileState::Leftover => "leftover",
        },
        line: match file.state {
            FileState::Differs { line } => Some(line),
            FileState::Same | FileState::Missing | FileState::Leftover => None,
        },
    });
    Generated {
        outcome,
        files: files.collect(),
    }
}
