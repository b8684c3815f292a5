//! The files of a project, in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::directive::{Replacement, ReplacementTarget};
use super::directory::{file_in, join_directory, leaves_project};
use super::embedded::embedded_projects;
use super::module_file::ModuleFile;
use super::work_file::WorkFile;

/// The largest file that is read, in bytes.
pub const MAXIMUM_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The texts of a project's files by their path relative to its folder, with `/` between the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectFiles {
    texts: BTreeMap<String, String>,
}

/// Why a folder could not be read. A file that can be read but is wrong is a [`Fault`](super::Fault) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// The folder has neither a `go.mod` nor a `go.work`.
    #[error("{} has no go.mod and no go.work; name the folder that holds one of them", folder.display())]
    NotAProject {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is a link to somewhere outside of the folder.
    #[error("{path} leads out of the project's folder and is not read; put the file itself there")]
    LeavesFolder {
        /// The file, relative to the folder.
        path: String,
    },
    /// A path that should be a file is something else.
    #[error("{path} is not a file")]
    NotAFile {
        /// The path, relative to the folder.
        path: String,
    },
    /// A file is larger than [`MAXIMUM_FILE_BYTES`].
    #[error("{path} is larger than {MAXIMUM_FILE_BYTES} bytes, more than any such file needs")]
    TooLarge {
        /// The file, relative to the folder.
        path: String,
    },
    /// A file is not UTF-8.
    #[error("{path} is not UTF-8 text; save it as UTF-8")]
    NotText {
        /// The file, relative to the folder.
        path: String,
    },
    /// The operating system refused to read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The path, as asked for.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl ProjectFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// The example project of this name that is part of this crate.
    pub fn embedded(name: &str) -> Option<Self> {
        embedded_projects()
            .into_iter()
            .find(|project| project.name == name)
            .map(|project| project.files)
    }

    /// Reads the files that the graph needs, and no others: `go.work` or `go.mod`, the `go.mod` and `go.sum` of
    /// each used module, the `go.mod` of each directory that replaces a module, `go.work.sum`,
    /// `vendor/modules.txt`, `go.env`. Nothing outside of the folder is read, be it named by a line or by a link.
    ///
    /// # Errors
    /// When the folder is no Go project, or a file cannot be read, is too large, is no text, or leads elsewhere.
    pub fn read_folder(folder: &Path) -> Result<Self, ProjectError> {
        let mut reader = FolderReader::open(folder)?;
        let mut directories = vec![".".to_owned()];
        let mut replacements = Vec::new();
        if let Some(text) = reader.read("go.work")? {
            let (work_file, _) = WorkFile::parse("go.work", &text);
            directories = work_file.uses.into_iter().map(|used| used.directory).collect();
            replacements = replaced_directories(".", &work_file.replace);
            reader.read("go.work.sum")?;
        }
        for directory in directories {
            if let Some(text) = reader.read(&file_in(&directory, "go.mod"))? {
                let (module_file, _) = ModuleFile::parse("go.mod", &text);
                replacements.extend(replaced_directories(&directory, &module_file.replace));
            }
            reader.read(&file_in(&directory, "go.sum"))?;
        }
        for directory in replacements {
            reader.read(&file_in(&directory, "go.mod"))?;
        }
        reader.read("vendor/modules.txt")?;
        reader.read("go.env")?;
        reader.finish(folder)
    }

    /// Adds a file, or replaces its text. The path is relative to the project's folder, with `/` between its parts.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.texts.insert(path.into(), text.into());
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// All files with their texts, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

impl<Path: Into<String>, Text: Into<String>> FromIterator<(Path, Text)> for ProjectFiles {
    fn from_iter<Files: IntoIterator<Item = (Path, Text)>>(files: Files) -> Self {
        Self {
            texts: files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        }
    }
}

fn replaced_directories(base: &str, replacements: &[Replacement]) -> Vec<String> {
    let directories = replacements
        .iter()
        .filter_map(|replacement| match &replacement.target {
            ReplacementTarget::Directory(written) => Some(join_directory(base, written)),
            ReplacementTarget::Module { .. } => None,
        });
    directories
        .filter(|directory| !leaves_project(directory))
        .collect()
}

struct FolderReader {
    /// The folder with every link resolved: what lies within is told by comparing with it.
    root: PathBuf,
    files: ProjectFiles,
}

impl FolderReader {
    fn open(folder: &Path) -> Result<Self, ProjectError> {
        let unreadable = |source| ProjectError::Unreadable {
            path: folder.display().to_string(),
            source,
        };
        let root = folder.canonicalize().map_err(unreadable)?;
        Ok(Self {
            root,
            files: ProjectFiles::new(),
        })
    }

    /// Reads a file if it exists.
    fn read(&mut self, path: &str) -> Result<Option<String>, ProjectError> {
        let own = || path.to_owned();
        let unreadable = |source| ProjectError::Unreadable { path: own(), source };
        let resolved = match self.root.join(path).canonicalize() {
            Ok(resolved) => resolved,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(unreadable(error)),
        };
        if !resolved.starts_with(&self.root) {
            return Err(ProjectError::LeavesFolder { path: own() });
        }
        if !resolved.metadata().map_err(unreadable)?.is_file() {
            return Err(ProjectError::NotAFile { path: own() });
        }
        let mut bytes = Vec::new();
        let file = File::open(&resolved).map_err(unreadable)?;
        file.take(MAXIMUM_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > MAXIMUM_FILE_BYTES {
            return Err(ProjectError::TooLarge { path: own() });
        }
        let text = String::from_utf8(bytes).map_err(|_| ProjectError::NotText { path: own() })?;
        self.files.insert(path, text.clone());
        Ok(Some(text))
    }

    fn finish(self, folder: &Path) -> Result<ProjectFiles, ProjectError> {
        if self.files.text("go.mod").is_none() && self.files.text("go.work").is_none() {
            return Err(ProjectError::NotAProject {
                folder: folder.to_owned(),
            });
        }
        Ok(self.files)
    }
}
