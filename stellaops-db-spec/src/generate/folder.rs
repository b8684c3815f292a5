//! The folder of generated files: where it is, and whether it is ours to write to.

use std::path::{Path, PathBuf};

/// The folder `generated` beside the specs folder *as it really is*: a symbolic link `specs` in a
/// package leads to the workspace's. Whether it exists is not asked.
///
/// # Errors
/// When the specs folder is not there.
pub fn beside(specs: &Path) -> std::io::Result<PathBuf> {
    let real = std::fs::canonicalize(specs)?;
    Ok(real.parent().unwrap_or(&real).join("generated"))
}

/// The folder [`beside`] the specs that a build keeps up to date: it exists, in sources that are
/// somebody's own. `None` on docs.rs and in the sources of a registry, git or vendored dependency.
pub fn generated_folder(specs: &Path) -> Option<PathBuf> {
    let generated = beside(specs).ok()?;
    (generated.is_dir() && !is_foreign(&generated)).then_some(generated)
}

/// Whether the place belongs to Cargo or to docs.rs. Cargo leaves `.cargo-ok` in what it has
/// unpacked or checked out, and `.cargo-checksum.json` in what it has vendored.
pub(super) fn is_foreign(place: &Path) -> bool {
    let real = std::fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
    let marked = |folder: &Path| {
        [".cargo-ok", ".cargo-checksum.json"]
            .iter()
            .any(|mark| folder.join(mark).is_file())
    };
    std::env::var_os("DOCS_RS").is_some() || real.ancestors().any(marked)
}

/// Whether files of the folder may be written: its first file is opened for that, and left as it is.
/// A folder without files counts as writable.
pub(super) fn is_writable(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    let first = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .min();
    first.is_none_or(|file| std::fs::OpenOptions::new().append(true).open(file).is_ok())
}
