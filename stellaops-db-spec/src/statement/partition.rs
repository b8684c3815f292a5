//! `maintain_partitions`. No parameter: months and retention are those of the spec, in the procedure.

use crate::model::{Table, name, quote_identifier};
use crate::statement::builder::comment;

pub(super) fn maintain(table: &Table) -> Option<String> {
    table.partition.as_ref()?;
    Some(format!(
        "{}CALL {}.{}()",
        comment(table, "maintain_partitions"),
        quote_identifier(&table.schema),
        quote_identifier(&name::maintain_partitions(table))
    ))
}
