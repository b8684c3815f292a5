//! A row as it came, read by position.

use sqlx::postgres::PgRow;
use sqlx::{Column as _, Row as _, ValueRef};

use crate::value::Readable;
#[cfg(feature = "memory")]
use crate::value::{Parameter, ParameterType};

/// Why a row is not what the table says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The column does not hold a value of that type.
    #[error("column {index} cannot be read: {cause}")]
    Column {
        /// The position, from 0.
        index: usize,
        /// What the driver said.
        cause: sqlx::Error,
    },
    /// The value of a sensitive column, which is not shown, is not what the column says.
    #[error("the sensitive column {index} cannot be read")]
    Sensitive {
        /// The position, from 0.
        index: usize,
    },
    /// The stored value is none of the enum's.
    #[error("`{stored}` is no value of the enum `{declared}`")]
    Enum {
        /// The enum.
        declared: &'static str,
        /// What is stored.
        stored: String,
    },
    /// The stored document is not what its shape says.
    #[error("the stored document is no `{shape}`: {cause}")]
    Json {
        /// The shape.
        shape: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The result of a query has no such column.
    #[error("the result has no column `{column}`; it has {found}")]
    NoColumn {
        /// The column that a field reads.
        column: &'static str,
        /// Those that are there.
        found: String,
    },
    /// The result of a query has two columns of that name.
    #[error("the result has more than one column `{column}`: give the others another name with AS")]
    DoubledColumn {
        /// The column that a field reads.
        column: &'static str,
    },
    /// A tuple reads all columns of a result, and they are not as many as its values.
    #[error("the columns of the result are {found}, and {wanted} are read")]
    ColumnNumber {
        /// How many values the tuple has.
        wanted: usize,
        /// How many columns the result has.
        found: usize,
    },
    /// A column of a result is NULL where nothing holds it.
    #[error("the column `{column}` is NULL, and is not read into an `Option`")]
    Null {
        /// The column.
        column: String,
    },
    /// A column of a result is of another type, or holds a value that is none of its type's.
    #[error("the column `{column}` cannot be read: {cause}")]
    Misfit {
        /// The column.
        column: String,
        /// What is wrong with it; never the value.
        cause: String,
    },
}

#[cfg(feature = "memory")]
impl DecodeError {
    /// A row in memory has no such column, or NULL or another type in it.
    fn of_memory(index: usize) -> Self {
        DecodeError::Column {
            index,
            cause: sqlx::Error::Decode("the row in memory has no such value there".into()),
        }
    }
}

/// A row as it came from the database, or as the memory twin keeps it.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    source: Source<'r>,
    /// Where the columns of a query's result stand, in the order of the fields; none for rows of a table,
    /// whose statements select them in that order.
    positions: Option<&'r [usize]>,
}

/// Where the values of a row are.
#[derive(Clone, Copy)]
enum Source<'r> {
    Database(&'r PgRow),
    /// In the order of the table's columns.
    #[cfg(feature = "memory")]
    Memory(&'r [Parameter]),
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = match self.source {
            Source::Database(row) => row.len(),
            #[cfg(feature = "memory")]
            Source::Memory(values) => values.len(),
        };
        // Never the values: a row in a log is a leak.
        write!(formatter, "Row({columns} columns)")
    }
}

impl<'r> Row<'r> {
    /// The row of the driver.
    pub fn new(row: &'r PgRow) -> Self {
        Row {
            source: Source::Database(row),
            positions: None,
        }
    }

    /// A row in memory.
    #[cfg(feature = "memory")]
    pub(crate) fn in_memory(values: &'r [Parameter]) -> Self {
        Row {
            source: Source::Memory(values),
            positions: None,
        }
    }

    /// The row of a query, with its columns brought into the order of the fields.
    pub(crate) fn arranged(row: &'r PgRow, positions: &'r [usize]) -> Self {
        Row {
            source: Source::Database(row),
            positions: Some(positions),
        }
    }

    /// Reads a column into a field.
    ///
    /// # Errors
    /// [`DecodeError`] when the column holds something else.
    pub fn field<V: crate::value::Value>(&self, index: usize) -> Result<V, DecodeError> {
        V::from_row(self, index)
    }

    pub(crate) fn is_null(&self, index: usize) -> Result<bool, DecodeError> {
        match self.source {
            Source::Database(row) => {
                let value = row.try_get_raw(self.position(index));
                let value = value.map_err(|cause| DecodeError::Column { index, cause })?;
                Ok(value.is_null())
            }
            #[cfg(feature = "memory")]
            Source::Memory(values) => values
                .get(index)
                .map(ParameterType::is_null)
                .ok_or_else(|| DecodeError::of_memory(index)),
        }
    }

    pub(crate) fn read<V: Readable<'r>>(&self, index: usize) -> Result<V, DecodeError> {
        match self.source {
            Source::Database(row) => row
                .try_get(self.position(index))
                .map_err(|cause| DecodeError::Column { index, cause }),
            #[cfg(feature = "memory")]
            Source::Memory(values) => {
                let value = values.get(index).and_then(V::of);
                value.ok_or_else(|| DecodeError::of_memory(index))
            }
        }
    }

    fn position(&self, index: usize) -> usize {
        let arranged = self.positions.and_then(|positions| positions.get(index));
        arranged.copied().unwrap_or(index)
    }

    /// The name of a column, where the row is a query's.
    fn column_of_query(&self, index: usize) -> Option<String> {
        self.positions?;
        match self.source {
            Source::Database(row) => {
                let column = row.try_column(self.position(index)).ok()?;
                Some(column.name().to_owned())
            }
            #[cfg(feature = "memory")]
            Source::Memory(_) => None,
        }
    }

    /// Why a field could not be read. Of a query, whose columns may hold anything, it is told by the
    /// column's name and without what is stored.
    #[cold]
    pub(crate) fn misfit(&self, index: usize, cause: DecodeError) -> DecodeError {
        let Some(column) = self.column_of_query(index) else {
            return cause;
        };
        if self.is_null(index).unwrap_or_default() {
            return DecodeError::Null { column };
        }
        let cause = match cause {
            DecodeError::Column {
                cause: sqlx::Error::ColumnDecode { source, .. },
                ..
            } => source.to_string(),
            DecodeError::Enum { declared, .. } => format!("it holds no value of the enum `{declared}`"),
            DecodeError::Sensitive { .. } => "its value, which is not shown, is none of the type".into(),
            other => other.to_string(),
        };
        DecodeError::Misfit { column, cause }
    }
}
