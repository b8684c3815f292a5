//! The columns of a table: their types, defaults and meanings, and the values of their enums.

use crate::doc::specification::diagram;
use crate::doc::specification::markdown::{Page, code, codes, sentence};
use crate::model::{Column, ColumnRole, ColumnType, Default, Enum, Literal, Storage, Table};

pub(super) fn columns(page: &mut Page, table: &Table) {
    page.row(&["column", "type", "null", "default", "meaning"]);
    page.rule(5);
    for column in &table.columns {
        let null = if column.nullable { "yes" } else { "" };
        page.row(&[
            &code(&column.name),
            &column_type(column),
            null,
            &default(column),
            &meaning(column),
        ]);
    }
}

fn column_type(column: &Column) -> String {
    match &column.column_type {
        ColumnType::Enum(declared) => format!("{} {}", column.column_type.sql(), code(&declared.name)),
        ColumnType::Json(shape) => format!("jsonb {}", code(&shape.name)),
        other => other.sql().to_owned(),
    }
}

fn default(column: &Column) -> String {
    match (&column.role, &column.default) {
        (ColumnRole::Identity, _) => "numbered".into(),
        (ColumnRole::Generated(_), _) => "computed".into(),
        (_, None) => String::new(),
        (_, Some(Default::Now)) => "now".into(),
        (_, Some(Default::UuidV7)) => "UUIDv7".into(),
        (_, Some(Default::Literal(literal))) => code(&self::literal(literal)),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::EnumValue(text) => text.clone(),
        Literal::Integer(number) => number.to_string(),
        Literal::Boolean(truth) => truth.to_string(),
        Literal::TextList(texts) => format!("[{}]", texts.join(", ")),
    }
}

/// What the column means, then what a value must fulfil, then who sets it.
fn meaning(column: &Column) -> String {
    let mut parts = vec![sentence(&column.doc)];
    parts.extend(range(column.min, column.max, "").map(|range| format!("{range}.")));
    let unit = match column.column_type {
        ColumnType::TextArray | ColumnType::UuidArray => " items",
        ColumnType::Bytea => " bytes",
        _ => " characters",
    };
    parts.extend(range(column.min_length, column.max_length, unit).map(|range| format!("{range}.")));
    parts.extend(
        column
            .pattern
            .as_ref()
            .map(|pattern| format!("Matches {}.", code(pattern))),
    );
    parts.extend(
        column
            .example
            .as_ref()
            .map(|example| format!("Example: {}.", code(&literal(example)))),
    );
    parts.extend(
        column
            .collation
            .as_ref()
            .map(|collation| format!("Collation {}.", code(collation))),
    );
    if let ColumnRole::Generated(generated) = &column.role {
        let path = code(&generated.path.join("."));
        parts.push(format!("Taken from {path} of {}.", code(&generated.source)));
    }
    if column.sensitive {
        parts.push("Sensitive: never shown, logged or indexed.".into());
    }
    parts.extend(written(column).map(Into::into));
    parts.join(" ")
}

fn range(least: Option<i64>, greatest: Option<i64>, unit: &str) -> Option<String> {
    match (least, greatest) {
        (Some(least), Some(greatest)) if least == greatest => Some(format!("Exactly {least}{unit}")),
        (Some(least), Some(greatest)) => Some(format!("{least} to {greatest}{unit}")),
        (Some(least), None) => Some(format!("At least {least}{unit}")),
        (None, Some(greatest)) => Some(format!("At most {greatest}{unit}")),
        (None, None) => None,
    }
}

fn written(column: &Column) -> Option<&'static str> {
    match column.role {
        ColumnRole::Immutable => Some("Never changes."),
        ColumnRole::Status => Some("Changes by compare-and-swap."),
        ColumnRole::Touched => Some("Set by every update."),
        ColumnRole::Lease => Some("Changes by claim."),
        _ if column.compare_and_swap => Some("May change by compare-and-swap."),
        _ => None,
    }
}

pub(super) fn enumeration(page: &mut Page, column: &Column, declared: &Enum) {
    let values: Vec<String> = declared
        .values
        .iter()
        .map(|value| match declared.storage {
            Storage::SmallInt => format!("{} {}", value.code, code(&value.name)),
            Storage::Text => code(&value.name),
        })
        .collect();
    let retired = match declared.retired.as_slice() {
        [] => String::new(),
        retired => format!(
            " Retired: {}.",
            codes(retired.iter().map(|value| value.name.as_str()))
        ),
    };
    page.paragraph(&format!(
        "**{}** is {}: {} {}.{retired}",
        code(&column.name),
        code(&declared.name),
        sentence(&declared.doc),
        values.join(", ")
    ));
    if declared.is_status() {
        page.mermaid(&diagram::states(declared, &initial(column, declared)));
    }
}

/// The values that a new row may have.
fn initial(column: &Column, declared: &Enum) -> Vec<String> {
    if !declared.initial.is_empty() {
        return declared.initial.clone();
    }
    if let Some(Default::Literal(Literal::EnumValue(value))) = &column.default {
        return vec![value.clone()];
    }
    let led = |name: &str| {
        let mut steps = declared.transitions.iter();
        steps.any(|step| step.to.iter().any(|to| to == name))
    };
    let unled = declared.values.iter().filter(|value| !led(&value.name));
    unled.map(|value| value.name.clone()).collect()
}
