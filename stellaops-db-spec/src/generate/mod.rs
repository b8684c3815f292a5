//! Generated files: made in memory, compared with what is there, then written or refused.

mod build_script;
mod compare;
mod embed;
mod folder;
mod mode;

pub use build_script::{BuildScriptError, build_script, try_build_script};
pub use compare::{Compared, FileState, GenerateError, compare, reconcile};
pub use embed::{embed_schemas, try_embed_schemas};
pub use folder::{beside, generated_folder};
pub use mode::{Mode, UnknownMode};

use crate::model::Database;

/// A generated file, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The path below the folder of generated files, with `/`: `schemas/scheduler.sql`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// The files of a folder: those that the specs give, and the page of rules where the folder has one. The
/// rules are the toolkit's, and `stellaops-db explain` says them anywhere: a folder gets the page by an
/// empty `RULES.md`, and is rid of it by its deletion.
pub fn outputs_for(folder: &std::path::Path, database: &Database) -> Vec<OutputFile> {
    let mut files = outputs(database);
    let page = crate::doc::rules_page();
    if folder.join(&page.path).is_file() {
        files.push(page);
        files.sort_by(|left, right| left.path.cmp(&right.path));
    }
    files
}

/// Every file that the specs give: SQL, documents, JSON Schema, the lock, sorted by path. The same specs
/// give the same bytes.
pub fn outputs(database: &Database) -> Vec<OutputFile> {
    let mut files = crate::ddl::emit(database);
    files.push(crate::lock::emit(database));
    files.extend(crate::doc::emit());
    files.push(OutputFile {
        path: "SPECIFICATION.md".into(),
        text: crate::doc::specification(database),
    });
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}
