//! The folder of an export. Files may be read by their owner alone, and are on the disk before the manifest is.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::LifecycleError;
use super::manifest::{Manifest, hexadecimal};

/// The manifest's name.
pub(super) const MANIFEST: &str = "manifest.json";

/// Says that the files beside it are those of an export that is not finished.
const MARKER: &str = "export.unfinished";

/// Makes the folder, or takes one that an unfinished export left. What that wrote is written again: its snapshot is gone.
pub(super) fn prepare(folder: &Path) -> Result<(), LifecycleError> {
    let failed = |cause| LifecycleError::file(folder, cause);
    let why = "holds an export that is finished; export into another folder";
    if folder.join(MANIFEST).exists() {
        return Err(occupied(folder, why));
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    let marker = folder.join(MARKER);
    let is_unfinished = marker.exists();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // Nothing is removed that no export left.
        let is_ours = path.extension().is_some_and(|extension| extension == "ndjson");
        match is_unfinished
            && (is_ours
                || path
                    .extension()
                    .is_some_and(|extension| extension == "unfinished"))
        {
            false => return Err(occupied(folder, "holds something else than an unfinished export")),
            true if is_ours => {
                std::fs::remove_file(&path).map_err(|cause| LifecycleError::file(&path, cause))?
            }
            true => {}
        }
    }
    create(&marker)
        .and_then(|file| file.sync_all())
        .map_err(|cause| LifecycleError::file(&marker, cause))
}

/// Writes the manifest, which makes an export of the folder.
pub(super) fn finish(folder: &Path, manifest: &Manifest) -> Result<(), LifecycleError> {
    let text = serde_json::to_string_pretty(manifest).expect("maps with text keys always serialize");
    write_atomically(&folder.join(MANIFEST), &format!("{text}\n"))?;
    let marker = folder.join(MARKER);
    std::fs::remove_file(&marker).map_err(|cause| LifecycleError::file(&marker, cause))
}

fn occupied(folder: &Path, why: &'static str) -> LifecycleError {
    LifecycleError::Occupied {
        path: folder.to_owned(),
        why,
    }
}

/// A file of lines, hashed while it is written.
pub(super) struct Lines {
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
    /// How many bytes were written.
    pub(super) bytes: u64,
}

impl Lines {
    pub(super) fn create(path: PathBuf) -> Result<Self, LifecycleError> {
        let file = create(&path).map_err(|cause| LifecycleError::file(&path, cause))?;
        Ok(Lines {
            path,
            file: BufWriter::with_capacity(1 << 17, file),
            digest: Sha256::new(),
            bytes: 0,
        })
    }

    pub(super) fn write(&mut self, line: &str) -> Result<(), LifecycleError> {
        self.digest.update(line.as_bytes());
        self.bytes += line.len() as u64;
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|cause| LifecycleError::file(&self.path, cause))
    }

    /// On the disk; its SHA-256.
    pub(super) fn finish(self) -> Result<String, LifecycleError> {
        let Lines {
            path, file, digest, ..
        } = self;
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all())
            .map_err(|cause| LifecycleError::file(&path, cause))?;
        Ok(hexadecimal(&digest.finalize()))
    }
}

/// Writes a file whole or not at all.
pub(super) fn write_atomically(path: &Path, text: &str) -> Result<(), LifecycleError> {
    let unfinished = path.with_extension("unfinished");
    let written = || -> std::io::Result<()> {
        let mut file = create(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    written().map_err(|cause| LifecycleError::file(path, cause))
}

fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
