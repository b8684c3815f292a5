//! What PostgreSQL looks at before it keeps a row: triggers, checks, keys.

use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::row_rules::{ColumnRules, Steps};

use crate::error::Error;
use crate::memory::document;
use crate::memory::expression::{truth, whole};
use crate::memory::limits::{hold_length, hold_number, hold_pattern};
use crate::memory::rules::{Check, Holds, Partial, UniqueKey};
use crate::memory::tables::Relation;
use crate::memory::value::{self, RowKey};
use crate::table::TableDescriptor;
use crate::value::Parameter;

/// Computes the columns that are no fields.
pub(super) fn generate(relation: &Relation, values: &mut [Parameter]) {
    for (column, source, path) in &relation.rules.generated {
        let member = match &values[*source] {
            Parameter::Json(Some(text)) => document::text(&value::document(text), path),
            _ => None,
        };
        values[*column] = Parameter::Text(member);
    }
}

/// A new row, or what becomes of an old one: its values alone.
pub(super) fn values(relation: &Relation, old: Option<&[Parameter]>, new: &[Parameter]) -> Result<(), Error> {
    let table = relation.table;
    for (column, retired) in &relation.rules.retired {
        let was = old.map(|old| &old[*column]);
        refuse_retired(table, *column, retired, was, &new[*column])?;
    }
    for (column, steps) in &relation.rules.statuses {
        if let Some(old) = old {
            refuse_illegal(table, *column, steps, &old[*column], &new[*column])?;
        }
    }
    let mut checks = relation.rules.checks.iter();
    match checks.find(|check| !holds(table, check, new)) {
        Some(broken) => Err(Error::CheckViolation {
            constraint: broken.constraint.clone(),
        }),
        None => Ok(()),
    }
}

/// A value of an enum as a text: its name, or the digits of its code.
fn as_text(value: &Parameter) -> Option<String> {
    match value {
        Parameter::Text(text) => text.clone(),
        number => whole(number).map(|number| number.to_string()),
    }
}

/// Whether a value of an enum is stored as that text.
pub(super) fn is_stored_as(value: &Parameter, text: &str) -> bool {
    as_text(value).as_deref() == Some(text)
}

fn refuse_retired(
    table: &TableDescriptor,
    column: usize,
    retired: &[(String, String)],
    old: Option<&Parameter>,
    new: &Parameter,
) -> Result<(), Error> {
    let new = as_text(new);
    let mut values = retired.iter();
    let Some((_, name)) = values.find(|(stored, _)| Some(stored) == new.as_ref()) else {
        return Ok(());
    };
    if old.is_some_and(|old| as_text(old) == new) {
        return Ok(());
    }
    Err(Error::RetiredValue {
        message: format!(
            "{}: {name} is retired, and no row gets it as its {}",
            table.sql_name(),
            quote_identifier(table.column_name(column))
        ),
    })
}

fn refuse_illegal(
    table: &TableDescriptor,
    column: usize,
    steps: &Steps,
    old: &Parameter,
    new: &Parameter,
) -> Result<(), Error> {
    let (Some(old), Some(new)) = (as_text(old), as_text(new)) else {
        return Ok(());
    };
    let is_legal = |(from, to): &(String, String)| *from == old && *to == new;
    if old == new || steps.legal.iter().any(is_legal) {
        return Ok(());
    }
    let named = |value: String| steps.names.get(&value).cloned().unwrap_or(value);
    Err(Error::IllegalTransition {
        message: format!(
            "{}: {} does not go from {} to {}",
            table.sql_name(),
            quote_identifier(table.column_name(column)),
            named(old),
            named(new)
        ),
    })
}

fn holds(table: &TableDescriptor, check: &Check, row: &[Parameter]) -> bool {
    match &check.holds {
        Holds::Limits(column, rules) => keeps_limits(&row[*column], rules),
        // What cannot be evaluated is not checked.
        Holds::True(condition) => truth(table, row, condition).map_or(true, |truth| truth == Some(true)),
    }
}

/// NULL keeps every limit.
fn keeps_limits(value: &Parameter, rules: &ColumnRules) -> bool {
    let limits = &rules.limits;
    match value {
        Parameter::Text(Some(text)) => {
            hold_length(limits, text.chars().count()) && hold_pattern(limits, text)
        }
        Parameter::Bytea(Some(bytes)) => hold_length(limits, bytes.len()),
        Parameter::TextArray(Some(items)) => hold_length(limits, items.len()),
        Parameter::UuidArray(Some(items)) => hold_length(limits, items.len()),
        Parameter::Json(Some(text)) if !rules.documents.is_empty() => {
            let document = value::document(text);
            let version = document.get("schemaVersion").and_then(|version| version.as_str());
            let members = version.and_then(|version| rules.documents.get(version));
            members.is_none_or(|members| document::keeps_limits(&document, members))
        }
        number => whole(number).is_none_or(|number| hold_number(limits, number)),
    }
}

/// Whether a row is one of a partial index's.
pub(super) fn is_within(
    table: &TableDescriptor,
    partial: &Partial,
    row: &[Parameter],
) -> Result<bool, Error> {
    let unknown = |text: &str| Error::NotInMemory {
        what: format!(
            "`{}` evaluates the condition `{text}` of an index",
            table.qualified
        ),
    };
    match partial {
        Partial::All => Ok(true),
        Partial::Unknown(text) => Err(unknown(text)),
        Partial::Some(condition) => match truth(table, row, condition) {
            Ok(truth) => Ok(truth == Some(true)),
            Err(_) => Err(unknown(&format!("{condition:?}"))),
        },
    }
}

/// No other row has the values of a unique key. Those of the primary key are told by its place.
pub(super) fn unique(relation: &Relation, key: &RowKey, row: &[Parameter]) -> Result<(), Error> {
    for unique in &relation.rules.unique_keys {
        if is_taken(relation, unique, key, row)? {
            return Err(taken(relation.table, unique.constraint));
        }
    }
    Ok(())
}

/// A key of that constraint is taken.
pub(super) fn taken(table: &'static TableDescriptor, constraint: &str) -> Error {
    let constraint = constraint.into();
    Error::UniqueViolation {
        constraint,
        key: None,
    }
    .of_row(table)
}

/// A row with NULL in one of the columns is as no other.
fn is_taken(relation: &Relation, unique: &UniqueKey, key: &RowKey, row: &[Parameter]) -> Result<bool, Error> {
    let table = relation.table;
    if !is_within(table, &unique.partial, row)? {
        return Ok(false);
    }
    let tenant = table.has_tenant.then_some(0);
    for (other, values) in relation.rows() {
        let mut columns = tenant.into_iter().chain(unique.columns.iter().copied());
        let is_same = columns.all(|column| value::equal(&values[column], &row[column]) == Some(true));
        if is_same && other != key && is_within(table, &unique.partial, values)? {
            return Ok(true);
        }
    }
    Ok(false)
}
