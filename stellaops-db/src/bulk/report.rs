use crate::error::Error;

/// How far a bulk verb has come: given to [`Bulk::progress`](crate::bulk::Bulk::progress) after each batch. The
/// numbers never shrink. Until the call ends nothing of it has taken effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkProgress {
    /// Rows that are dealt with, one way or another.
    pub done: u64,
    /// Rows that are new.
    pub inserted: u64,
    /// Rows that were changed.
    pub updated: u64,
    /// Rows that are gone.
    pub deleted: u64,
    /// Rows that were there already and are as they were.
    pub unchanged: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// What a bulk verb did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BulkReport {
    /// Rows that are new.
    pub inserted: u64,
    /// Rows that were changed.
    pub updated: u64,
    /// Rows that are gone.
    pub deleted: u64,
    /// Rows of an upsert that would have changed nothing, or were to be skipped: they were not written.
    pub unchanged: u64,
    /// Rows that were refused, in the order of the input; none unless the call was told to
    /// [`keep_going`](crate::bulk::Bulk::keep_going).
    pub refused: Vec<RefusedRow>,
}

/// A row that a bulk verb could not write.
#[derive(Debug)]
#[non_exhaustive]
pub struct RefusedRow {
    /// Its position in the input, counted from zero.
    pub position: u64,
    /// Why: as the verb of a single row would have said.
    pub reason: Error,
}

impl From<RefusedRow> for Error {
    fn from(row: RefusedRow) -> Self {
        Error::RefusedRow {
            position: row.position,
            reason: Box::new(row.reason),
        }
    }
}

impl BulkReport {
    /// How many rows the input had.
    ///
    /// ```
    /// let report = stellaops_db::bulk::BulkReport::default();
    /// assert_eq!(report.total(), 0);
    /// ```
    pub fn total(&self) -> u64 {
        self.inserted + self.updated + self.deleted + self.unchanged + self.refused.len() as u64
    }
}
