//! What the statements share: the comment, the parameters, the row that is meant.

use std::sync::Arc;

use crate::model::{Column, Table, Tenancy};

/// Numbers the parameters of one statement.
pub(super) struct Parameters {
    last: usize,
}

impl Parameters {
    /// Starts behind the tenant, if the table has one.
    pub(super) fn of(table: &Table) -> Self {
        Parameters {
            last: usize::from(table.tenancy.has_tenant()),
        }
    }

    /// Of a statement that binds no tenant.
    pub(super) fn none() -> Self {
        Parameters { last: 0 }
    }

    pub(super) fn next(&mut self) -> String {
        self.last += 1;
        format!("${}", self.last)
    }
}

/// The leading comment that makes the text the toolkit's own.
pub(super) fn comment(table: &Table, verb: &str) -> String {
    format!("/* stellaops-db {} {verb} */ ", table.qualified())
}

/// `"a", "b", "c"`: the columns that a row is decoded from, by position.
pub(super) fn field_list(table: &Table) -> String {
    column_list(&table.fields())
}

pub(super) fn column_list(columns: &[&Arc<Column>]) -> String {
    columns
        .iter()
        .map(|column| column.sql_name())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The rows that a read may see: of the tenant, and of all tenants where the table has such rows.
pub(super) fn readable_tenant(table: &Table) -> Option<String> {
    match table.tenancy {
        Tenancy::Tenant | Tenancy::Registry => Some("tenant_id = $1::text".into()),
        Tenancy::TenantOrGlobal => Some("tenant_id IN ($1::text, '@global')".into()),
        Tenancy::Global => None,
    }
}

/// The rows that a write may touch: the tenant's own.
pub(super) fn writable_tenant(table: &Table) -> Option<String> {
    table.tenancy.has_tenant().then(|| "tenant_id = $1::text".into())
}

/// The condition that names one row for a write; takes the key's parameters.
pub(super) fn written_row(table: &Table, parameters: &mut Parameters) -> Vec<String> {
    row(table, writable_tenant(table), parameters)
}

/// The condition that names one row for a read; takes the key's parameters.
pub(super) fn read_row(table: &Table, parameters: &mut Parameters) -> Vec<String> {
    row(table, readable_tenant(table), parameters)
}

fn row(table: &Table, tenant: Option<String>, parameters: &mut Parameters) -> Vec<String> {
    let own = table.own_key();
    let keys = own
        .into_iter()
        .map(|column| format!("{} = {}", column.sql_name(), parameters.next()));
    tenant.into_iter().chain(keys).collect()
}

/// `"deleted_at" IS NULL`, where rows can be marked as deleted.
pub(super) fn not_deleted(table: &Table) -> Option<String> {
    table
        .soft_delete
        .as_ref()
        .map(|column| format!("{} IS NULL", column.sql_name()))
}

/// A change of one row, for the row as it is stored then.
pub(super) fn changed_row(table: &Table, verb: &str, sets: &[String], conditions: &[String]) -> String {
    format!(
        "{}UPDATE {} SET {} WHERE {} RETURNING {}",
        comment(table, verb),
        table.sql_name(),
        sets.join(", "),
        conditions.join(" AND "),
        field_list(table)
    )
}

/// `"updated_at" = $7`, for each column that every update sets.
pub(super) fn touched(table: &Table, parameters: &mut Parameters) -> Vec<String> {
    table
        .touched()
        .into_iter()
        .map(|column| format!("{} = {}", column.sql_name(), parameters.next()))
        .collect()
}

/// `"row_version" = "row_version" + 1`, where versions are counted.
pub(super) fn next_version(table: &Table) -> Option<String> {
    table
        .row_version
        .as_ref()
        .map(|column| format!("{0} = {0} + 1", column.sql_name()))
}

/// `"name" = CASE WHEN ($3::boolean[])[1] THEN $4 ELSE "name" END, …`: one constant text for every patch. The
/// mask says which columns are set; the others keep their value.
pub(super) fn masked(table: &Table, parameters: &mut Parameters) -> Vec<String> {
    let patchable = table.patchable();
    if patchable.is_empty() {
        return Vec::new();
    }
    let mask = parameters.next();
    patchable
        .into_iter()
        .enumerate()
        .map(|(position, column)| {
            let name = column.sql_name();
            format!(
                "{name} = CASE WHEN ({mask}::boolean[])[{}] THEN {} ELSE {name} END",
                position + 1,
                parameters.next()
            )
        })
        .collect()
}
