//! Bulk verbs: each does what single verbs do, in every way that rows can travel.

mod changes;
mod failures;
mod refused;
mod transactions;
mod upserts;
mod ways;

use stellaops_db::Error;
use stellaops_db::bulk::{Bulk, BulkReport, RefusedRow};

use crate::support::*;

/// How rows travel: up to so many as values, up to so many as arrays, more by COPY; and how many are written by
/// one statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way(usize, usize, usize);

/// Each way alone, and all of them in one call of a dozen rows or more.
pub(crate) const WAYS: [Way; 7] = [
    Way(1_000, 1_000, 1_000),
    Way(0, 1_000, 1_000),
    Way(0, 0, 1_000),
    Way(1, 3, 5),
    Way(1, 8, 16),
    Way(2, 2, 3),
    Way(0, 0, 1),
];

impl Way {
    pub(crate) fn of<'a, T: stellaops_db::__private::Table, V>(self, bulk: Bulk<'a, T, V>) -> Bulk<'a, T, V> {
        bulk.with_sizes(self.0, self.1, self.2)
    }
}

/// The numbers of a report: inserted, updated, deleted, unchanged, refused.
pub(crate) fn numbers(report: &BulkReport) -> [u64; 5] {
    let refused = report.refused.len() as u64;
    [
        report.inserted,
        report.updated,
        report.deleted,
        report.unchanged,
        refused,
    ]
}

/// The positions of the rows that were refused.
pub(crate) fn positions(report: &BulkReport) -> Vec<u64> {
    report.refused.iter().map(|row| row.position).collect()
}

/// The position and the reason of the row that ended a call.
pub(crate) fn refused_row<R: std::fmt::Debug>(result: Result<R, Error>) -> (u64, Error) {
    match result {
        Err(Error::RefusedRow { position, reason }) => (position, *reason),
        other => panic!("expected a refused row, not {other:?}"),
    }
}

/// What kind of error it is, for comparison.
pub(crate) fn kind(row: &RefusedRow) -> &'static str {
    kind_of(&row.reason)
}

pub(crate) fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::UniqueViolation { .. } => "unique",
        Error::ForeignKeyViolation { .. } => "reference",
        Error::CheckViolation { .. } => "check",
        Error::Encode(_) => "encode",
        Error::NotFound { .. } => "not found",
        Error::VersionConflict { .. } => "version",
        other => panic!("{other:?}"),
    }
}

/// Nothing is left on the only connection: no temporary table and no tenant.
pub(crate) async fn assert_clean(pool: &sqlx::PgPool) {
    let mut connection = pool.acquire().await.expect("the connection");
    let tables = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'";
    assert_eq!(value::<i64>(&mut connection, tables).await, 0);
    let bound = "SELECT coalesce(current_setting('app.tenant_id', true), '')";
    assert_eq!(value::<String>(&mut connection, bound).await, "");
}
