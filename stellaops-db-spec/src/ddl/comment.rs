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
    comments.extend(columns(table, &relation));
    comments.extend(keys_and_checks(table, &relation));
    for index in table.made_indexes() {
        comments.push(comment(&in_schema(table, &name::index(table, index)), &index.why));
    }
    if let Some(search) = &table.search {
        let name = name::search_index(table, search);
        comments.push(comment(&in_schema(table, &name), &search.why));
    }
    for trigger in trigger::triggers(table, &table.schema) {
        let target = on_table("TRIGGER", &trigger.name, &relation);
        comments.push(comment(&target, &trigger.comment));
    }
    comments
}

fn columns(table: &Table, relation: &str) -> Vec<Lines> {
    let of = |column: &str| format!("COLUMN {relation}.{column}");
    let declared = table.columns.iter();
    let declared = declared.map(|column| comment(&of(&column.sql_name()), &column_text(column)));
    let searched = table.search.iter();
    let searched = searched.map(|search| {
        let target = of(&quote_identifier(&search.column));
        comment(&target, &search::comment(search))
    });
    declared.chain(searched).collect()
}

fn keys_and_checks(table: &Table, relation: &str) -> Vec<Lines> {
    let mut comments = Vec::new();
    for key in &table.unique_keys {
        let name = name::unique_key(table, key);
        let target = if key.condition.is_some() {
            in_schema(table, &name)
        } else {
            on_table("CONSTRAINT", &name, relation)
        };
        comments.push(comment(&target, &key.why));
    }
    for reference in &table.references {
        if let Some(why) = &reference.why {
            let name = name::foreign_key(table, reference);
            comments.push(comment(&on_table("CONSTRAINT", &name, relation), why));
        }
    }
    for check in &table.checks {
        let target = on_table("CONSTRAINT", &name::check(table, check), relation);
        comments.push(comment(&target, &check.why));
    }
    comments
}

fn on_table(kind: &str, name: &str, relation: &str) -> String {
    format!("{kind} {} ON {relation}", quote_identifier(name))
}

/// An index, which has its name in the schema.
fn in_schema(table: &Table, name: &str) -> String {
    format!(
        "INDEX {}.{}",
        quote_identifier(&table.schema),
        quote_identifier(name)
    )
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
