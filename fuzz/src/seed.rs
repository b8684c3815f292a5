//! The committed inputs.

use std::path::{Path, PathBuf};

/// The folder with a target's inputs.
pub fn corpus_folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// A target's inputs with their file names, in the order of these.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn seeds(target: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(corpus_folder(target))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        seeds.push((name, std::fs::read(entry.path())?));
    }
    seeds.sort();
    Ok(seeds)
}
