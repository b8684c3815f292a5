//! Where a page begins, and where the pages beside it do. Knows no rows, so that rows in memory have the same
//! cursors.

use crate::error::Error;
use crate::query::cursor::Position;
use crate::query::select::Selection;
use crate::query::{Cursor, CursorKeys};
use crate::table::Nulls;
use crate::value::Parameter;

/// Where a cursor of this query says that reading begins. `query` is the selection's fingerprint.
pub(crate) fn open(
    selection: &Selection,
    query: [u8; 16],
    cursor: Option<&Cursor>,
    keys: &CursorKeys,
) -> Result<Option<Position>, Error> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let order = selection.order.map_or(&[][..], |order| order.order);
    let types = order.iter().map(|(column, direction)| {
        let is_nullable = direction.nulls() != Nulls::Never;
        (selection.table.types[*column], is_nullable)
    });
    Ok(Some(cursor.open(query, types, keys)?))
}

/// What is known of a page when its rows are read.
pub(crate) struct Ends<'a> {
    /// Where it began.
    pub(crate) from: Option<&'a Position>,
    /// Whether rows are left in the direction that was read.
    pub(crate) has_more: bool,
}

impl Ends<'_> {
    /// Where the page in front of this one begins, or the one behind; none where there is none. `row` gives the
    /// values of the order in the page's first row, or in its last.
    pub(crate) fn position(
        &self,
        backward: bool,
        row: impl FnOnce() -> Result<Option<Vec<Parameter>>, Error>,
    ) -> Result<Option<Position>, Error> {
        let onward = self.from.is_some_and(|from| from.backward) == backward;
        let is_there = if onward {
            self.has_more
        } else {
            self.from.is_some()
        };
        if !is_there {
            return Ok(None);
        }
        Ok(match (row()?, self.from) {
            (Some(values), _) => Some(Position {
                values,
                backward,
                inclusive: false,
            }),
            // An empty page: back from where it would have begun.
            (None, Some(from)) => Some(Position {
                values: from.values.clone(),
                backward,
                inclusive: !from.inclusive,
            }),
            (None, None) => None,
        })
    }
}
