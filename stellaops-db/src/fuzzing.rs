//! Doors to what is private, for the fuzz bodies under `fuzz/`. No public API: each function calls what the runtime calls,
//! and does nothing of its own.

use serde_json::Value as Json;

use crate::config::Config;
use crate::error::Error;
use crate::memory::Pattern;
use crate::persistence::{Persistence, PersistenceError};
use crate::query::cursor::Position;
use crate::query::{Cursor, CursorKey, CursorKeys, InvalidCursor};
use crate::scaffold::Filter;
use crate::value::{EncodeError, Parameter, ParameterType, ShapeDescriptor, canonical_member};

/// A place that a cursor holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CursorPlace(Position);

/// Opens a cursor of the query with that fingerprint, whose order has columns of these types, NULL or not.
///
/// # Errors
/// What is wrong with the cursor.
pub fn open_cursor(
    cursor: &Cursor,
    query: [u8; 16],
    types: &[(ParameterType, bool)],
    keys: &[CursorKey],
) -> Result<CursorPlace, InvalidCursor> {
    let keys = CursorKeys(keys.to_vec());
    cursor.open(query, types.iter().copied(), &keys).map(CursorPlace)
}

/// Seals a place again.
pub fn seal_cursor(place: &CursorPlace, query: [u8; 16], keys: &[CursorKey]) -> Option<Cursor> {
    Cursor::seal(&place.0, query, &CursorKeys(keys.to_vec()))
}

/// The canonical text of a document without a shape.
///
/// # Errors
/// Why the document cannot be stored.
pub fn canonical_json(document: Json) -> Result<String, EncodeError> {
    const SHAPE: ShapeDescriptor = ShapeDescriptor {
        name: "fuzz.document",
        versions: &[],
        members: None,
        fields: &[],
        parts: &[],
    };
    match canonical_member(document, &SHAPE)? {
        Parameter::Json(Some(text)) => Ok(text),
        other => panic!("a document is sent as JSON, and not as {other:?}"),
    }
}

/// Rows in the binary form of COPY, whole.
///
/// # Errors
/// [`sqlx::Error::Encode`] of a value that no column has.
pub fn copy_rows(rows: Vec<Vec<Parameter>>) -> Result<Vec<u8>, sqlx::Error> {
    let chunks: Result<Vec<_>, _> = crate::bulk::encoded(rows.into()).collect();
    Ok(chunks?.concat())
}

/// Looks at SQL of the application's own that has so many values.
///
/// # Errors
/// What is wrong with the text, or the number.
pub fn look_at_query(text: &str, bound: usize) -> Result<(), Error> {
    crate::own_sql::check(text, bound)
}

/// The keys, with their values as TOML, that a SQL/JSON path of a check gives; none when it is not understood.
pub fn read_json_path(path: &str) -> Option<Vec<(&'static str, String)>> {
    Filter::read(path).map(|filter| filter.keys)
}

/// Whether the twin understands a pattern.
pub fn is_known_pattern(text: &str) -> bool {
    Pattern::parse(text).is_some()
}

/// Opens a module without any variable of the environment.
///
/// # Errors
/// As [`Persistence::module`].
pub fn open_module(persistence: &Persistence, name: &str) -> Result<Config, PersistenceError> {
    persistence.module_in(name, &|_| None)
}
