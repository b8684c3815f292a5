//! Statuses: where a new row begins, and whether every status is reached from there.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::model::{Enum, EnumValue};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Node, Value};

/// The values that a new row begins with, as written.
pub(super) fn check_initial(
    context: &mut Context<'_>,
    values: &[EnumValue],
    is_status: bool,
    node: &Node,
) -> Vec<String> {
    let Some(entry) = node.entry("initial") else {
        return Vec::new();
    };
    if !is_status {
        context.push(
            rule::ENUM_INITIAL,
            entry.key_span,
            "an enum without transitions has no first values",
            "remove `initial`, or say with `transitions` what may follow",
        );
        return Vec::new();
    }
    let names = || values.iter().map(|value| value.name.as_str());
    let mut initial: Vec<String> = Vec::new();
    for item in entry.node.items() {
        let name = item.as_str().unwrap_or_default();
        if !names().any(|value| value == name) {
            context.push(
                rule::ENUM_INITIAL,
                item.span,
                format!("`{name}` is no value of this enum"),
                suggest(name, names()),
            );
        } else if initial.iter().any(|other| other == name) {
            context.push(
                rule::ENUM_INITIAL,
                item.span,
                format!("`{name}` is there twice"),
                "name it once",
            );
        } else {
            initial.push(name.into());
        }
    }
    initial
}

/// Looks at the statuses of a schema together with the defaults of the columns that hold them.
pub(super) fn check_statuses(context: &mut Context<'_>, declared: &Declared, roots: &[&Node]) {
    for status in declared.enums.iter().filter(|declared| declared.is_status()) {
        let Some(written) = written_enum(status, declared, roots) else {
            continue;
        };
        let defaults = defaults(status, roots);
        let is_told = defaults.iter().any(|(name, _)| status.value(name).is_none());
        if is_told || declared.enums_in_doubt.contains(&status.name) {
            continue;
        }
        check_defaults(context, status, &defaults);
        check_reached(context, status, &first_values(status, &defaults), written);
    }
}

/// The table that declares the enum.
fn written_enum<'a>(status: &Arc<Enum>, declared: &Declared, roots: &[&'a Node]) -> Option<&'a Node> {
    let (_, span) = declared
        .enum_spans
        .iter()
        .find(|(name, _)| *name == status.name)?;
    let root = roots.iter().find(|root| root.span.file == span.file)?;
    root.get("enums")?.get(&status.name)
}

/// The defaults of the columns of that enum, as written.
fn defaults(status: &Enum, roots: &[&Node]) -> Vec<(String, Span)> {
    let columns = roots
        .iter()
        .flat_map(|root| root.get("columns").map(Node::entries).unwrap_or_default());
    columns
        .filter(|entry| entry.node.text("enum") == Some(&status.name))
        .filter_map(|entry| entry.node.get("default"))
        .filter_map(|node| Some((node.as_str()?.to_string(), node.span)))
        .collect()
}

fn check_defaults(context: &mut Context<'_>, status: &Enum, defaults: &[(String, Span)]) {
    for (name, span) in defaults {
        if !status.initial.is_empty() && !status.initial.contains(name) {
            context.push(
                rule::ENUM_INITIAL,
                *span,
                format!("no new row begins with `{name}`"),
                format!(
                    "choose one of: {}, or add it to `initial`",
                    status.initial.join(", ")
                ),
            );
        }
    }
}

/// What is written, else the columns' defaults, else the values that no other leads to.
fn first_values(status: &Enum, defaults: &[(String, Span)]) -> Vec<String> {
    if !status.initial.is_empty() {
        return status.initial.clone();
    }
    if !defaults.is_empty() {
        return defaults.iter().map(|(name, _)| name.clone()).collect();
    }
    let is_led_to = |name: &String| status.transitions.iter().any(|step| step.to.contains(name));
    let names = status.values.iter().map(|value| value.name.clone());
    names.filter(|name| !is_led_to(name)).collect()
}

fn check_reached(context: &mut Context<'_>, status: &Enum, first: &[String], written: &Node) {
    let mut reached: Vec<&str> = first.iter().map(String::as_str).collect();
    let mut position = 0;
    while let Some(from) = reached.get(position).copied() {
        let steps = status.transitions.iter().filter(|step| step.from == from);
        for next in steps.flat_map(|step| &step.to) {
            if !reached.contains(&next.as_str()) {
                reached.push(next);
            }
        }
        position += 1;
    }
    for value in &status.values {
        if !reached.contains(&value.name.as_str()) {
            context.push(
                rule::STATUS_UNREACHABLE,
                value_span(written, "values", &value.name),
                format!("no new row ever comes to `{}`", value.name),
                format!(
                    "add a step that leads to it, name it in `initial`, or list it in `retired`; rows begin with: {}",
                    first.join(", ")
                ),
            );
        }
    }
}

/// Where a value of the enum is written, under `values` or `retired`.
pub(super) fn value_span(written: &Node, key: &str, name: &str) -> Span {
    let Some(values) = written.get(key) else {
        return written.span;
    };
    match &values.value {
        Value::Table(entries) => entries
            .iter()
            .find(|entry| entry.key == name)
            .map_or(values.span, |entry| entry.key_span),
        _ => values
            .items()
            .iter()
            .find(|item| item.as_str() == Some(name))
            .map_or(values.span, |item| item.span),
    }
}
