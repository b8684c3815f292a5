//! Keysets: the rows behind a row, in an order of any mix of directions and NULLs, as ranges that an index
//! reads each in one go.
//!
//! `(a, b, c) > ($1, $2, $3)` says it for columns of one direction without NULLs. Otherwise PostgreSQL has no
//! comparison that is the order, and a condition made of `OR` bounds no scan: page 10,000 would read all
//! pages before it. Several ranges that do not overlap, each with the query's own order and limit, are read
//! from their beginnings.

use crate::table::{Direction, Nulls};
use crate::value::{Parameter, ParameterType};

/// Rows whose columns fulfil all bounds.
pub(crate) type Range = Vec<KeyBound>;

/// What a range says of columns of the order; a column is named by its place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyBound {
    /// As in the row.
    Equal(usize),
    Null(usize),
    NotNull(usize),
    /// The columns from the first to before the second are, together, behind the row's; or as in the row, too.
    Behind(usize, usize, Edge),
}

/// Whether a range holds the row it begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Outside,
    Inside,
}

/// The ranges behind the row that has these values in the order. Together they hold each such row once.
pub(crate) fn behind(order: &[Direction], values: &[Parameter], edge: Edge) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut equal: Range = Vec::new();
    let mut first = 0;
    while first < order.len() {
        let end = first + run(&order[first..]);
        let is_null = ParameterType::is_null(&values[first]);
        let range = |bound| equal.iter().cloned().chain([bound]).collect::<Range>();
        if order[first].nulls() == Nulls::Never && end == order.len() {
            ranges.push(range(KeyBound::Behind(first, end, edge)));
            return ranges;
        }
        match (order[first].nulls(), is_null) {
            (Nulls::First, true) => ranges.push(range(KeyBound::NotNull(first))),
            (_, true) => {}
            (nulls, false) => {
                ranges.push(range(KeyBound::Behind(first, end, Edge::Outside)));
                if nulls == Nulls::Last {
                    ranges.push(range(KeyBound::Null(first)));
                }
            }
        }
        equal.extend((first..end).map(|column| match is_null {
            true => KeyBound::Null(column),
            false => KeyBound::Equal(column),
        }));
        first = end;
    }
    if edge == Edge::Inside {
        ranges.push(equal);
    }
    ranges
}

/// How many columns from the first on one comparison of rows can hold: of one direction, and never NULL. A
/// column that can be NULL stands alone.
fn run(order: &[Direction]) -> usize {
    match order[0].nulls() {
        Nulls::Never => order.iter().take_while(|next| **next == order[0]).count(),
        Nulls::First | Nulls::Last => 1,
    }
}
