//! What a bulk verb is to do, as data: the SQL and the batches follow from it.

use std::marker::PhantomData;

use crate::column::Marker;
use crate::query::UniqueKey;
use crate::table::{Table, TableDescriptor};
use crate::timestamp::Timestamp;
use crate::value::{Parameter, ParameterType};

/// What an upsert of many rows does about a row that is there already.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::schema::scheduler::{NewSchedule, Schedule, ScheduleRepository};
/// use stellaops_db::bulk::OnConflict;
///
/// async fn seed(schedules: ScheduleRepository, rows: Vec<NewSchedule>) -> Result<u64, stellaops_db::Error> {
///     // A schedule of that name is left as it is.
///     let report = schedules
///         .upsert_many(rows)
///         .on_conflict(OnConflict::skip().by(Schedule::UNIQUE_NAME))
///         .await?;
///     Ok(report.unchanged)
/// }
/// # }
/// ```
pub struct OnConflict<T> {
    unique_key: Option<usize>,
    overwrites: bool,
    marker: Marker<T>,
}

impl<T> OnConflict<T> {
    /// Sets the patchable columns of the row that is there, as [`upsert`](crate::Repository::upsert) does. A row
    /// that has these values already is not written, and counts as unchanged.
    pub fn overwrite() -> Self {
        OnConflict {
            unique_key: None,
            overwrites: true,
            marker: PhantomData,
        }
    }

    /// Leaves the row that is there as it is, whatever it holds: it counts as unchanged.
    pub fn skip() -> Self {
        OnConflict {
            overwrites: false,
            ..OnConflict::overwrite()
        }
    }

    /// Rows meet by that unique key, a content's hash for example, instead of by the table's key. The other
    /// keys stay what they are: a row that clashes with one of them is refused.
    pub fn by<P>(self, key: UniqueKey<T, P>) -> Self {
        OnConflict {
            unique_key: Some(key.0),
            ..self
        }
    }
}

impl<T: Table> std::fmt::Debug for OnConflict<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let action = if self.overwrites { "overwrite" } else { "skip" };
        write!(formatter, "OnConflict({}, {action})", T::DESCRIPTOR.qualified)
    }
}

/// The verbs, as they differ in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    /// Rows meet by a unique key, or by the table's.
    Overwrite(Option<usize>),
    Skip(Option<usize>),
    /// A row overwrites the version that it names, and is new when it names none.
    OverwriteVersion,
    Update,
    Delete,
}

impl Verb {
    pub(crate) fn upsert<T>(on_conflict: &OnConflict<T>) -> Self {
        match on_conflict.overwrites {
            true => Verb::Overwrite(on_conflict.unique_key),
            false => Verb::Skip(on_conflict.unique_key),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Verb::Insert => "insert_many",
            Verb::Overwrite(_) | Verb::Skip(_) | Verb::OverwriteVersion => "upsert_many",
            Verb::Update => "update_many",
            Verb::Delete => "delete_many",
        }
    }
}

/// A verb on a table.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) table: &'static TableDescriptor,
    pub(crate) verb: Verb,
    /// The client's clock, read once for all rows of the call.
    pub(crate) now: Timestamp,
}

impl Plan {
    /// `insert_many`, for the texts' comment.
    pub(super) fn verb_name(&self) -> &'static str {
        self.verb.name()
    }

    /// The types of a row's values as they are given.
    pub(super) fn given(&self) -> Vec<ParameterType> {
        let table = self.table;
        let of = |positions: &[usize]| positions.iter().map(|position| table.types[*position]).collect();
        let mut types: Vec<ParameterType> = match self.verb {
            Verb::Update | Verb::Delete => of(table.key),
            _ => of(&self.columns()),
        };
        if self.verb == Verb::Update {
            types.push(ParameterType::Bytea);
            types.extend(table.patchable.iter().map(|position| table.types[*position]));
        }
        types.extend(self.expected().map(|_| ParameterType::BigInt));
        types
    }

    /// The positions of the inserted columns that rows give: the tenant is the scope's.
    pub(super) fn columns(&self) -> Vec<usize> {
        let inserted = self.table.inserted();
        inserted.skip(usize::from(self.table.has_tenant)).collect()
    }

    /// Where among the given values an inserted column is.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        self.columns().iter().position(|known| *known == column)
    }

    /// The columns by which rows meet, without the tenant.
    pub(super) fn target(&self) -> &'static [usize] {
        self.unique_key().map_or(self.table.key, |key| key.columns)
    }

    /// The unique key by which rows meet, if it is not the table's key.
    pub(super) fn unique_key(&self) -> Option<&'static crate::table::UniqueKeyDescriptor> {
        match self.verb {
            Verb::Overwrite(key) | Verb::Skip(key) => key.map(|key| &self.table.unique_keys[key]),
            _ => None,
        }
    }

    /// Where among the given values stand those that no two rows of a statement may share: a statement changes
    /// a row once. None where several may.
    pub(super) fn identity(&self) -> Option<Vec<usize>> {
        match self.verb {
            Verb::Insert | Verb::Skip(_) => None,
            Verb::Update | Verb::Delete => Some((0..self.table.key.len()).collect()),
            Verb::Overwrite(_) | Verb::OverwriteVersion => {
                self.target().iter().map(|column| self.place(*column)).collect()
            }
        }
    }

    /// Where among the given values the expected version is.
    pub(super) fn expected(&self) -> Option<usize> {
        let table = self.table;
        match self.verb {
            Verb::OverwriteVersion => Some(self.columns().len()),
            Verb::Update => {
                let behind = table.key.len() + 1 + table.patchable.len();
                table.row_version.map(|_| behind)
            }
            _ => None,
        }
    }

    /// The version that a row expects.
    pub(super) fn expected_of(&self, row: &[Parameter]) -> Option<i64> {
        match row.get(self.expected()?) {
            Some(Parameter::BigInt(expected)) => *expected,
            _ => None,
        }
    }
}
