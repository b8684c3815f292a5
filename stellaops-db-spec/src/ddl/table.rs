//! Tables: aligned columns, then every constraint inline, because a foreign key that is added later
//! by an owner under row-level security is validated over the rows that the owner sees: none.

use crate::ddl::writer::{Lines, aligned};
use crate::ddl::{check, partition, search};
use crate::model::{
    Column, ColumnRole, Default, Generated, OnDelete, Reference, Table, UniqueKey, name, quote_identifier,
    quote_literal,
};

/// How a table's statement is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Columns aligned under each other; an existing table stays.
    ForPeople,
    /// One space between words; the table cannot exist.
    ForComparison,
}

/// `CREATE TABLE`, for the table in the given schema.
pub(super) fn create(table: &Table, schema: &str, layout: Layout) -> Lines {
    let unless_there = if layout == Layout::ForPeople {
        "IF NOT EXISTS "
    } else {
        ""
    };
    let head = format!(
        "CREATE TABLE {unless_there}{}.{} (",
        quote_identifier(schema),
        quote_identifier(&table.name)
    );
    let columns = columns(table, layout).into_iter().map(Lines::one);
    let items = columns.chain(constraints(table, schema));
    Lines::one(head)
        .nested(Lines::comma_separated(items.collect()))
        .line(format!("){};", partition::clause(table)))
}

/// The keys that are constraints, the references, and the checks.
fn constraints(table: &Table, schema: &str) -> Vec<Lines> {
    let mut items = vec![Lines::one(format!(
        "CONSTRAINT {} PRIMARY KEY ({})",
        quote_identifier(&name::primary_key(table)),
        names(table.key.iter().map(|column| column.name.as_str()))
    ))];
    items.extend(
        table
            .unique_keys
            .iter()
            .filter(|key| key.condition.is_none())
            .map(|key| unique_key(table, key)),
    );
    items.extend(
        table
            .references
            .iter()
            .map(|reference| foreign_key(table, schema, reference)),
    );
    items.extend(check::checks(table).into_iter().map(check::Named::constraint));
    items
}

/// The names in a row, quoted.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names
        .into_iter()
        .map(quote_identifier)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The columns of a unique key or index, the tenant in front.
pub(super) fn with_tenant<'a>(table: &'a Table, columns: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    table
        .tenant_column()
        .map(|tenant| tenant.name.as_str())
        .into_iter()
        .chain(columns)
        .collect()
}

fn columns(table: &Table, layout: Layout) -> Vec<String> {
    let declared = table.columns.iter().map(|column| column_cells(column));
    let rows: Vec<Vec<String>> = declared
        .chain(table.search.iter().map(search::column_cells))
        .collect();
    match layout {
        Layout::ForPeople => aligned(&rows),
        Layout::ForComparison => rows.iter().map(|row| spaced(row)).collect(),
    }
}

fn spaced(cells: &[String]) -> String {
    let written = cells.iter().filter(|cell| !cell.is_empty());
    written.map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn column_cells(column: &Column) -> Vec<String> {
    let collation = if column.column_type.is_text() || column.column_type.sql() == "text[]" {
        format!(
            "COLLATE {}",
            quote_collation(column.collation.as_deref().unwrap_or("C"))
        )
    } else {
        String::new()
    };
    let null = if column.nullable { "" } else { "NOT NULL" };
    vec![
        column.sql_name(),
        column.column_type.sql().into(),
        collation,
        null.into(),
        value(column),
    ]
}

/// A collation is quoted always: its case counts.
fn quote_collation(collation: &str) -> String {
    let quoted = quote_identifier(collation);
    if quoted.starts_with('"') {
        quoted
    } else {
        format!("\"{quoted}\"")
    }
}

/// Where the column's value comes from, if a statement names none.
fn value(column: &Column) -> String {
    match (&column.role, expression(column)) {
        (ColumnRole::Generated(_), Some(made)) => format!("GENERATED ALWAYS AS ({made}) STORED"),
        (ColumnRole::Identity, _) => "GENERATED ALWAYS AS IDENTITY".into(),
        (_, Some(default)) => format!("DEFAULT {default}"),
        (_, None) => String::new(),
    }
}

/// What the column is generated from, or its default.
pub(super) fn expression(column: &Column) -> Option<String> {
    match (&column.role, &column.default) {
        (ColumnRole::Generated(generated), _) => Some(path(generated)),
        (ColumnRole::Identity, _) | (_, Some(Default::UuidV7) | None) => None,
        (_, Some(Default::Now)) => Some("now()".into()),
        (_, Some(Default::Literal(literal))) => Some(column.sql_literal(literal)),
    }
}

/// `payload -> 'outer' ->> 'inner'`.
fn path(generated: &Generated) -> String {
    let mut path = quote_identifier(&generated.source);
    for (position, member) in generated.path.iter().enumerate() {
        let arrow = if position + 1 == generated.path.len() {
            "->>"
        } else {
            "->"
        };
        path.push_str(&format!(" {arrow} {}", quote_literal(member)));
    }
    path
}

fn unique_key(table: &Table, key: &UniqueKey) -> Lines {
    let columns = with_tenant(table, key.columns.iter().map(|column| column.name.as_str()));
    let name = quote_identifier(&name::unique_key(table, key));
    Lines::one(format!("CONSTRAINT {name} UNIQUE ({})", names(columns)))
}

/// The tenant is part of both sides, so that a row can point into no other tenant.
fn foreign_key(table: &Table, schema: &str, reference: &Reference) -> Lines {
    let parent_tenant = reference.parent_tenant.iter().map(|column| column.name.as_str());
    let tenant = reference.tenant_column();
    let columns = reference.columns.iter().map(|column| column.name.as_str());
    let cleared = reference.cleared.iter().map(|column| column.name.as_str());
    let on_delete = match reference.on_delete {
        OnDelete::Restrict => "RESTRICT".into(),
        OnDelete::Cascade => "CASCADE".into(),
        OnDelete::SetNull => format!("SET NULL ({})", names(parent_tenant.chain(cleared))),
    };
    let pointing = tenant.into_iter().chain(columns);
    let parent_columns = tenant
        .map(|_| "tenant_id")
        .into_iter()
        .chain(reference.parent_columns.iter().map(String::as_str));
    Lines::one(format!(
        "CONSTRAINT {} FOREIGN KEY ({})",
        quote_identifier(&name::foreign_key(table, reference)),
        names(pointing),
    ))
    .nested(Lines::one(format!(
        "REFERENCES {}.{} ({}) ON DELETE {on_delete}",
        quote_identifier(schema),
        quote_identifier(&reference.parent),
        names(parent_columns)
    )))
}
