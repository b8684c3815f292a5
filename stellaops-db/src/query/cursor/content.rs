//! What a cursor holds, and its bytes.

use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::query::InvalidCursor;
use crate::value::{Parameter, ParameterType};

/// A hash of the query and the tenant.
pub(crate) type Fingerprint = [u8; 16];

/// A place in the rows of a query: at a row, given by the values of the order's columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position {
    pub(crate) values: Vec<Parameter>,
    /// Whether the rows in front of it are meant, and not those behind.
    pub(crate) backward: bool,
    /// Whether the row itself is meant, too.
    pub(crate) inclusive: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    query: Fingerprint,
    backward: bool,
    inclusive: bool,
    values: Vec<CursorValue>,
}

/// The types that an order can have.
#[derive(Serialize, Deserialize)]
enum CursorValue {
    Null,
    Uuid([u8; 16]),
    Text(String),
    SmallInt(i16),
    Integer(i32),
    BigInt(i64),
    Boolean(bool),
    /// Microseconds since 1970, which is what PostgreSQL keeps.
    TimestampTz(i64),
    /// Days since 1970.
    Date(i32),
    Bytea(Vec<u8>),
}

impl Content {
    pub(super) fn of(position: &Position, query: Fingerprint) -> Option<Self> {
        let values = position.values.iter().map(CursorValue::of);
        Some(Content {
            query,
            backward: position.backward,
            inclusive: position.inclusive,
            values: values.collect::<Option<_>>()?,
        })
    }

    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }

    /// The content, and the bytes behind it.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<(Self, &[u8])> {
        postcard::take_from_bytes(bytes).ok()
    }

    pub(super) fn into_position(
        self,
        query: Fingerprint,
        types: impl ExactSizeIterator<Item = (ParameterType, bool)>,
    ) -> Result<Position, InvalidCursor> {
        if self.query != query || self.values.len() != types.len() {
            return Err(InvalidCursor::AnotherQuery);
        }
        let values = self.values.into_iter().zip(types);
        let values = values.map(|(value, (of, nullable))| value.into_parameter(of, nullable));
        Ok(Position {
            values: values.collect::<Option<_>>().ok_or(InvalidCursor::Malformed)?,
            backward: self.backward,
            inclusive: self.inclusive,
        })
    }
}

impl CursorValue {
    fn of(parameter: &Parameter) -> Option<Self> {
        Some(match parameter {
            parameter if ParameterType::is_null(parameter) => CursorValue::Null,
            Parameter::Uuid(Some(value)) => CursorValue::Uuid(value.into_bytes()),
            Parameter::Text(Some(value)) => CursorValue::Text(value.clone()),
            Parameter::SmallInt(Some(value)) => CursorValue::SmallInt(*value),
            Parameter::Integer(Some(value)) => CursorValue::Integer(*value),
            Parameter::BigInt(Some(value)) => CursorValue::BigInt(*value),
            Parameter::Boolean(Some(value)) => CursorValue::Boolean(*value),
            Parameter::TimestampTz(Some(value)) => CursorValue::TimestampTz(value.timestamp_micros()),
            Parameter::Date(Some(value)) => CursorValue::Date(value.to_epoch_days()),
            Parameter::Bytea(Some(value)) => CursorValue::Bytea(value.clone()),
            // An order column is no array and no JSON: the specs refuse it.
            _ => return None,
        })
    }

    /// As a parameter of that type; none when it is none, as in a cursor that somebody made up.
    fn into_parameter(self, of: ParameterType, nullable: bool) -> Option<Parameter> {
        let parameter = match self {
            CursorValue::Null if nullable => of.null(),
            CursorValue::Null => return None,
            CursorValue::Uuid(value) => Parameter::Uuid(Some(uuid::Uuid::from_bytes(value))),
            // A text with NUL would be refused by the server only.
            CursorValue::Text(value) if value.contains('\0') => return None,
            CursorValue::Text(value) => Parameter::Text(Some(value)),
            CursorValue::SmallInt(value) => Parameter::SmallInt(Some(value)),
            CursorValue::Integer(value) => Parameter::Integer(Some(value)),
            CursorValue::BigInt(value) => Parameter::BigInt(Some(value)),
            CursorValue::Boolean(value) => Parameter::Boolean(Some(value)),
            CursorValue::TimestampTz(value) => {
                Parameter::TimestampTz(Some(DateTime::from_timestamp_micros(value)?))
            }
            CursorValue::Date(value) => Parameter::Date(Some(NaiveDate::from_epoch_days(value)?)),
            CursorValue::Bytea(value) => Parameter::Bytea(Some(value)),
        };
        (ParameterType::of(&parameter) == Some(of)).then_some(parameter)
    }
}
