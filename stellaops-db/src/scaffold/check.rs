//! Checks: bounds, patterns, enums and documents of a column, and conditions of the table.

use stellaops_db_spec::model::quote_identifier;

use super::catalog::{Column, Constraint};
use super::condition::Bounds;
use super::draft::Draft;
use super::name::{is_good, snake_case};
use super::nested::{bare, plain};
use super::toml::{self, Section};
use super::{document, enumeration};

/// Takes over all checks.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    for constraint in relation
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == "c")
    {
        let definition = constraint
            .definition
            .trim_end_matches(" NOT VALID")
            .trim_end_matches(" NO INHERIT");
        if definition != constraint.definition {
            let missing = "it does not hold for all rows, NOT VALID or NO INHERIT";
            draft.note(("constraint", &constraint.name), missing, "it holds for all");
        }
        let Some(condition) = definition.strip_prefix("CHECK ") else {
            continue;
        };
        take_one(draft, constraint, condition);
    }
    document::take_rest(draft);
}

fn take_one(draft: &mut Draft<'_>, constraint: &Constraint, condition: &str) {
    let canonical = plain(condition);
    if is_whole_reference(constraint, bare(&canonical)) {
        return;
    }
    if let Some(column) = column_of(draft, constraint)
        && take_for_column(draft, column, constraint, condition)
    {
        tell_lost_comment(draft, constraint);
        return;
    }
    take_for_table(draft, constraint, bare(&canonical));
}

/// A reference of several columns brings its own.
fn is_whole_reference(constraint: &Constraint, condition: &str) -> bool {
    constraint.name.ends_with("_together")
        && condition.starts_with("(num_nonnulls(")
        && condition.contains(") = 0) OR (num_nulls(")
}

/// The column that the constraint is called after, or the only one that it looks at.
fn column_of<'a>(draft: &Draft<'a>, constraint: &Constraint) -> Option<&'a Column> {
    let prefix = format!("ck_{}_", draft.relation.name);
    let called = constraint.name.strip_prefix(&prefix);
    let columns = &draft.relation.columns;
    let by_name = columns.iter().find(|column| Some(column.name.as_str()) == called);
    by_name.or_else(|| match constraint.columns.as_slice() {
        [only] if called.is_none() => columns.iter().find(|column| column.name == *only),
        _ => None,
    })
}

fn take_for_column(draft: &mut Draft<'_>, column: &Column, constraint: &Constraint, condition: &str) -> bool {
    // The server quotes some names that need no quotes here.
    let quoted = format!("\"{}\"", column.name.replace('"', "\"\""));
    let spellings = [quote_identifier(&column.name), quoted];
    let read = spellings.iter().find_map(|name| Bounds::read(name, condition));
    if draft.is_tenant(&column.name) {
        return read.is_some_and(|bounds| is_tenants(draft, &bounds));
    }
    let Some(bounds) = read else {
        return spellings
            .iter()
            .any(|name| document::take(draft, name, constraint, condition));
    };
    let Some(position) = draft
        .columns
        .iter()
        .position(|section| section.object.1 == column.name)
    else {
        return false;
    };
    let mut section = draft.columns[position].clone();
    let taken = apply(draft, column, bounds, &mut section);
    if taken {
        draft.columns[position] = section;
    }
    taken
}

fn is_tenants(draft: &mut Draft<'_>, bounds: &Bounds) -> bool {
    let is_registry = draft.tenancy == stellaops_db_spec::model::Tenancy::Registry;
    let wanted = Bounds {
        min_length: Some(1),
        max_length: Some(255),
        not: if is_registry {
            vec!["@global".into()]
        } else {
            Vec::new()
        },
        ..Bounds::default()
    };
    *bounds == wanted
}

/// Puts the bounds at the column; `false` if it has such ones already, or no key says them.
fn apply(draft: &mut Draft<'_>, column: &Column, bounds: Bounds, section: &mut Section) -> bool {
    if !bounds.not.is_empty() {
        return false;
    }
    if let Some(values) = &bounds.values {
        let only = Bounds {
            values: bounds.values.clone(),
            ..Bounds::default()
        };
        return only == bounds && enumeration::declare(draft, column, values, section);
    }
    let numbers = [
        ("min", bounds.min),
        ("max", bounds.max),
        ("min_length", bounds.min_length),
        ("max_length", bounds.max_length),
    ];
    let mut keys: Vec<(&str, String)> = numbers
        .into_iter()
        .filter_map(|(key, number)| Some((key, number?.to_string())))
        .collect();
    keys.extend(bounds.pattern.map(|pattern| ("pattern", toml::text(&pattern))));
    if keys.iter().any(|(key, _)| section.get(key).is_some()) {
        return false;
    }
    for (key, value) in keys {
        section.set(key, value);
    }
    true
}

fn tell_lost_comment(draft: &mut Draft<'_>, constraint: &Constraint) {
    if constraint.comment.is_some() {
        let missing = "a check of a column's bounds has no comment of its own";
        draft.note(
            ("constraint", &constraint.name),
            missing,
            "its comment is left out",
        );
    }
}

fn take_for_table(draft: &mut Draft<'_>, constraint: &Constraint, condition: &str) {
    if draft.names_renamed(condition) {
        let missing = format!("it names a column that the spec calls otherwise: {condition}");
        return draft.note(("constraint", &constraint.name), missing, "it is left out");
    }
    let expression = match condition.strip_suffix(" IS TRUE") {
        // The server puts a test inside of an expression into parentheses, so this one is about all of it.
        Some(condition) => bare(condition).to_owned(),
        // What is NULL for a row passes a CHECK of SQL, and fails one of a spec.
        None => format!("({condition}) IS NOT FALSE"),
    };
    let prefix = format!("ck_{}_", draft.relation.name);
    let own = constraint.name.strip_prefix(&prefix).unwrap_or(&constraint.name);
    let name = if is_good(own) {
        own.to_owned()
    } else {
        snake_case(own)
    };
    let why = draft.why(
        &format!("the constraint {}", constraint.name),
        &constraint.comment,
    );
    let section = Section::new("[[checks]]", ("constraint", &constraint.name))
        .with("name", toml::text(&name))
        .with("expression", toml::text(&expression))
        .with("why", toml::text(&why));
    draft.rest.push(section);
}
