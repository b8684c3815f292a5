//! A row of a query. There is no spec to hold it against: what can be told is that each column has one field.

use stellaops_db_spec::rule;

use crate::fault::Faults;
use crate::input::{QueryRowInput, ResultFieldInput};

/// The fields of a row, each of a column of its own.
#[derive(Debug)]
pub(crate) struct ResultFields<'a>(&'a [ResultFieldInput]);

impl<'a> ResultFields<'a> {
    /// The fields, in the struct's order.
    pub(crate) fn all(&self) -> &'a [ResultFieldInput] {
        self.0
    }
}

/// The fields of a row.
pub(crate) fn query_row<'a>(input: &'a QueryRowInput, faults: &mut Faults) -> Option<ResultFields<'a>> {
    let before = faults.len();
    for (position, field) in input.fields.iter().enumerate() {
        let mut earlier = input.fields[..position].iter();
        if let Some(twin) = earlier.find(|other| other.column == field.column) {
            let message = format!("`{}` is the column of `{}` too", field.column, twin.ident);
            let help =
                "keep one of the two fields, or name the other's column with `#[column(\"<column>\")]`";
            faults.push(rule::ROW_DOUBLED, &field.ident, &message, help);
        }
    }
    (faults.len() == before).then_some(ResultFields(&input.fields))
}
