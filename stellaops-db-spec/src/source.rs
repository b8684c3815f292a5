//! Spec files: where they are, what they say, and where in them a byte is.
//!
//! This is the only module of the crate that does I/O.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The file that marks a specs folder.
pub const DATABASE_FILE: &str = "database.toml";

/// The file of facts that were generated last, as faults name it.
pub const LOCK_FILE: &str = "generated/specs.lock";

/// Why the specs folder could not be read. What is *in* the files is reported as faults instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No folder `specs` with a `database.toml` was found, upward from the starting place.
    #[error(
        "there is no `specs/{DATABASE_FILE}` in `{start}` or in any folder above it; make one with `stellaops-db init`, or name the folder with STELLAOPS_DB_SPECS or `--specs`"
    )]
    NotFound {
        /// Where the search began.
        start: String,
    },
    /// A file or folder could not be read.
    #[error("`{path}` cannot be read: {cause}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The folder has no such table.
    #[error("there is no spec file `{path}`")]
    NoTable {
        /// The file that was looked for.
        path: String,
    },
}

/// The text of one spec file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as people write it: `specs/scheduler/graph_jobs.toml`, always with `/`.
    pub path: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

/// A place in a spec file: file, line and column, both counted from one (columns in characters).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path as people write it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A range of bytes in one of the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The index of the file in its [`Sources`].
    pub file: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The spec files of one run, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Of each file, the bytes at which its lines begin: found when they are first asked for.
    lines: Vec<OnceLock<Vec<usize>>>,
}

impl Sources {
    /// Holds the given files, sorted by path so that the order of a directory listing cannot matter.
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let lines = files.iter().map(|_| OnceLock::new()).collect();
        Sources { files, lines }
    }

    /// Reads `database.toml` and every `<schema>/*.toml` below the folder, and `generated/specs.lock`
    /// beside it, where there is one.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] names the first file or folder that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, SourceError> {
        let mut files = vec![read_file(folder, &folder.join(DATABASE_FILE))?];
        for schema in sorted_entries(folder)?.into_iter().filter(|path| path.is_dir()) {
            for path in sorted_entries(&schema)? {
                if path.extension().is_some_and(|extension| extension == "toml") {
                    files.push(read_file(folder, &path)?);
                }
            }
        }
        files.extend(read_lock(folder)?);
        Ok(Sources::new(files))
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Line and column of the span's first byte.
    pub fn place(&self, span: Span) -> Place {
        let file = &self.files[span.file];
        let mut start = span.start.min(file.text.len());
        while !file.text.is_char_boundary(start) {
            start -= 1;
        }
        let lines = self.line_starts(span.file);
        let line = lines.partition_point(|line_start| *line_start <= start);
        let line_start = line.checked_sub(1).map_or(0, |before| lines[before]);
        Place {
            file: file.path.clone(),
            line: count(line),
            column: count(file.text[line_start..start].chars().count() + 1),
        }
    }

    /// The bytes of the lines that the span touches, the last line's break left out, and the number of the first line.
    pub(crate) fn lines(&self, span: Span) -> (Range<usize>, usize) {
        let length = self.files[span.file].text.len();
        let starts = self.line_starts(span.file);
        let line_of = |byte: usize| starts.partition_point(|line_start| *line_start <= byte.min(length));
        let (first, last) = (line_of(span.start), line_of(span.end.max(span.start)));
        let end = starts.get(last).map_or(length, |next| next - 1);
        (starts[first - 1]..end, first)
    }

    /// Where the lines of a file begin; each fault asks, and counting anew would be most of the work.
    fn line_starts(&self, file: usize) -> &[usize] {
        self.lines[file].get_or_init(|| line_starts(&self.files[file].text))
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let after_breaks = text.match_indices('\n').map(|(position, _)| position + 1);
    std::iter::once(0).chain(after_breaks).collect()
}

/// Spec files of more than four billion lines do not exist; saturating keeps the arithmetic total.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Finds the specs folder: `STELLAOPS_DB_SPECS` if it is set, else the nearest `specs/` with a
/// `database.toml`, from `start` upward. A `start` that is itself such a folder is taken as it is.
///
/// # Errors
/// [`SourceError::NotFound`] when there is none.
pub fn find_specs(start: &Path) -> Result<PathBuf, SourceError> {
    let named = std::env::var_os("STELLAOPS_DB_SPECS").map(PathBuf::from);
    let start = named.as_deref().unwrap_or(start);
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_path_buf());
    if absolute.join(DATABASE_FILE).is_file() {
        return Ok(absolute);
    }
    absolute
        .ancestors()
        .map(|folder| folder.join("specs"))
        .find(|folder| folder.join(DATABASE_FILE).is_file())
        .ok_or_else(|| SourceError::NotFound {
            start: start.display().to_string(),
        })
}

/// Finds the specs folder of a package, for macros and build scripts: the package's own `specs/` if it
/// has one, else as [`find_specs`]. The package's own goes first, because `STELLAOPS_DB_SPECS` is set
/// for a whole build, and must not put other specs under a dependency that carries its own.
///
/// # Errors
/// As [`find_specs`].
pub fn specs_of_package(package: &Path) -> Result<PathBuf, SourceError> {
    let own = package.join("specs");
    if own.join(DATABASE_FILE).is_file() {
        Ok(own)
    } else {
        find_specs(package)
    }
}

/// Reads the files that the derive of one table needs: those of its schema.
///
/// # Errors
/// [`SourceError::Unreadable`] or [`SourceError::NoTable`].
pub fn read_schema(folder: &Path, schema: &str) -> Result<Sources, SourceError> {
    let place = folder.join(schema);
    if !place.join("schema.toml").is_file() {
        return Err(SourceError::NoTable {
            path: shown(folder, &place.join("schema.toml")),
        });
    }
    let mut files = vec![read_file(folder, &folder.join(DATABASE_FILE))?];
    for path in sorted_entries(&place)? {
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(read_file(folder, &path)?);
        }
    }
    Ok(Sources::new(files))
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable {
        path: folder.display().to_string(),
        cause,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The lock beside the folder as it really is: a symbolic link leads to the specs of a workspace.
fn read_lock(folder: &Path) -> Result<Option<SourceFile>, SourceError> {
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let path = real.parent().unwrap_or(&real).join(LOCK_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Some(SourceFile {
        path: LOCK_FILE.into(),
        text: read_text(&path)?.into(),
    }))
}

fn read_file(folder: &Path, path: &Path) -> Result<SourceFile, SourceError> {
    Ok(SourceFile {
        path: shown(folder, path).into(),
        text: read_text(path)?.into(),
    })
}

fn read_text(path: &Path) -> Result<String, SourceError> {
    let bytes = std::fs::read(path).map_err(|cause| SourceError::Unreadable {
        path: path.display().to_string(),
        cause,
    })?;
    String::from_utf8(bytes).map_err(|error| SourceError::Unreadable {
        path: path.display().to_string(),
        cause: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
    })
}

/// The path from the folder that holds the specs, so that no path of the machine is ever shown.
fn shown(folder: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let mut text = String::from("specs");
    for part in relative {
        text.push('/');
        text.push_str(&part.to_string_lossy());
    }
    text
}
