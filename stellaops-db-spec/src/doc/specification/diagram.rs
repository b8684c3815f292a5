//! Mermaid: the relations of a schema, the steps of a status.

use crate::model::{Column, Enum, Reference, Schema, Table};

/// An entity-relationship diagram: every table with its key, its references and its statuses, and a line
/// for each foreign key.
pub(super) fn relations(schema: &Schema) -> Vec<String> {
    let mut lines = vec!["erDiagram".to_owned()];
    for table in &schema.tables {
        lines.push(format!("    {} {{", table.name));
        let shown = table.columns.iter().filter(|column| is_shown(table, column));
        lines.extend(shown.map(|column| format!("        {}", attribute(table, column))));
        lines.push("    }".to_owned());
    }
    for table in &schema.tables {
        lines.extend(
            table
                .references
                .iter()
                .map(|reference| relation(table, reference)),
        );
    }
    lines
}

fn is_key(table: &Table, column: &Column) -> bool {
    table.key.iter().any(|key| key.name == column.name)
}

fn points(table: &Table, column: &Column) -> bool {
    let holds = |reference: &Reference| reference.columns.iter().any(|own| own.name == column.name);
    table.references.iter().any(holds)
}

fn is_unique(table: &Table, column: &Column) -> bool {
    let holds = |key: &crate::model::UniqueKey| key.columns.iter().any(|own| own.name == column.name);
    table.unique_keys.iter().any(holds)
}

fn is_shown(table: &Table, column: &Column) -> bool {
    let is_status = column
        .declared_enum()
        .is_some_and(|declared| declared.is_status());
    is_key(table, column) || points(table, column) || is_unique(table, column) || is_status
}

fn attribute(table: &Table, column: &Column) -> String {
    let marks = [
        (is_key(table, column), "PK"),
        (points(table, column), "FK"),
        (is_unique(table, column), "UK"),
    ];
    let marks: Vec<&str> = marks
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, mark)| mark)
        .collect();
    let column_type = match column.declared_enum() {
        Some(declared) => declared.name.clone(),
        None => column.column_type.sql().to_owned(),
    };
    format!("{column_type} {} {}", column.name, marks.join(", "))
        .trim_end()
        .to_owned()
}

fn relation(table: &Table, reference: &Reference) -> String {
    let is_optional = reference.columns.iter().any(|column| column.nullable);
    let parent_end = if is_optional { "|o" } else { "||" };
    let names: Vec<&str> = reference
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    format!(
        "    {} {parent_end}--o{{ {} : \"{}\"",
        reference.parent,
        table.name,
        names.join(", ")
    )
}

/// A state diagram: where a row begins, its legal steps, where it ends.
pub(super) fn states(status: &Enum, initial: &[String]) -> Vec<String> {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    for value in &status.values {
        if is_word_of_the_diagram(&value.name) {
            lines.push(format!("    state \"{0}\" as {0}_", value.name));
        }
    }
    lines.extend(
        initial
            .iter()
            .map(|value| format!("    [*] --> {}", state(value))),
    );
    for transition in &status.transitions {
        for to in &transition.to {
            lines.push(format!("    {} --> {}", state(&transition.from), state(to)));
        }
    }
    let leaves = |name: &str| {
        let mut leaving = status.transitions.iter();
        leaving.any(|transition| transition.from == name && !transition.to.is_empty())
    };
    let last = status.values.iter().filter(|value| !leaves(&value.name));
    lines.extend(last.map(|value| format!("    {} --> [*]", state(&value.name))));
    lines
}

fn state(name: &str) -> String {
    match is_word_of_the_diagram(name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// Words that the language of the diagrams keeps for itself.
fn is_word_of_the_diagram(name: &str) -> bool {
    matches!(
        name,
        "state"
            | "note"
            | "end"
            | "direction"
            | "as"
            | "class"
            | "style"
            | "click"
            | "hide"
            | "scale"
            | "default"
    )
}
