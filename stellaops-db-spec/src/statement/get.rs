//! `get`, `exists` and the look-up by a unique key. Parameters: tenant, then the key's columns.

use crate::model::{Table, Tenancy, UniqueKey};
use crate::statement::builder::{Parameters, comment, field_list, not_deleted, read_row, readable_tenant};

pub(super) fn get(table: &Table) -> String {
    let mut conditions = read_row(table, &mut Parameters::of(table));
    conditions.extend(not_deleted(table));
    select(table, "get", &conditions)
}

pub(super) fn exists(table: &Table) -> String {
    let mut conditions = read_row(table, &mut Parameters::of(table));
    conditions.extend(not_deleted(table));
    format!(
        "{}SELECT EXISTS (SELECT FROM {} WHERE {})",
        comment(table, "exists"),
        table.sql_name(),
        conditions.join(" AND ")
    )
}

pub(super) fn get_by_unique(table: &Table, key: &UniqueKey) -> String {
    let mut parameters = Parameters::of(table);
    let mut conditions: Vec<String> = readable_tenant(table).into_iter().collect();
    conditions.extend(
        key.columns
            .iter()
            .map(|column| format!("{} = {}", column.sql_name(), parameters.next())),
    );
    conditions.extend(key.condition.as_ref().map(|condition| format!("({condition})")));
    conditions.extend(not_deleted(table));
    select(table, &format!("get_by_{}", key.name), &conditions)
}

fn select(table: &Table, verb: &str, conditions: &[String]) -> String {
    // Where @global rows can be read as well, the tenant's own row wins.
    let own_first = match table.tenancy {
        Tenancy::TenantOrGlobal => " ORDER BY tenant_id = '@global' LIMIT 1",
        _ => "",
    };
    format!(
        "{}SELECT {} FROM {} WHERE {}{own_first}",
        comment(table, verb),
        field_list(table),
        table.sql_name(),
        conditions.join(" AND ")
    )
}
