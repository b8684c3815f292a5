//! The rows that are in memory at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::bulk::text::Row;
use crate::value::{Parameter, ParameterType};

/// Rows that are written together, each with its position in the input.
#[derive(Default)]
pub(super) struct Batch {
    rows: Arc<Vec<Row>>,
    positions: Vec<u64>,
    bytes: usize,
    identities: BTreeSet<Vec<String>>,
}

impl Batch {
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows, for a task of its own.
    pub(super) fn shared(&self) -> Arc<Vec<Row>> {
        self.rows.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// About how many bytes the values take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The position in the input of a row.
    pub(super) fn position(&self, number: usize) -> u64 {
        self.positions[number]
    }

    /// Takes a row, or gives it back when one of the same identity is there already.
    pub(super) fn push(&mut self, position: u64, row: Row, identity: Option<&[usize]>) -> Result<(), Row> {
        if let Some(identity) = identity.and_then(|places| identity_of(&row, places))
            && !self.identities.insert(identity)
        {
            return Err(row);
        }
        self.bytes += row.iter().map(size).sum::<usize>();
        Arc::make_mut(&mut self.rows).push(row);
        self.positions.push(position);
        Ok(())
    }
}

/// None where a value is NULL: then no unique key holds.
fn identity_of(row: &Row, places: &[usize]) -> Option<Vec<String>> {
    let values = places.iter().map(|place| &row[*place]);
    values
        .map(|value| (!ParameterType::is_null(value)).then(|| value.in_full()))
        .collect()
}

fn size(value: &Parameter) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    size_of::<Parameter>()
        + match value {
            Parameter::Text(value) | Parameter::Json(value) => text(value),
            Parameter::Bytea(value) => value.as_ref().map_or(0, Vec::len),
            Parameter::TextArray(Some(texts)) => {
                texts.iter().map(|text| size_of::<String>() + text.len()).sum()
            }
            Parameter::UuidArray(Some(ids)) => size_of_val(ids.as_slice()),
            _ => 0,
        }
}
