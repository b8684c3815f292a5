//! A projection against its table: each field is a column of it.

use stellaops_db_spec::model::Column;

use crate::check::table::{self, JoinedColumn, JoinedTable};
use crate::fault::Faults;
use crate::input::ProjectionInput;
use crate::specs::Specs;

/// The table that the projection names, and the columns that it reads, in the order of its fields.
pub(crate) fn projection<'a>(
    input: &'a ProjectionInput,
    specs: &'a Specs,
    faults: &mut Faults,
) -> Option<JoinedTable<'a>> {
    let written = input.table.as_ref()?;
    let table = table::named(written, specs, faults)?;
    let mut joined = JoinedTable::new(table);
    let mut misspelt = Vec::new();
    for field in &input.fields {
        table::check_field(&input.fields, table, field, true, &mut misspelt, faults);
        let is_it = |column: &&Column| column.name == field.column;
        let column = joined
            .described
            .iter()
            .enumerate()
            .find(|(_, column)| is_it(column));
        joined
            .columns
            .extend(column.map(|(position, column)| JoinedColumn {
                column,
                field,
                position,
                is_patchable: false,
                is_swappable: false,
            }));
    }
    Some(joined)
}
