//! The package that uses a macro.

use std::path::{Path, PathBuf};

/// The package whose source is being compiled; its folder is where specs are looked for.
#[derive(Debug)]
pub(crate) struct Package {
    folder: PathBuf,
}

impl Package {
    /// As cargo says it.
    pub(crate) fn from_environment() -> Self {
        Package::new(std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from))
    }

    /// The package in that folder.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Package { folder }
    }

    /// The folder with the package's `Cargo.toml`.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}
