//! The specs that a command works on: found, read and checked.

use std::path::{Path, PathBuf};

use serde::Serialize;
use stellaops_db_spec::diagnostic::{FaultRecord, Report, Style};
use stellaops_db_spec::model::Database;
use stellaops_db_spec::source::{DATABASE_FILE, Sources};

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;

/// A specs folder, and what its files say: the model, or what is wrong with them.
pub(super) struct Specs {
    pub(super) folder: PathBuf,
    pub(super) schemas: usize,
    pub(super) tables: usize,
    pub(super) database: Result<Database, Report>,
}

impl Specs {
    /// Reads the folder that `--specs` names, else the one that is found from the current folder.
    pub(super) fn read(named: Option<&Path>) -> Result<Self, CommandError> {
        let folder = match named {
            Some(path) => named_folder(path)?,
            None => stellaops_db_spec::find_specs(Path::new("."))?,
        };
        let sources = Sources::read(&folder)?;
        let is_schema = |path: &str| path.ends_with("/schema.toml");
        let below_schema = |path: &str| path.matches('/').count() == 2;
        let count = |wanted: bool| {
            let files = sources.files().iter().map(|file| file.path.as_ref());
            files
                .filter(|path| below_schema(path) && is_schema(path) == wanted)
                .count()
        };
        Ok(Specs {
            schemas: count(true),
            tables: count(false),
            database: stellaops_db_spec::load_sources(&sources),
            folder,
        })
    }
}

/// A folder that was named is that folder or the one that holds it, and never another one above.
fn named_folder(path: &Path) -> Result<PathBuf, CommandError> {
    [path.to_path_buf(), path.join("specs")]
        .into_iter()
        .find(|folder| folder.join(DATABASE_FILE).is_file())
        .ok_or_else(|| CommandError::NoSpecs {
            path: path.display().to_string(),
        })
}

/// The answer of a command that can do nothing with faulty specs: every fault, with its excerpt, or
/// `{"faults": […]}`.
pub(super) fn refusal(report: &Report, format: Format) -> Answer {
    match format {
        // The answer takes the colours away again where they are not wanted.
        Format::Text => Answer::text(report.render(Style::Colour), Exit::No),
        Format::Json => {
            let faults = Faults {
                faults: report.to_records(),
            };
            Answer::json(&faults, Exit::No)
        }
    }
}

#[derive(Serialize)]
struct Faults {
    faults: Vec<FaultRecord>,
}

/// `1 table`, `2 tables`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
