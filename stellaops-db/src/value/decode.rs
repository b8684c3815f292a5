//! A row as it came, read by position.

use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Decode, Row as _, Type, ValueRef};

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
}

/// A row as it came from the database.
#[derive(Clone, Copy)]
pub struct Row<'r>(&'r PgRow);

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(formatter, "Row({} columns)", self.0.len())
    }
}

impl<'r> Row<'r> {
    /// The row of the driver.
    pub fn new(row: &'r PgRow) -> Self {
        Row(row)
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
            .0
            .try_get_raw(index)
            .map_err(|cause| DecodeError::Column { index, cause })?;
        Ok(value.is_null())
    }

    pub(crate) fn read<V>(&self, index: usize) -> Result<V, DecodeError>
    where
        V: for<'v> Decode<'v, Postgres> + Type<Postgres>,
    {
        self.0
            .try_get(index)
            .map_err(|cause| DecodeError::Column { index, cause })
    }
}
