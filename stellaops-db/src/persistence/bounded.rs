//! Files of a bounded length: whatever a path leads to, reading it ends.

use std::fs::{File, Metadata};
use std::io::{Error, Read as _};
use std::path::Path;

/// Why a file is not read.
pub(super) enum FileFault {
    Unreadable(Error),
    /// A folder, a pipe, a device, a socket.
    NotRegular,
    TooLong,
}

/// The whole of a regular file, and what the system says of it; links are followed.
pub(super) fn read(path: &Path, longest: usize) -> Result<(Vec<u8>, Metadata), FileFault> {
    // To open a pipe is to wait for whoever writes to it.
    regular(std::fs::metadata(path))?;
    let file = File::open(path).map_err(FileFault::Unreadable)?;
    // The path may lead to another one by now.
    let status = regular(file.metadata())?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(FileFault::Unreadable)?;
    match bytes.len() > longest {
        true => Err(FileFault::TooLong),
        false => Ok((bytes, status)),
    }
}

fn regular(status: Result<Metadata, Error>) -> Result<Metadata, FileFault> {
    let status = status.map_err(FileFault::Unreadable)?;
    match status.is_file() {
        true => Ok(status),
        false => Err(FileFault::NotRegular),
    }
}
