//! Rows in the binary form of COPY: a decoder of the server's protocol reads what was given.
//!
//! An input is the number of columns, and values: a byte for the type, and what it is made of.

use chrono::{DateTime, NaiveDate};
use stellaops_db::__private::Parameter;
use stellaops_db::fuzzing::copy_rows;
use uuid::Uuid;

use super::reader::Reader;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "copy",
    body,
    pieces: &[
        "\u{3}",
        "\u{1}\u{1}a",
        "\\.",
        "\\N",
        "\t",
        "\n",
        "\0",
        "\u{4}é\u{1}",
        "\u{7f}",
        "{}",
        "{\"",
        "\u{9}\u{2}\u{1}a\u{1}b",
    ],
};

/// The object identifiers of the types of array items.
const TEXT: i32 = 25;
const UUID: i32 = 2950;

/// Seconds from 1970 to 2000, when PostgreSQL's times begin.
const EPOCH: i64 = 946_684_800;

/// Nothing panics, and what is read is what was given.
pub fn body(data: &[u8]) {
    let mut reader = Reader::new(data);
    let columns = usize::from(reader.byte() % 6) + 1;
    let mut rows = Vec::new();
    while !reader.is_empty() {
        rows.push((0..columns).map(|_| value(&mut reader)).collect::<Vec<_>>());
    }
    let bytes = copy_rows(rows.clone()).expect("columns have such values");
    let mut sent = Reader::new(&bytes);
    assert_eq!(sent.bytes(19), b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(
            i16::from_be_bytes(sent.array()),
            i16::try_from(columns + 1).expect("few columns")
        );
        assert_eq!(field(&mut sent), Some((number as i64).to_be_bytes().to_vec()));
        for value in row {
            assert_eq!(field(&mut sent), encoded(value), "row {number}");
        }
    }
    assert_eq!(i16::from_be_bytes(sent.array()), -1);
    assert!(sent.is_empty(), "something stands behind the end");
}

fn value(reader: &mut Reader<'_>) -> Parameter {
    let kind = reader.byte();
    let given = kind & 0x80 == 0;
    match kind & 0x7f {
        0 => Parameter::Uuid(given.then(|| Uuid::from_bytes(reader.array()))),
        1 => Parameter::SmallInt(given.then(|| i16::from_be_bytes(reader.array()))),
        2 => Parameter::Integer(given.then(|| i32::from_be_bytes(reader.array()))),
        3 => Parameter::BigInt(given.then(|| i64::from_be_bytes(reader.array()))),
        4 => Parameter::Boolean(given.then(|| reader.byte() % 2 == 1)),
        5 => Parameter::TimestampTz(
            DateTime::from_timestamp_micros(i64::from_be_bytes(reader.array()) >> 8).filter(|_| given),
        ),
        6 => Parameter::Date(
            NaiveDate::from_epoch_days(i32::from_be_bytes(reader.array()) >> 8).filter(|_| given),
        ),
        7 => Parameter::Bytea(given.then(|| reader.run().to_vec())),
        8 => Parameter::Json(given.then(|| serde_json::Value::from(reader.text()).to_string())),
        9 => Parameter::TextArray(given.then(|| (0..reader.byte() % 5).map(|_| reader.text()).collect())),
        10 => Parameter::UuidArray(given.then(|| {
            (0..reader.byte() % 3)
                .map(|_| Uuid::from_bytes(reader.array()))
                .collect()
        })),
        _ => Parameter::Text(given.then(|| reader.text())),
    }
}

fn field(sent: &mut Reader<'_>) -> Option<Vec<u8>> {
    let length = usize::try_from(i32::from_be_bytes(sent.array())).ok()?;
    let bytes = sent.bytes(length);
    assert_eq!(bytes.len(), length, "a field is cut off");
    Some(bytes.to_vec())
}

/// What the protocol asks for.
fn encoded(value: &Parameter) -> Option<Vec<u8>> {
    match value {
        Parameter::Uuid(value) => value.map(|value| value.as_bytes().to_vec()),
        Parameter::Text(value) => value.as_ref().map(|value| value.clone().into_bytes()),
        Parameter::SmallInt(value) => value.map(|value| value.to_be_bytes().to_vec()),
        Parameter::Integer(value) => value.map(|value| value.to_be_bytes().to_vec()),
        Parameter::BigInt(value) => value.map(|value| value.to_be_bytes().to_vec()),
        Parameter::Boolean(value) => value.map(|value| vec![u8::from(value)]),
        Parameter::TimestampTz(value) => value.map(|value| {
            (value.timestamp_micros() - EPOCH * 1_000_000)
                .to_be_bytes()
                .to_vec()
        }),
        Parameter::Date(value) => value.map(|value| {
            (value.to_epoch_days() - (EPOCH / 86_400) as i32)
                .to_be_bytes()
                .to_vec()
        }),
        Parameter::Bytea(value) => value.clone(),
        Parameter::Json(value) => value.as_ref().map(|value| [b"\x01", value.as_bytes()].concat()),
        Parameter::TextArray(value) => value
            .as_ref()
            .map(|items| array(TEXT, items.iter().map(|item| item.as_bytes()))),
        Parameter::UuidArray(value) => value
            .as_ref()
            .map(|items| array(UUID, items.iter().map(|item| &item.as_bytes()[..]))),
        other => panic!("no column has {other:?}"),
    }
}

/// An array of one dimension without NULLs.
fn array<'i>(kind: i32, items: impl ExactSizeIterator<Item = &'i [u8]>) -> Vec<u8> {
    let number = i32::try_from(items.len()).expect("few items");
    let mut bytes: Vec<u8> = [1, 0, kind, number, 1]
        .into_iter()
        .flat_map(i32::to_be_bytes)
        .collect();
    for item in items {
        bytes.extend_from_slice(&i32::try_from(item.len()).expect("short items").to_be_bytes());
        bytes.extend_from_slice(item);
    }
    bytes
}
