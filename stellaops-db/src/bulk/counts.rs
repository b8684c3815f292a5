//! What a call has done so far.

use crate::bulk::plan::Verb;
use crate::bulk::report::{BulkProgress, BulkReport, RefusedRow};

/// What one statement did with its rows.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Rows that are new.
    pub(super) inserted: u64,
    /// Rows that were changed, or are gone.
    pub(super) changed: u64,
    /// Rows that were not found, or have another version, which is known then: their numbers in the batch.
    pub(super) missed: Vec<(usize, Option<i64>)>,
}

/// Numbers of rows, and those that were refused.
#[derive(Debug, Default)]
pub(super) struct Counts {
    report: BulkReport,
    keeps_going: bool,
}

impl Counts {
    pub(super) fn new(keeps_going: bool) -> Self {
        Counts {
            report: BulkReport::default(),
            keeps_going,
        }
    }

    /// Adds what a statement did with so many rows, apart from those that it missed.
    pub(super) fn add(&mut self, verb: &Verb, number: usize, outcome: &Outcome) {
        let missed = outcome.missed.len();
        let left = (number as u64).saturating_sub(outcome.inserted + outcome.changed + missed as u64);
        self.report.inserted += outcome.inserted;
        match verb {
            Verb::Delete => self.report.deleted += outcome.changed,
            _ => self.report.updated += outcome.changed,
        }
        self.report.unchanged += left;
    }

    /// Notes a row that is refused, or gives it back to a call that ends with it.
    pub(super) fn note(&mut self, row: RefusedRow) -> Result<(), RefusedRow> {
        if !self.keeps_going {
            return Err(row);
        }
        self.report.refused.push(row);
        Ok(())
    }

    pub(super) fn progress(&self) -> BulkProgress {
        let report = &self.report;
        BulkProgress {
            done: report.total(),
            inserted: report.inserted,
            updated: report.updated,
            deleted: report.deleted,
            unchanged: report.unchanged,
            refused: report.refused.len() as u64,
        }
    }

    /// The report. Rows that could not be sent were refused before others of their batch.
    pub(super) fn into_report(mut self) -> BulkReport {
        self.report.refused.sort_by_key(|row| row.position);
        self.report
    }
}
