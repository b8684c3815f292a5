//! Generated files: compared with what is there, then written or refused.

use std::path::{Path, PathBuf};

use crate::model::Database;

/// A generated file, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The path below the folder of generated files, with `/`: `schemas/scheduler.sql`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Whether differing files are written or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Differing files are written.
    Write,
    /// Differing files are an error.
    Check,
}

impl Mode {
    /// What the environment asks for: `STELLAOPS_DB_GENERATED=check` (or `write`), else check when
    /// `CI` is set, else write. Without this a check after a build could never fail, because the
    /// build would just have written the files.
    pub fn from_environment() -> Self {
        let asked = std::env::var("STELLAOPS_DB_GENERATED").unwrap_or_default();
        let ci = std::env::var("CI").unwrap_or_default();
        match asked.as_str() {
            "check" => Mode::Check,
            "write" => Mode::Write,
            _ if !ci.is_empty() && ci != "false" && ci != "0" => Mode::Check,
            _ => Mode::Write,
        }
    }
}

/// Why generated files are not up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// Files differ from what the specs say, and were not to be written.
    #[error(
        "generated files differ from the specs:\n{}\nrun `stellaops-db generate` and commit the result",
        .files.iter().map(|file| format!("  {file}")).collect::<Vec<_>>().join("\n")
    )]
    Stale {
        /// Each file, with what is wrong with it.
        files: Vec<String>,
    },
    /// A file could not be read or written.
    #[error("`{path}` cannot be read or written: {cause}")]
    Io {
        /// The file.
        path: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
}

/// What a run did with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The path below the folder.
    pub path: String,
    /// Whether it was written; a file with the same bytes is never touched.
    pub changed: bool,
}

/// Every file that the specs give: SQL, documents, JSON Schema. The same specs give the same bytes.
pub fn outputs(database: &Database) -> Vec<OutputFile> {
    let mut files = crate::ddl::emit(database);
    files.extend(crate::doc::emit());
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

/// Compares the files with those in the folder, and writes the differing ones or refuses.
/// A file is written beside its place and renamed, so that no reader sees half of it.
/// In `schemas/`, an SQL file that no spec gives any more is stale: it is removed, or refused.
///
/// # Errors
/// [`GenerateError::Stale`] in check mode, naming every differing file; [`GenerateError::Io`].
pub fn reconcile(folder: &Path, files: &[OutputFile], mode: Mode) -> Result<Vec<Written>, GenerateError> {
    let mut stale = Vec::new();
    let mut done = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let found = read_if_there(&path)?;
        let changed = found.as_deref() != Some(file.text.as_bytes());
        match (changed, mode) {
            (true, Mode::Write) => write(&path, &file.text)?,
            (true, Mode::Check) => stale.push(describe(file, found.as_deref())),
            (false, _) => {}
        }
        done.push(Written {
            path: file.path.clone(),
            changed,
        });
    }
    for (name, path) in leftovers(folder, files)? {
        match mode {
            Mode::Write => std::fs::remove_file(&path).map_err(|cause| io(&path, cause))?,
            Mode::Check => stale.push(format!("{name}: no spec gives this file any more")),
        }
        done.push(Written {
            path: name,
            changed: true,
        });
    }
    if stale.is_empty() {
        Ok(done)
    } else {
        Err(GenerateError::Stale { files: stale })
    }
}

fn describe(file: &OutputFile, found: Option<&[u8]>) -> String {
    let Some(found) = found else {
        return format!("{}: is missing", file.path);
    };
    let line = file
        .text
        .as_bytes()
        .split(|byte| *byte == b'\n')
        .zip(found.split(|byte| *byte == b'\n'));
    let first = line.take_while(|(wanted, found)| wanted == found).count() + 1;
    format!("{}:{first}: differs from here on", file.path)
}

fn leftovers(folder: &Path, files: &[OutputFile]) -> Result<Vec<(String, PathBuf)>, GenerateError> {
    let schemas = folder.join("schemas");
    if !schemas.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&schemas).map_err(|cause| io(&schemas, cause))? {
        let path = entry.map_err(|cause| io(&schemas, cause))?.path();
        let name = format!(
            "schemas/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        if name.ends_with(".sql") && !files.iter().any(|file| file.path == name) {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, GenerateError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(io(path, cause)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), GenerateError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|cause| io(parent, cause))?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, text).map_err(|cause| io(&beside, cause))?;
    std::fs::rename(&beside, path).map_err(|cause| io(path, cause))
}

fn io(path: &Path, cause: std::io::Error) -> GenerateError {
    GenerateError::Io {
        path: path.display().to_string(),
        cause,
    }
}

/// What a build script calls: reads the specs, regenerates `generated/` beside them, and tells
/// Cargo what to watch. Prints nothing else when all is well.
///
/// Specs are found from the package upward (see [`crate::find_specs`]). Files are written to the
/// folder `generated` beside the specs folder *as it really is* (a symbolic link `specs` in a
/// package leads to the workspace's). Nothing is written, and nothing fails, when there is no such
/// folder, when it cannot be written, or when it lies inside Cargo's own folders: a registry or git
/// dependency and docs.rs build as they are.
///
/// ```no_run
/// // build.rs
/// if let Err(error) = stellaops_db_spec::generate::build_script() {
///     panic!("{error}");
/// }
/// ```
///
/// # Errors
/// A text for people: the faults of the specs, or the stale files in check mode.
pub fn build_script() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=STELLAOPS_DB_SPECS");
    println!("cargo::rerun-if-env-changed=STELLAOPS_DB_GENERATED");
    println!("cargo::rerun-if-env-changed=CI");
    let package = PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").ok_or("build_script() runs in a build script only")?,
    );
    let specs = match crate::find_specs(&package) {
        Ok(specs) => specs,
        Err(error) => return Err(error.to_string()),
    };
    println!("cargo::rerun-if-changed={}", specs.display());
    let Some(generated) = generated_folder(&specs) else {
        return Ok(());
    };
    println!("cargo::rerun-if-changed={}", generated.display());
    let database = crate::load(&specs)
        .map_err(|error| error.to_string())?
        .map_err(|report| format!("\n{report}"))?;
    let mode = Mode::from_environment();
    match reconcile(&generated, &outputs(&database), mode) {
        Err(GenerateError::Io { .. }) if mode == Mode::Write => Ok(()),
        other => other.map(|_| ()).map_err(|error| error.to_string()),
    }
}

/// The folder `generated` beside the specs, if this is a checkout that may be written to.
pub fn generated_folder(specs: &Path) -> Option<PathBuf> {
    let real = std::fs::canonicalize(specs).ok()?;
    let generated = real.parent()?.join("generated");
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let foreign = cargo_home.is_some_and(|home| {
        ["registry", "git"]
            .iter()
            .any(|folder| generated.starts_with(home.join(folder)))
    });
    (generated.is_dir() && !foreign && std::env::var_os("DOCS_RS").is_none()).then_some(generated)
}
