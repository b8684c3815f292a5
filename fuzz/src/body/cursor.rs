//! Cursors that somebody made up: opened to a place that seals to a cursor of the same place, or refused; one that is signed
//! cannot be changed.
//!
//! An input is the number of the order's columns, a type for each, and the bytes of the cursor, whose query is the one that
//! it names itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stellaops_db::__private::ParameterType;
use stellaops_db::fuzzing::{CursorPlace, open_cursor, seal_cursor};
use stellaops_db::{Cursor, CursorKey};

use super::reader::Reader;
use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "cursor",
    body,
    pieces: &[
        "\0",
        "\u{1}",
        "\u{2}",
        "\u{3}",
        "\u{4}",
        "\u{5}",
        "\u{6}",
        "\u{7}",
        "\u{8}",
        "\t",
        "\u{7f}",
        "0123456789abcdef",
        "é",
    ],
};

/// The types that an order can have.
const TYPES: [ParameterType; 9] = [
    ParameterType::Uuid,
    ParameterType::Text,
    ParameterType::SmallInt,
    ParameterType::Integer,
    ParameterType::BigInt,
    ParameterType::Boolean,
    ParameterType::TimestampTz,
    ParameterType::Date,
    ParameterType::Bytea,
];

/// Nothing panics, and what is opened is sealed to the same.
pub fn body(data: &[u8]) {
    let given = Cursor::from_text(text(data));
    let _ = open_cursor(&given, [0; 16], &[], &[]);
    let mut reader = Reader::new(data);
    let columns = reader.byte() % 5;
    let types: Vec<_> = (0..columns)
        .map(|_| reader.byte())
        .map(|byte| (TYPES[usize::from(byte >> 1) % TYPES.len()], byte % 2 == 1))
        .collect();
    let bytes = reader.rest();
    let mut query = [0; 16];
    for (byte, given) in query.iter_mut().zip(bytes.iter().skip(1)) {
        *byte = *given;
    }
    let cursor = Cursor::from_text(BASE64.encode(bytes));
    let Ok(place) = open_cursor(&cursor, query, &types, &[]) else {
        return;
    };
    let sealed = seal_cursor(&place, query, &[]).expect("what was opened is of an order");
    assert_eq!(open_cursor(&sealed, query, &types, &[]).as_ref(), Ok(&place));
    assert_eq!(seal_cursor(&place, query, &[]), Some(sealed.clone()));
    let mut others = query;
    others[0] ^= 1;
    assert!(
        open_cursor(&sealed, others, &types, &[]).is_err(),
        "it is another query's"
    );
    look_at_signed(
        &place,
        query,
        &types,
        bytes.iter().map(|byte| usize::from(*byte)).sum(),
    );
}

/// With a key the cursor is opened as it is, and not with any bit of it changed.
fn look_at_signed(place: &CursorPlace, query: [u8; 16], types: &[(ParameterType, bool)], chosen: usize) {
    let key = CursorKey::from_hexadecimal(&"5a".repeat(32)).expect("64 digits");
    let keys = [key];
    let signed = seal_cursor(place, query, &keys).expect("what was opened is of an order");
    assert_eq!(open_cursor(&signed, query, types, &keys).as_ref(), Ok(place));
    let mut bytes = BASE64.decode(signed.as_str()).expect("is base64");
    let bit = chosen % (8 * bytes.len());
    bytes[bit / 8] ^= 1 << (bit % 8);
    let forged = Cursor::from_text(BASE64.encode(bytes));
    assert!(
        open_cursor(&forged, query, types, &keys).is_err(),
        "bit {bit} can be changed"
    );
    let unsigned = seal_cursor(place, query, &[]).expect("what was opened is of an order");
    assert!(
        open_cursor(&unsigned, query, types, &keys).is_err(),
        "it is not signed"
    );
}
