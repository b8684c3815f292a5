//! `insert` and `upsert`. Parameters: the inserted columns in the table's order, the
//! tenant first.

use crate::model::{ColumnRole, Table};
use crate::statement::builder::{Parameters, column_list, comment, field_list, next_version, not_deleted};

pub(super) fn insert(table: &Table) -> String {
    let (before, after) = parts(table, "insert");
    format!("{before}({}){after}", values(table))
}

/// None where the database makes the key, so that no two rows can meet, and where rows never change.
pub(super) fn upsert(table: &Table) -> Option<String> {
    let identity = table.key.iter().any(|column| column.role == ColumnRole::Identity);
    if table.append_only || identity {
        return None;
    }
    let key: Vec<_> = table.key.iter().collect();
    let changed = table.patchable().into_iter().chain(table.touched());
    let mut sets: Vec<String> = changed
        .map(|column| format!("{0} = EXCLUDED.{0}", column.sql_name()))
        .collect();
    let version = next_version(table);
    // The right-hand side of a counted version must name the old row: EXCLUDED has one of the name too.
    sets.extend(version.map(|set| set.replacen(" = ", &format!(" = {}.", table.sql_name()), 1)));
    if sets.is_empty() {
        // Something must be set for RETURNING to give the row back.
        sets.extend(
            key.iter()
                .take(1)
                .map(|column| format!("{0} = EXCLUDED.{0}", column.sql_name())),
        );
    }
    let live = not_deleted(table)
        .map(|condition| format!(" WHERE {}.{condition}", table.sql_name()))
        .unwrap_or_default();
    let (before, after) = parts(table, "upsert");
    Some(format!(
        "{before}({}) ON CONFLICT ({}) DO UPDATE SET {}{live}{after}",
        values(table),
        column_list(&key),
        sets.join(", ")
    ))
}

fn parts(table: &Table, verb: &str) -> (String, String) {
    let before = format!(
        "{}INSERT INTO {} ({}) VALUES ",
        comment(table, verb),
        table.sql_name(),
        column_list(&table.inserted())
    );
    (before, format!(" RETURNING {}", field_list(table)))
}

fn values(table: &Table) -> String {
    let mut parameters = Parameters::of(table);
    let value = |column: &&std::sync::Arc<crate::model::Column>| match column.role {
        ColumnRole::Tenant => "$1::text".to_string(),
        _ => parameters.next(),
    };
    table.inserted().iter().map(value).collect::<Vec<_>>().join(", ")
}
