//! A row as it came, read by position.

use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Column as _, Decode, Row as _, Type, ValueRef};

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

/// A row as it came from the database.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    row: &'r PgRow,
    /// Where the columns of a query's result stand, in the order of the fields; none for rows of a table,
    /// whose statements select them in that order.
    positions: Option<&'r [usize]>,
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(formatter, "Row({} columns)", self.row.len())
    }
}

impl<'r> Row<'r> {
    /// The row of the driver.
    pub fn new(row: &'r PgRow) -> Self {
        let positions = None;
        Row { row, positions }
    }

    /// The row of a query, with its columns brought into the order of the fields.
    pub(crate) fn arranged(row: &'r PgRow, positions: &'r [usize]) -> Self {
        let positions = Some(positions);
        Row { row, positions }
    }

    /// Reads a column into a field.
    ///
    /// # Errors
    /// [`DecodeError`] when the column holds something else.
    pub fn field<V: crate::value::Value>(&self, index: usize) -> Result<V, DecodeError> {
        V::from_row(self, index)
    }

    pub(crate) fn is_null(&self, index: usize) -> Result<bool, DecodeError> {
        let value = self
            .row
            .try_get_raw(self.position(index))
            .map_err(|cause| DecodeError::Column { index, cause })?;
        Ok(value.is_null())
    }

    pub(crate) fn read<V>(&self, index: usize) -> Result<V, DecodeError>
    where
        V: for<'v> Decode<'v, Postgres> + Type<Postgres>,
    {
        self.row
            .try_get(self.position(index))
            .map_err(|cause| DecodeError::Column { index, cause })
    }

    fn position(&self, index: usize) -> usize {
        let arranged = self.positions.and_then(|positions| positions.get(index));
        arranged.copied().unwrap_or(index)
    }

    /// Why a field could not be read. Of a query, whose columns may hold anything, it is told by the
    /// column's name and without what is stored.
    #[cold]
    pub(crate) fn misfit(&self, index: usize, cause: DecodeError) -> DecodeError {
        let column = self.row.try_column(self.position(index));
        let (Some(_), Ok(column)) = (self.positions, column) else {
            return cause;
        };
        let column = column.name().to_owned();
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
