//! What a build script calls.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use super::folder::{is_foreign, is_writable};
use super::{
    FileState, GenerateError, Mode, OutputFile, UnknownMode, generated_folder, outputs_for, reconcile,
};
use crate::diagnostic::Report;
use crate::source::SourceError;

/// Why a build script fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildScriptError {
    /// `CARGO_MANIFEST_DIR` is not set.
    #[error("CARGO_MANIFEST_DIR is not set: this function is for build scripts, which Cargo runs")]
    OutsideCargo,
    /// The mode that the environment asks for does not exist.
    #[error(transparent)]
    Mode(#[from] UnknownMode),
    /// The specs cannot be found or read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The specs have faults.
    #[error("{0}")]
    Specs(Report),
    /// Generated files differ in check mode, or cannot be read or written.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}

/// The whole of a build script: regenerates `generated/` beside the specs, and tells Cargo what to
/// watch. What is wrong is printed as Cargo's own errors, without a panic.
///
/// ```no_run
/// // build.rs, with `stellaops-db-spec` among the [build-dependencies]
/// fn main() -> std::process::ExitCode {
///     stellaops_db_spec::generate::build_script()
/// }
/// ```
///
/// See [`try_build_script`] for what it does exactly.
pub fn build_script() -> ExitCode {
    exit_code(try_build_script())
}

/// Prints an error as Cargo's own, line by line.
pub(super) fn exit_code(result: Result<(), BuildScriptError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Reads the specs, and compares the files that they give with those in `generated/`.
///
/// * Specs are found from the package upward (see [`crate::specs_of_package`]); the folder is `generated`
///   beside the specs as they really are (see [`generated_folder`]). Without such a folder nothing
///   is generated: commit a file in it to turn this on.
/// * Differing files are written, or refused in check mode: see [`Mode::asked`].
/// * In the sources of a registry, git or vendored dependency and on docs.rs nothing is read,
///   nothing is written and nothing fails. A tree that cannot be written to is left as it is, with a
///   warning; only `STELLAOPS_DB_GENERATED=check` fails there.
/// * Cargo runs the script again after an edit, a new file or a deletion in the specs, after an edit
///   or deletion of a generated file, and when the environment asks for another mode.
///
/// # Errors
/// [`BuildScriptError`].
pub fn try_build_script() -> Result<(), BuildScriptError> {
    for variable in ["STELLAOPS_DB_SPECS", "STELLAOPS_DB_GENERATED", "CI", "DOCS_RS"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let package = std::env::var_os("CARGO_MANIFEST_DIR").ok_or(BuildScriptError::OutsideCargo)?;
    let package = PathBuf::from(package);
    if is_foreign(&package) {
        return Ok(());
    }
    let specs = crate::specs_of_package(&package)?;
    println!("cargo::rerun-if-changed={}", specs.display());
    let Some(generated) = generated_folder(&specs) else {
        return Ok(());
    };
    let mode = Mode::from_environment()?;
    let database = crate::load(&specs)?.map_err(BuildScriptError::Specs)?;
    let files = outputs_for(&generated, &database);
    let done = keep_up_to_date(&specs, &generated, &files, mode);
    watch(&generated, &files);
    done
}

fn keep_up_to_date(
    specs: &Path,
    generated: &Path,
    files: &[OutputFile],
    mode: Mode,
) -> Result<(), BuildScriptError> {
    match reconcile(generated, files, mode) {
        Ok(compared) => {
            let written = compared.iter().filter(|file| file.state != FileState::Same);
            date_back(written.map(|file| generated.join(&file.path)), specs);
            Ok(())
        }
        Err(error) if is_tolerated(&error, generated) => {
            println!("cargo::warning=generated files differ from the specs and cannot be written here");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Nobody can mend a tree that is read-only, so it fails only where the check was asked for by name.
fn is_tolerated(error: &GenerateError, generated: &Path) -> bool {
    let by_name = std::env::var_os("STELLAOPS_DB_GENERATED").is_some_and(|value| value == "check");
    !by_name
        && match error {
            GenerateError::Stale { .. } => !is_writable(generated),
            GenerateError::Io { .. } => true,
        }
}

/// Watches the files, not their folder, whose date changes when any file beside them is written.
/// A file that is not there would make Cargo run the script at every build.
fn watch(generated: &Path, files: &[OutputFile]) {
    for file in files {
        let path = generated.join(&file.path);
        if path.is_file() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}

/// Gives what was just written the date of the youngest spec. Cargo compares the dates of watched
/// files with the moment when the script began: written now, they would make the next build run it,
/// and compile the package, once more for nothing. If it fails, that is all that happens.
fn date_back(written: impl Iterator<Item = PathBuf>, specs: &Path) {
    let Some(date) = youngest(specs) else { return };
    for path in written {
        if let Ok(file) = std::fs::OpenOptions::new().append(true).open(path) {
            let _ = file.set_modified(date);
        }
    }
}

/// The latest date of the folder and of all that is in it and in its schema folders.
fn youngest(folder: &Path) -> Option<SystemTime> {
    let own = std::fs::metadata(folder).and_then(|data| data.modified()).ok();
    let inside = std::fs::read_dir(folder).ok();
    let inside = inside.into_iter().flatten().flatten();
    inside
        .filter_map(|entry| youngest(&entry.path()))
        .chain(own)
        .max()
}
