//! Cursors: where a page ended, bound to the query and the tenant it belongs to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::value::Parameter;

/// Where a page ended. Opaque: a client keeps it and gives it back for the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// Why a cursor is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCursor {
    /// The text is no cursor of this version.
    #[error("this is no cursor")]
    Malformed,
    /// The cursor was made by another query, with other pins or filters, or for another tenant.
    #[error("this cursor belongs to another query or tenant; start again with the first page")]
    AnotherQuery,
}

/// The values of the last row's order columns, and the fingerprint of what was asked.
#[derive(Serialize, Deserialize)]
struct Content {
    version: u8,
    query: String,
    values: Vec<CursorValue>,
}

/// The types that an order can have.
#[derive(Serialize, Deserialize)]
enum CursorValue {
    Uuid(uuid::Uuid),
    Text(String),
    SmallInt(i16),
    Integer(i32),
    BigInt(i64),
    Boolean(bool),
    TimestampTz(DateTime<Utc>),
    Date(chrono::NaiveDate),
    Bytea(Vec<u8>),
}

impl Cursor {
    /// Takes a text that a client gave back; it is checked when it is used.
    pub fn from_text(text: impl Into<String>) -> Self {
        Cursor(text.into())
    }

    /// The text to give to a client: letters and digits only, fit for a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes the cursor behind a row.
    pub(crate) fn new(fingerprint: &str, values: Vec<Parameter>) -> Option<Self> {
        let values = values
            .into_iter()
            .map(CursorValue::of)
            .collect::<Option<Vec<_>>>()?;
        let content = Content {
            version: 1,
            query: fingerprint.into(),
            values,
        };
        let bytes = serde_json::to_vec(&content).ok()?;
        Some(Cursor(hex(&bytes)))
    }

    /// The values, if the cursor belongs to this query.
    pub(crate) fn values(&self, fingerprint: &str, number: usize) -> Result<Vec<Parameter>, InvalidCursor> {
        let bytes = unhex(&self.0).ok_or(InvalidCursor::Malformed)?;
        let content: Content = serde_json::from_slice(&bytes).map_err(|_| InvalidCursor::Malformed)?;
        if content.version != 1 {
            return Err(InvalidCursor::Malformed);
        }
        if content.query != fingerprint || content.values.len() != number {
            return Err(InvalidCursor::AnotherQuery);
        }
        Ok(content
            .values
            .into_iter()
            .map(CursorValue::into_parameter)
            .collect())
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl CursorValue {
    fn of(parameter: Parameter) -> Option<Self> {
        Some(match parameter {
            Parameter::Uuid(Some(value)) => CursorValue::Uuid(value),
            Parameter::Text(Some(value)) => CursorValue::Text(value),
            Parameter::SmallInt(Some(value)) => CursorValue::SmallInt(value),
            Parameter::Integer(Some(value)) => CursorValue::Integer(value),
            Parameter::BigInt(Some(value)) => CursorValue::BigInt(value),
            Parameter::Boolean(Some(value)) => CursorValue::Boolean(value),
            Parameter::TimestampTz(Some(value)) => CursorValue::TimestampTz(value),
            Parameter::Date(Some(value)) => CursorValue::Date(value),
            Parameter::Bytea(Some(value)) => CursorValue::Bytea(value),
            // An order column is never NULL, an array or JSON: the specs refuse it.
            _ => return None,
        })
    }

    fn into_parameter(self) -> Parameter {
        match self {
            CursorValue::Uuid(value) => Parameter::Uuid(Some(value)),
            CursorValue::Text(value) => Parameter::Text(Some(value)),
            CursorValue::SmallInt(value) => Parameter::SmallInt(Some(value)),
            CursorValue::Integer(value) => Parameter::Integer(Some(value)),
            CursorValue::BigInt(value) => Parameter::BigInt(Some(value)),
            CursorValue::Boolean(value) => Parameter::Boolean(Some(value)),
            CursorValue::TimestampTz(value) => Parameter::TimestampTz(Some(value)),
            CursorValue::Date(value) => Parameter::Date(Some(value)),
            CursorValue::Bytea(value) => Parameter::Bytea(Some(value)),
        }
    }
}

/// A text that two different queries practically never share: what is asked, hashed (FNV-1a, 128 bits: a guard against mistakes; row-level security is the guard
/// against attacks).
pub(crate) fn fingerprint(query: &str) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in query.bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    format!("{hash:032x}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
