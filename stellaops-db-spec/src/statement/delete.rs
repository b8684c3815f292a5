//! `delete`, `soft_delete` and `restore`. Parameters: tenant, key; the mark's time; touched columns.

use crate::model::Table;
use crate::statement::builder::{Parameters, comment, next_version, touched, written_row};

pub(super) fn delete(table: &Table) -> String {
    let conditions = written_row(table, &mut Parameters::of(table));
    format!(
        "{}DELETE FROM {} WHERE {}",
        comment(table, "delete"),
        table.sql_name(),
        conditions.join(" AND ")
    )
}

pub(super) fn soft_delete(table: &Table) -> Option<String> {
    let mark = table.soft_delete.as_ref()?.sql_name();
    let mut parameters = Parameters::of(table);
    let mut conditions = written_row(table, &mut parameters);
    conditions.push(format!("{mark} IS NULL"));
    let mut sets = vec![format!("{mark} = {}", parameters.next())];
    sets.extend(touched(table, &mut parameters));
    sets.extend(next_version(table));
    Some(change(table, "soft_delete", &sets, &conditions))
}

pub(super) fn restore(table: &Table) -> Option<String> {
    let mark = table.soft_delete.as_ref()?.sql_name();
    let mut parameters = Parameters::of(table);
    let mut conditions = written_row(table, &mut parameters);
    conditions.push(format!("{mark} IS NOT NULL"));
    let mut sets = vec![format!("{mark} = NULL")];
    sets.extend(touched(table, &mut parameters));
    sets.extend(next_version(table));
    Some(change(table, "restore", &sets, &conditions))
}

fn change(table: &Table, verb: &str, sets: &[String], conditions: &[String]) -> String {
    format!(
        "{}UPDATE {} SET {} WHERE {}",
        comment(table, verb),
        table.sql_name(),
        sets.join(", "),
        conditions.join(" AND ")
    )
}
