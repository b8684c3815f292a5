//! `update` by a patch. Parameters: tenant, key, mask, patchable columns, touched columns, expected
//! row version.

use crate::model::{Column, Table};
use crate::statement::builder::{
    Parameters, comment, field_list, masked, next_version, not_deleted, touched, written_row,
};

pub(super) fn update(table: &Table) -> Option<String> {
    if table.patchable().is_empty() {
        return None;
    }
    let mut parameters = Parameters::of(table);
    let mut conditions = written_row(table, &mut parameters);
    conditions.extend(not_deleted(table));
    let mut sets = masked(table, &mut parameters);
    sets.extend(touched(table, &mut parameters));
    sets.extend(next_version(table));
    let change = |expected: &str| {
        format!(
            "UPDATE {} SET {} WHERE {}{expected} RETURNING {}",
            table.sql_name(),
            sets.join(", "),
            conditions.join(" AND "),
            field_list(table)
        )
    };
    let verb = comment(table, "update");
    Some(match &table.row_version {
        None => format!("{verb}{}", change("")),
        Some(version) => {
            let expected = parameters.next();
            let matches = format!(
                " AND ({expected}::bigint IS NULL OR {} = {expected})",
                version.sql_name()
            );
            format!(
                "{verb}{}",
                versioned(table, version, &change(&matches), &conditions)
            )
        }
    })
}

/// The changed row, and behind its columns the version that was found when nothing was changed:
/// "no such row" and "another version" are told apart in the same exchange.
fn versioned(table: &Table, version: &Column, change: &str, conditions: &[String]) -> String {
    let fields: Vec<String> = table
        .fields()
        .iter()
        .map(|column| format!("changed.{}", column.sql_name()))
        .collect();
    format!(
        "WITH changed AS ({change}) SELECT {}, (SELECT {} FROM {} WHERE {} AND NOT EXISTS (SELECT FROM changed)) FROM (VALUES (1)) AS one LEFT JOIN changed ON true",
        fields.join(", "),
        version.sql_name(),
        table.sql_name(),
        conditions.join(" AND ")
    )
}
