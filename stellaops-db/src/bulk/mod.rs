//! Bulk verbs: many rows at once, in one transaction, with a report.
//!
//! [`Repository::insert_many`](crate::Repository::insert_many),
//! [`upsert_many`](crate::Repository::upsert_many), [`update_many`](crate::Repository::update_many) and
//! [`delete_many`](crate::Repository::delete_many) take any number of rows, from whatever can be iterated or
//! from a stream ([`from_stream`]), and hold no more than two batches of them in memory: one is gathered while
//! the other is written. How rows travel is chosen by their number and changes nothing else: a few as values of
//! one statement, more as arrays, and many by COPY into a temporary table, out of which one statement takes them.
//!
//! `rows` takes the rows, `source` gathers them in batches and `sink` writes those; `text` is the SQL and `copy`
//! the binary form.

mod batch;
mod copy;
mod counts;
mod plan;
mod report;
mod rows;
mod run;
mod sink;
mod source;
mod text;
mod verb;

#[cfg(feature = "fuzzing")]
pub(crate) use copy::encoded;

pub use crate::query::UniqueKey;
pub use plan::OnConflict;
pub use report::{BulkProgress, BulkReport, RefusedRow};
pub use rows::{IntoRows, RowStream, TryRowStream, from_stream, try_from_stream};
pub use verb::{Bulk, Deleting, Inserting, Returning, Updating, Upserting};
