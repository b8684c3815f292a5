//! Comments: what the spec says about a thing, kept where a DBA looks for it.

use crate::ddl::writer::Lines;
use crate::ddl::{search, trigger};
use crate::model::{Column, Schema, Storage, Table, name, quote_identifier, quote_literal};

/// The comment of a schema.
pub(super) fn schema(schema: &Schema) -> Lines {
    comment(
        &format!("SCHEMA {}", quote_identifier(&schema.name)),
        &schema.summary,
    )
}

/// The comments of a table and of everything that hangs on it.
pub(super) fn table(table: &Table) -> Vec<Lines> {
    let relation = table.sql_name();
    let mut comments = vec![comment(&format!("TABLE {relation}"), &table_text(table))];
    for column in &table.columns {
        let text = column_text(column);
        comments.push(comment(
            &format!("COLUMN {relation}.{}", column.sql_name()),
            &text,
        ));
    }
    if let Some(search) = &table.search {
        let target = format!("COLUMN {relation}.{}", quote_identifier(&search.column));
        comments.push(comment(&target, &search::comment(search)));
    }
    let on_table = |kind: &str, name: &str| format!("{kind} {} ON {relation}", quote_identifier(name));
    let in_schema = |name: &str| {
        format!(
            "INDEX {}.{}",
            quote_identifier(&table.schema),
            quote_identifier(name)
        )
    };
    for key in &table.unique_keys {
        let name = name::unique_key(table, key);
        let target = if key.condition.is_some() {
            in_schema(&name)
        } else {
            on_table("CONSTRAINT", &name)
        };
        comments.push(comment(&target, &key.why));
    }
    for reference in &table.references {
        if let Some(why) = &reference.why {
            let name = name::foreign_key(table, reference);
            comments.push(comment(&on_table("CONSTRAINT", &name), why));
        }
    }
    for check in &table.checks {
        comments.push(comment(
            &on_table("CONSTRAINT", &name::check(table, check)),
            &check.why,
        ));
    }
    for index in table.made_indexes() {
        comments.push(comment(&in_schema(&name::index(table, index)), &index.why));
    }
    if let Some(search) = &table.search {
        let name = name::search_index(table, search);
        comments.push(comment(&in_schema(&name), &search.why));
    }
    for trigger in trigger::triggers(table, &table.schema) {
        comments.push(comment(&on_table("TRIGGER", &trigger.name), &trigger.comment));
    }
    comments
}

fn table_text(table: &Table) -> String {
    let doc = table.doc.as_deref().map(str::trim).filter(|doc| !doc.is_empty());
    let kept = table.retention.as_ref().map(|retention| {
        let why = retention.why.trim().trim_end_matches('.');
        format!(
            "Rows are kept for {} days, counted from {}: {why}.",
            retention.days, retention.column.name
        )
    });
    let parts = [Some(table.summary.clone()), doc.map(Into::into), kept];
    parts.into_iter().flatten().collect::<Vec<String>>().join("\n\n")
}

/// The column's meaning; of an enum stored as numbers also what the numbers say.
fn column_text(column: &Column) -> String {
    let mut text = column.doc.trim().to_owned();
    if let Some(declared) = column.declared_enum()
        && declared.storage == Storage::SmallInt
    {
        let codes = declared
            .stored()
            .map(|value| format!("{} {}", value.code, value.name));
        text.push_str(&format!(" ({})", codes.collect::<Vec<_>>().join(", ")));
    }
    text.trim().to_owned()
}

fn comment(target: &str, text: &str) -> Lines {
    Lines::one(format!("COMMENT ON {target} IS {};", quote_literal(text)))
}
