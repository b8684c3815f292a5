//! Where the inputs are that were too much.

use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crashes")
}

/// The file that holds the input a target runs at the moment: its length in eight bytes, and the input.
pub(crate) fn running(target: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder())?;
    Ok(folder().join(format!("{target}.running")))
}

/// Keeps an input, under a name that follows from it.
pub(crate) fn keep(target: &str, input: &[u8]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder())?;
    // FNV-1a: the name only has to tell inputs apart.
    let hash = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = folder().join(format!("{target}-{hash:016x}"));
    std::fs::write(&path, input)?;
    Ok(path)
}

/// Keeps the input that a target ran when its process ended; says where.
pub(crate) fn keep_running(target: &str) -> std::io::Result<PathBuf> {
    let bytes = std::fs::read(running(target)?)?;
    let (length, rest) = bytes
        .split_first_chunk()
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(rest.len());
    keep(target, &rest[..length.min(rest.len())])
}
