//! A good row of any table, made from its spec: what the spec gives as an example, else the default,
//! else NULL where it may be, else a value that the column's bounds allow.
//!
//! ```
//! use stellaops_db::verify::sample::{Parents, sample};
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs");
//! let specs = stellaops_db_spec::load(folder.as_ref())?.map_err(|report| report.to_string())?;
//! let table = specs.table("scheduler.graph_jobs").ok_or("it is there")?;
//! let row = sample(table, "acme", &Parents::new(), 1)?;
//! assert_eq!(row["tenant_id"].as_deref(), Some("acme"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod document;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use stellaops_db_spec::model::{
    Column, ColumnRole, ColumnType, Default, Enum, Literal, Reference, Storage, Table,
};

/// A value as PostgreSQL writes it; `None` is NULL.
pub type Text = Option<String>;

/// A row as texts, by column.
pub type Sample = BTreeMap<String, Text>;

/// The rows that were made before, by table: those that references can point at.
pub type Parents = BTreeMap<String, Sample>;

/// No row can be made up from a spec alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no row of {table} can be made up: {why}")]
pub struct NoSample {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// What is missing: an `example` of a column, or a row to point at.
    pub why: String,
}

/// A row of the table, for the tenant. `number` makes ids that differ from other samples.
///
/// # Errors
/// [`NoSample`]: a column with a pattern has no `example`, or a parent has no row.
pub fn sample(table: &Table, tenant: &str, parents: &Parents, number: u32) -> Result<Sample, NoSample> {
    made(table, tenant, parents, number).map_err(|why| NoSample {
        table: table.qualified(),
        why,
    })
}

fn made(table: &Table, tenant: &str, parents: &Parents, number: u32) -> Result<Sample, String> {
    let start = Utc::now();
    let mut row = Sample::new();
    for (position, column) in table.columns.iter().enumerate() {
        if !column.is_inserted() {
            continue;
        }
        let value = match column.role {
            ColumnRole::Tenant => Some(tenant.to_owned()),
            _ => value(column, start, position, number)?,
        };
        row.insert(column.name.clone(), value);
    }
    for reference in &table.references {
        point(reference, parents, tenant, &mut row)?;
    }
    Ok(row)
}

/// The values of the inserted columns but the tenant, in the order of the INSERT's parameters.
pub fn parameters(table: &Table, row: &Sample) -> Vec<Text> {
    let inserted = table.inserted();
    let without_tenant = inserted.iter().filter(|column| column.role != ColumnRole::Tenant);
    without_tenant
        .map(|column| row.get(&column.name).cloned().flatten())
        .collect()
}

fn value(column: &Column, start: DateTime<Utc>, position: usize, number: u32) -> Result<Text, String> {
    let from_literal = |literal: &Literal| Some(literal_text(column, literal));
    Ok(match (&column.example, &column.default) {
        (Some(example), _) => from_literal(example),
        (None, Some(Default::Literal(literal))) => from_literal(literal),
        (None, Some(Default::Now)) => Some(timestamp(start)),
        (None, Some(Default::UuidV7)) => Some(uuid(number, position)),
        (None, None) if column.nullable => None,
        (None, None) => Some(made_up(column, start, position, number)?),
    })
}

/// Later columns get later times, so that a period that is declared start first is a period.
fn made_up(column: &Column, start: DateTime<Utc>, position: usize, number: u32) -> Result<String, String> {
    let later = start + Duration::days(1) + Duration::hours(i64::try_from(position).unwrap_or(0));
    Ok(match &column.column_type {
        ColumnType::Uuid => uuid(number, position),
        ColumnType::Text => text(column)?,
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => integer(column).to_string(),
        ColumnType::Boolean => "true".into(),
        ColumnType::TimestampTz => timestamp(later),
        ColumnType::Date => later.date_naive().to_string(),
        ColumnType::Bytea => format!("\\x{}", "ab".repeat(length(column))),
        ColumnType::TextArray => array((0..least(column)).map(|item| format!("item-{item}"))),
        ColumnType::UuidArray => array((0..least(column)).map(|item| uuid(number, 100 + item))),
        ColumnType::Enum(declared) => stored(declared, &first(declared)),
        ColumnType::Json(shape) => document::sample(shape)?.to_string(),
    })
}

fn text(column: &Column) -> Result<String, String> {
    if column.pattern.is_some() {
        return Err(format!("{} has a pattern and no `example`", column.name));
    }
    let mut text = column.name.replace('_', "-");
    while text.len() < least(column) {
        text.push_str("-and-more");
    }
    let greatest = column
        .max_length
        .map_or(text.len(), |length| usize::try_from(length).unwrap_or(0));
    text.truncate(greatest.max(1));
    Ok(text)
}

fn integer(column: &Column) -> i64 {
    let value = column.min.unwrap_or(1);
    column.max.map_or(value, |greatest| value.min(greatest))
}

fn least(column: &Column) -> usize {
    usize::try_from(column.min_length.unwrap_or(0)).unwrap_or(0)
}

/// Of bytes: what the bounds ask for, else that of a SHA-256.
fn length(column: &Column) -> usize {
    let greatest = column.max_length.and_then(|length| usize::try_from(length).ok());
    least(column).max(greatest.unwrap_or(32).min(32))
}

fn uuid(number: u32, position: usize) -> String {
    format!("01890000-0000-7000-8000-{number:06x}{position:06x}")
}

fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `{"a","b"}`
fn array(items: impl Iterator<Item = String>) -> String {
    let quoted = items.map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")));
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}

fn literal_text(column: &Column, literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        Literal::Integer(number) => number.to_string(),
        Literal::Boolean(truth) => truth.to_string(),
        Literal::TextList(texts) => array(texts.iter().cloned()),
        Literal::EnumValue(name) => column
            .declared_enum()
            .map_or_else(|| name.clone(), |declared| stored(declared, name)),
    }
}

/// A value that a new row may have: of a status one that nothing else leads to.
fn first(declared: &Enum) -> String {
    let leads = |name: &str| {
        declared
            .transitions
            .iter()
            .any(|step| step.to.iter().any(|to| to == name))
    };
    let initial = declared.initial.first().cloned();
    let unled = declared.values.iter().find(|value| !leads(&value.name));
    initial
        .or_else(|| unled.map(|value| value.name.clone()))
        .unwrap_or_else(|| declared.values[0].name.clone())
}

/// A value of an enum as the table stores it.
pub(in crate::verify) fn stored(declared: &Enum, name: &str) -> String {
    match declared.storage {
        Storage::Text => name.to_owned(),
        Storage::SmallInt => declared
            .value(name)
            .map_or_else(|| name.to_owned(), |value| value.code.to_string()),
    }
}

/// Lets the columns of a reference hold the parent's key, unless they may be, and are, NULL.
fn point(reference: &Reference, parents: &Parents, tenant: &str, row: &mut Sample) -> Result<(), String> {
    let is_null = |column: &Arc<Column>| column.nullable && row[&column.name].is_none();
    if reference.columns.iter().any(is_null) {
        return Ok(());
    }
    let Some(parent) = parents.get(&reference.parent) else {
        return Err(format!("points at {}, which has no row", reference.parent));
    };
    for (column, parent_column) in reference.columns.iter().zip(&reference.parent_columns) {
        row.insert(column.name.clone(), parent[parent_column].clone());
    }
    if let Some(parent_tenant) = &reference.parent_tenant {
        row.insert(parent_tenant.name.clone(), Some(tenant.to_owned()));
    }
    Ok(())
}
