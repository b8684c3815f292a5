//! Foreign keys, asked of the rows.

use crate::model::{Reference, Table, quote_identifier};

/// Whether the row `child` points at the row `parent`, both names of a FROM clause.
pub fn points(reference: &Reference, child: &str, parent: &str) -> String {
    let pairs = pairs(reference).into_iter();
    let same = pairs.map(|(pointing, pointed)| format!("{child}.{pointing} = {parent}.{pointed}"));
    same.collect::<Vec<_>>().join(" AND ")
}

/// How many rows point at one that is not there, of those for which `of` holds, a condition on `child`. One in which a
/// column of the reference is NULL points at nothing.
pub fn count_astray(table: &Table, reference: &Reference, of: &str) -> String {
    let is_whole: Vec<String> = pairs(reference)
        .into_iter()
        .map(|(pointing, _)| format!("child.{pointing} IS NOT NULL"))
        .collect();
    format!(
        "SELECT count(*) FROM {} AS child WHERE {of} AND {} AND NOT EXISTS (SELECT FROM {}.{} AS parent WHERE {})",
        table.sql_name(),
        is_whole.join(" AND "),
        quote_identifier(&reference.parent_schema),
        quote_identifier(&reference.parent),
        points(reference, "child", "parent")
    )
}

/// Each column that points, with the one that is pointed at; the tenant first.
fn pairs(reference: &Reference) -> Vec<(String, String)> {
    let tenant = reference.tenant_column();
    let tenant = tenant.map(|column| (quote_identifier(column), "tenant_id".to_owned()));
    let own = reference.columns.iter().zip(&reference.parent_columns);
    let own = own.map(|(column, pointed)| (column.sql_name(), quote_identifier(pointed)));
    tenant.into_iter().chain(own).collect()
}
