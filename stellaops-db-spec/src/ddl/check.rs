//! Checks: what follows from a column's type and bounds, one constraint a column, and those of the
//! spec. All are false for bad data; a condition of the spec that is NULL refuses the row as well.

use std::sync::Arc;

use crate::ddl::predicate::GLOBAL_TENANT;
use crate::ddl::shape;
use crate::ddl::writer::Lines;
use crate::model::{
    Check, Column, ColumnRole, ColumnType, Enum, Reference, Table, Tenancy, name, quote_identifier,
    quote_literal,
};

/// A check by name, with its condition.
pub(super) struct Named {
    /// The constraint's name.
    pub(super) name: String,
    /// What stands between the parentheses.
    pub(super) condition: Lines,
}

impl Named {
    /// The constraint within `CREATE TABLE`.
    pub(super) fn constraint(self) -> Lines {
        let head = format!("CONSTRAINT {} CHECK (", quote_identifier(&self.name));
        if self.condition.count() == 1 {
            self.condition.prefixed(&head).suffixed(")")
        } else {
            Lines::one(head).nested(self.condition).line(")")
        }
    }
}

/// The checks of a table: of its columns, of its references, and those of the spec.
pub(super) fn checks(table: &Table) -> Vec<Named> {
    let columns = table.columns.iter();
    let columns = columns.filter_map(|column| column_check(table, column));
    let references = table.references.iter();
    let references = references.filter_map(|reference| reference_check(table, reference));
    let declared = table.checks.iter().map(|check| table_check(table, check));
    columns.chain(references).chain(declared).collect()
}

/// The check of a column, if its type or bounds ask for one.
fn column_check(table: &Table, column: &Column) -> Option<Named> {
    let condition = match &column.column_type {
        ColumnType::Json(declared) => shape::condition(column, declared),
        _ => Lines::all_of(conditions(table, column)),
    };
    let name = name::column_check(table, column);
    (condition.count() > 0).then_some(Named { name, condition })
}

/// A check of the spec.
fn table_check(table: &Table, check: &Check) -> Named {
    Named {
        name: name::check(table, check),
        condition: Lines::one(format!("({}) IS TRUE", check.expression.trim())),
    }
}

/// A reference of several nullable columns is whole or not there.
fn reference_check(table: &Table, reference: &Reference) -> Option<Named> {
    let nullable = reference.half_filled();
    if nullable.is_empty() {
        return None;
    }
    let list = |columns: &mut dyn Iterator<Item = &Arc<Column>>| {
        columns
            .map(|column| column.sql_name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let condition = format!(
        "num_nonnulls({}) = 0 OR num_nulls({}) = 0",
        list(&mut reference.cleared.iter()),
        list(&mut nullable.into_iter())
    );
    Some(Named {
        name: name::reference_check(table, reference),
        condition: Lines::one(condition),
    })
}

fn conditions(table: &Table, column: &Column) -> Vec<String> {
    let value = column.sql_name();
    let mut conditions = Vec::new();
    if column.role == ColumnRole::Tenant {
        if column.min_length.is_none_or(|least| least < 1) {
            conditions.push(format!("{value} <> ''"));
        }
        if table.tenancy == Tenancy::Registry {
            conditions.push(format!("{value} <> {GLOBAL_TENANT}"));
        }
    }
    conditions.extend(parent_tenant(table, column));
    if let Some(declared) = column.declared_enum() {
        conditions.push(one_of(&value, declared));
    }
    if column.column_type.is_array() {
        // A list in Rust has one dimension and no holes; looking for holes in a matrix would raise.
        conditions.push(format!(
            "CASE coalesce(array_ndims({value}), 1) WHEN 1 THEN array_position({value}, NULL) IS NULL ELSE false END"
        ));
    }
    conditions.extend(range(&value, column.min, column.max));
    let length = match column.column_type {
        ColumnType::TextArray | ColumnType::UuidArray => format!("cardinality({value})"),
        ColumnType::Bytea => format!("octet_length({value})"),
        _ => format!("char_length({value})"),
    };
    conditions.extend(range(&length, column.min_length, column.max_length));
    conditions.extend(
        column
            .pattern
            .as_deref()
            .map(|pattern| format!("{value} ~ {}", quote_literal(pattern))),
    );
    conditions
}

/// A column with the tenant of a parent that may be global: it is there exactly if the reference is.
fn parent_tenant(table: &Table, column: &Column) -> Vec<String> {
    let value = column.sql_name();
    let holds_tenant_of = |parent: &Arc<Column>| parent.name == column.name;
    let mut conditions = Vec::new();
    for reference in table
        .references
        .iter()
        .filter(|reference| reference.parent_tenant.as_ref().is_some_and(holds_tenant_of))
    {
        if table.tenancy.has_tenant() {
            conditions.push(format!("{value} IN (tenant_id, {GLOBAL_TENANT})"));
        }
        if column.nullable {
            conditions.push(format!(
                "({value} IS NULL) = ({} IS NULL)",
                reference.columns[0].sql_name()
            ));
        }
    }
    conditions
}

fn one_of(value: &str, declared: &Enum) -> String {
    let codes: Vec<String> = declared.stored().map(|code| declared.sql_literal(code)).collect();
    format!("{value} IN ({})", codes.join(", "))
}

/// A bound, or two.
pub(super) fn range(value: &str, least: Option<i64>, greatest: Option<i64>) -> Option<String> {
    match (least, greatest) {
        (Some(least), Some(greatest)) => Some(format!("{value} BETWEEN {least} AND {greatest}")),
        (Some(least), None) => Some(format!("{value} >= {least}")),
        (None, Some(greatest)) => Some(format!("{value} <= {greatest}")),
        (None, None) => None,
    }
}
