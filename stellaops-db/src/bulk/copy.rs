//! Rows in the binary form of COPY: a header, each row as the number of its fields and each field as its
//! length and its bytes, and an end.

use std::sync::Arc;

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, Postgres};

use crate::bulk::text::Row;
use crate::value::Parameter;
use crate::value::binder::JsonText;

/// A chunk is sent when it is so long.
const CHUNK: usize = 64 * 1024;

/// The signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;

/// The rows, numbered from zero, in chunks that are encoded when they are asked for.
pub(crate) fn encoded(rows: Arc<Vec<Row>>) -> impl Iterator<Item = Result<Vec<u8>, sqlx::Error>> + Send {
    let mut next = 0;
    let mut buffer = PgArgumentBuffer::default();
    buffer.extend_from_slice(HEADER);
    let mut has_ended = false;
    std::iter::from_fn(move || {
        if has_ended {
            return None;
        }
        while buffer.len() < CHUNK {
            match rows.get(next) {
                Some(row) => {
                    next += 1;
                    if let Err(error) = add_row(&mut buffer, next - 1, row) {
                        has_ended = true;
                        return Some(Err(sqlx::Error::Encode(error)));
                    }
                }
                None => {
                    buffer.extend_from_slice(&END.to_be_bytes());
                    has_ended = true;
                    break;
                }
            }
        }
        Some(Ok(std::mem::take(&mut *buffer)))
    })
}

fn add_row(buffer: &mut PgArgumentBuffer, number: usize, row: &Row) -> Result<(), BoxDynError> {
    let fields = i16::try_from(row.len() + 1)?;
    buffer.extend_from_slice(&fields.to_be_bytes());
    add(buffer, &Some(i64::try_from(number)?))?;
    row.iter().try_for_each(|value| add_value(buffer, value))
}

fn add_value(buffer: &mut PgArgumentBuffer, value: &Parameter) -> Result<(), BoxDynError> {
    match value {
        Parameter::Uuid(value) => add(buffer, value),
        Parameter::Text(value) => add(buffer, value),
        Parameter::SmallInt(value) => add(buffer, value),
        Parameter::Integer(value) => add(buffer, value),
        Parameter::BigInt(value) => add(buffer, value),
        Parameter::Boolean(value) => add(buffer, value),
        Parameter::TimestampTz(value) => add(buffer, value),
        Parameter::Date(value) => add(buffer, value),
        Parameter::Bytea(value) => add(buffer, value),
        Parameter::TextArray(value) => add(buffer, value),
        Parameter::UuidArray(value) => add(buffer, value),
        Parameter::Json(value) => add(buffer, &value.as_deref().map(JsonText)),
        Parameter::Tenant(_) | Parameter::BooleanArray(_) | Parameter::Several(..) => {
            Err("no column has a value of this type".into())
        }
    }
}

fn add<V>(buffer: &mut PgArgumentBuffer, value: &Option<V>) -> Result<(), BoxDynError>
where
    V: for<'q> Encode<'q, Postgres>,
{
    let begin = buffer.len();
    buffer.extend_from_slice(&NULL.to_be_bytes());
    if let Some(value) = value
        && let IsNull::No = value.encode_by_ref(buffer)?
    {
        let length = i32::try_from(buffer.len() - begin - size_of::<i32>())?;
        buffer[begin..begin + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// The length of a NULL.
const NULL: i32 = -1;
