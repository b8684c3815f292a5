//! The names of workers.

use crate::error::Error;

/// The name, if it can be a worker's: not empty, and not one of the toolkit's own, which begin with `@`.
pub(crate) fn checked_name(worker: &str) -> Result<String, Error> {
    match worker.is_empty() || worker.starts_with('@') {
        true => Err(Error::WorkerName { name: worker.into() }),
        false => Ok(worker.into()),
    }
}
