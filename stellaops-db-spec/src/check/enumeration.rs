//! Enums: values that fit their storage, codes that are distinct, transitions between values.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::check::name::check_name;
use crate::check::{retired, status};
use crate::model::{Enum, EnumValue, Storage, Transition};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Node, Value};

pub(super) fn check_enums(context: &mut Context<'_>, schema: &str, root: &Node, declared: &mut Declared) {
    for entry in root.get("enums").map(Node::entries).unwrap_or_default() {
        if let Some((_, first)) = declared.enum_spans.iter().find(|(name, _)| *name == entry.key) {
            context.diagnostics.push_related(
                rule::DOUBLED_NAME,
                entry.key_span,
                format!("the enum `{}` is declared twice in schema `{schema}`", entry.key),
                "rename one, or declare it once in schema.toml and use it from both tables",
                (*first, "first declared here".into()),
            );
            continue;
        }
        declared.enum_spans.push((entry.key.clone(), entry.key_span));
        check_name(context, "enum", &entry.key, entry.key_span);
        if entry.node.faulty {
            continue;
        }
        let before = context.diagnostics.len();
        if let Some(checked) = check_enum(context, schema, entry) {
            declared.enums.push(Arc::new(checked));
        }
        if context.diagnostics.len() > before {
            declared.enums_in_doubt.push(entry.key.clone());
        }
    }
}

fn check_enum(context: &mut Context<'_>, schema: &str, entry: &Entry) -> Option<Enum> {
    let node = &entry.node;
    let storage = match node.text("storage")? {
        "smallint" => Storage::SmallInt,
        _ => Storage::Text,
    };
    let before = context.diagnostics.len();
    let values = check_values(context, storage, node.get("values")?);
    if context.diagnostics.len() > before {
        return None;
    }
    let retired = retired::check_retired(context, storage, &values, node)?;
    let transitions = check_transitions(context, &values, &retired, node);
    let initial = status::check_initial(context, &values, !transitions.is_empty(), node);
    Some(Enum {
        schema: schema.into(),
        name: entry.key.clone(),
        doc: node.text("doc").unwrap_or_default().into(),
        storage,
        values,
        transitions,
        initial,
        retired,
        place: context.place(entry.key_span),
    })
}

/// A value as written: its name, the place, and its code with the place of that.
pub(super) type Written = (String, Span, Option<(i64, Span)>);

fn check_values(context: &mut Context<'_>, storage: Storage, node: &Node) -> Vec<EnumValue> {
    let Some(values) = fitting_values(context, storage, node) else {
        return Vec::new();
    };
    let mut checked: Vec<EnumValue> = Vec::new();
    for (position, (name, span, code)) in values.into_iter().enumerate() {
        check_name(context, "value of an enum", &name, span);
        if checked.iter().any(|value| value.name == name) {
            context.push(
                rule::DOUBLED_NAME,
                span,
                format!("the value `{name}` is there twice"),
                "remove one",
            );
        }
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let (number, place) = code.unwrap_or((position, span));
        checked.extend(check_code(context, &checked, (name, span), (number, place)));
    }
    checked
}

fn check_code(
    context: &mut Context<'_>,
    checked: &[EnumValue],
    (name, span): (String, Span),
    (number, place): (i64, Span),
) -> Option<EnumValue> {
    let Some(code) = i16::try_from(number).ok().filter(|code| *code >= 0) else {
        context.push(
            rule::ENUM_CODE,
            place,
            format!("{number} is no code"),
            "use a number from 0 to 32767",
        );
        return None;
    };
    if let Some(other) = checked.iter().find(|value| value.code == code) {
        context.push(
            rule::ENUM_CODE,
            span,
            format!("`{name}` and `{}` have the same code {code}", other.name),
            "give each value a code of its own",
        );
    }
    Some(EnumValue { name, code })
}

/// The values, if each has the form that the storage demands.
pub(super) fn fitting_values(
    context: &mut Context<'_>,
    storage: Storage,
    node: &Node,
) -> Option<Vec<Written>> {
    let (values, wrong): (Vec<Written>, Option<Span>) = match (&node.value, storage) {
        (Value::Table(entries), Storage::SmallInt) => (
            entries.iter().filter_map(coded).collect(),
            entries
                .iter()
                .find(|entry| coded(entry).is_none())
                .map(|entry| entry.node.span),
        ),
        (Value::List(items), Storage::Text) => (
            items.iter().filter_map(listed).collect(),
            items
                .iter()
                .find(|item| listed(item).is_none())
                .map(|item| item.span),
        ),
        _ => (Vec::new(), None),
    };
    if !values.is_empty() && wrong.is_none() {
        return Some(values);
    }
    let (form, help) = match storage {
        Storage::SmallInt => (
            "smallint",
            "write a code for each value: `{ pending = 0, queued = 1 }`",
        ),
        Storage::Text => ("text", "write a list of texts: `[\"pending\", \"queued\"]`"),
    };
    context.push(
        rule::ENUM_VALUES,
        wrong.unwrap_or(node.span),
        match wrong.is_none() && node.entries().is_empty() && node.items().is_empty() {
            true => "an enum has at least one value".into(),
            false => format!("this does not fit the storage `{form}`"),
        },
        help,
    );
    None
}

fn coded(entry: &Entry) -> Option<Written> {
    match entry.node.value {
        Value::Integer(number) => Some((entry.key.clone(), entry.key_span, Some((number, entry.node.span)))),
        _ => None,
    }
}

fn listed(item: &Node) -> Option<Written> {
    Some((item.as_str()?.to_string(), item.span, None))
}

/// The legal steps. A row that holds a retired value may leave it, and none may come to it.
fn check_transitions(
    context: &mut Context<'_>,
    values: &[EnumValue],
    retired: &[EnumValue],
    node: &Node,
) -> Vec<Transition> {
    let names = || values.iter().map(|value| value.name.as_str());
    let is_retired = |name: &str| retired.iter().any(|value| value.name == name);
    let mut transitions = Vec::new();
    for entry in node.get("transitions").map(Node::entries).unwrap_or_default() {
        let mut known = |name: &str, span: Span| {
            let good = names().any(|value| value == name);
            if !good {
                context.push(
                    rule::TRANSITION_UNKNOWN,
                    span,
                    format!("`{name}` is no value of this enum"),
                    suggest(name, names()),
                );
            }
            good
        };
        let mut good = is_retired(&entry.key) || known(&entry.key, entry.key_span);
        let mut to: Vec<String> = Vec::new();
        for item in entry.node.items() {
            let name = item.as_str().unwrap_or_default();
            good &= known(name, item.span);
        }
        for item in entry.node.items() {
            let name = item.as_str().unwrap_or_default();
            if name == entry.key || to.iter().any(|other| other == name) {
                context.push(
                    rule::TRANSITION_SELF,
                    item.span,
                    format!("`{name}` is no step away from `{}`, or is named twice", entry.key),
                    "remove it: staying is always allowed, and each step is named once",
                );
            }
            to.push(name.into());
        }
        if good && !to.is_empty() {
            transitions.push(Transition {
                from: entry.key.clone(),
                to,
            });
        }
    }
    transitions
}
