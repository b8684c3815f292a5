//! JSONB shapes: a versioned document, a part of documents, or a choice between documents.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::check::former::check_former;
use crate::check::member::check_members;
use crate::check::name::check_name;
use crate::check::part::inner_first;
use crate::model::{Shape, ShapeBody, Unknown};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Node};

pub(super) fn check_shapes(
    context: &mut Context<'_>,
    schema: &str,
    roots: &[&Node],
    declared: &mut Declared,
) {
    let entries = sound_entries(context, schema, roots, declared);
    let is_choice = |entry: &&&Entry| entry.node.get("one_of").is_some();
    let is_part = |entry: &&&Entry| entry.node.flag("part");
    let choices: Vec<&Entry> = entries.iter().filter(is_choice).copied().collect();
    let single = || entries.iter().filter(|entry| !is_choice(entry));
    let parts = inner_first(context, single().filter(is_part).copied().collect());
    // Each is resolved when all that it can name is known: a part names parts, a document names parts,
    // a choice names documents.
    for entry in parts {
        if let Some(body) = check_part(context, entry, &entries, declared) {
            push(context, declared, schema, entry, body);
        }
    }
    // A document names its former versions, which name none.
    let (latest, others): (Vec<&Entry>, Vec<&Entry>) = single()
        .filter(|entry| !is_part(entry))
        .partition(|entry| entry.node.get("former").is_some());
    for entry in others.into_iter().chain(latest) {
        if let Some(body) = check_document(context, entry, &entries, declared) {
            push(context, declared, schema, entry, body);
        }
    }
    for entry in &choices {
        if let Some(body) = check_choice(context, entry, &entries, declared) {
            push(context, declared, schema, entry, body);
        }
    }
    let names: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let position = |shape: &Arc<Shape>| names.iter().position(|name| *name == shape.name);
    declared.shapes.sort_by_key(position);
}

/// The shapes that have the form of one, each name once, in declared order.
fn sound_entries<'a>(
    context: &mut Context<'_>,
    schema: &str,
    roots: &[&'a Node],
    declared: &mut Declared,
) -> Vec<&'a Entry> {
    let mut entries = Vec::new();
    for entry in roots
        .iter()
        .flat_map(|root| root.get("shapes").map(Node::entries).unwrap_or_default())
    {
        if let Some((_, first)) = declared.shape_spans.iter().find(|(name, _)| *name == entry.key) {
            context.diagnostics.push_related(
                rule::DOUBLED_NAME,
                entry.key_span,
                format!("the shape `{}` is declared twice in schema `{schema}`", entry.key),
                "rename one, or declare it once in schema.toml and use it from both tables",
                (*first, "first declared here".into()),
            );
            continue;
        }
        declared.shape_spans.push((entry.key.clone(), entry.key_span));
        check_name(context, "shape", &entry.key, entry.key_span);
        if !entry.node.faulty {
            entries.push(entry);
        }
    }
    entries
}

fn push(context: &Context<'_>, declared: &mut Declared, schema: &str, entry: &Entry, body: ShapeBody) {
    declared.shapes.push(Arc::new(Shape {
        schema: schema.into(),
        name: entry.key.clone(),
        doc: entry.node.text("doc").unwrap_or_default().into(),
        body,
        place: context.place(entry.key_span),
    }));
}

fn check_part(
    context: &mut Context<'_>,
    entry: &Entry,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<ShapeBody> {
    if let Some(version) = entry.node.entry("version") {
        context.push(
            rule::PART_VERSION,
            version.key_span,
            format!("the part `{}` has a `version`", entry.key),
            "remove it: the document around the part has one; or remove `part`",
        );
    }
    let members = check_members(context, entry, entries, declared)?;
    let unknown = unknown(entry);
    Some(ShapeBody::Part { unknown, members })
}

fn check_document(
    context: &mut Context<'_>,
    entry: &Entry,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<ShapeBody> {
    let Some(version) = entry.node.get("version") else {
        context.push(
            rule::SHAPE_BODY,
            entry.key_span,
            format!("the shape `{}` has no `version`, `one_of` or `part`", entry.key),
            "give it a versioned name, `version = \"app.document@1\"`; or write `part = true` if it stands inside other shapes only",
        );
        return None;
    };
    check_version(context, version);
    let former = check_former(context, entry, version.as_str()?, declared);
    let members = check_members(context, entry, entries, declared)?;
    Some(ShapeBody::Document {
        version: version.as_str()?.into(),
        former,
        unknown: unknown(entry),
        members,
    })
}

fn unknown(entry: &Entry) -> Unknown {
    match entry.node.text("unknown") {
        Some("keep") => Unknown::Keep,
        _ => Unknown::Refuse,
    }
}

fn check_version(context: &mut Context<'_>, node: &Node) {
    let text = node.as_str().unwrap_or_default();
    let good = text.split_once('@').is_some_and(|(name, number)| {
        let name_good = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte));
        let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        name_good && digits && number.parse::<u16>().is_ok()
    });
    if !good {
        context.push(
            rule::SHAPE_VERSION,
            node.span,
            format!("`{text}` is no versioned name"),
            "write a name, `@` and a number from 1: `scheduler.graph-build-job@1`",
        );
    }
}

fn check_choice(
    context: &mut Context<'_>,
    entry: &Entry,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<ShapeBody> {
    for key in ["version", "former", "part", "unknown", "members"] {
        if let Some(extra) = entry.node.entry(key) {
            context.push(
                rule::SHAPE_BODY,
                extra.key_span,
                format!("a shape with `one_of` has no `{key}`"),
                "remove it: each of the shapes it chooses from says that for itself",
            );
        }
    }
    let mut alternatives: Vec<Arc<Shape>> = Vec::new();
    let mut good = true;
    for item in entry.node.get("one_of").map(Node::items).unwrap_or_default() {
        let name = item.as_str().unwrap_or_default();
        match alternative(context, declared, (name, item.span), &alternatives, entries) {
            Some(shape) => alternatives.push(shape),
            None => good = false,
        }
    }
    if good && alternatives.is_empty() {
        context.push(
            rule::SHAPE_BODY,
            entry.key_span,
            format!("the shape `{}` is one of none", entry.key),
            "name the shapes to choose from in `one_of`, or give it a `version` of its own",
        );
    }
    (good && !alternatives.is_empty()).then_some(ShapeBody::OneOf(alternatives))
}

fn alternative(
    context: &mut Context<'_>,
    declared: &Declared,
    (name, span): (&str, Span),
    others: &[Arc<Shape>],
    entries: &[&Entry],
) -> Option<Arc<Shape>> {
    let documents = || declared.shapes.iter().filter(|shape| shape.version().is_some());
    let Some(shape) = documents().find(|shape| shape.name == name) else {
        no_alternative(context, declared, (name, span), entries);
        return None;
    };
    if others.iter().any(|other| other.version() == shape.version()) {
        context.push(
            rule::SHAPE_ALTERNATIVE,
            span,
            format!("`{name}` cannot be told apart from another of these shapes"),
            "give each its own `version`: documents are told apart by it",
        );
        return None;
    }
    Some(shape.clone())
}

/// Says why there is no document of that name; nothing when the fault is the document's own.
fn no_alternative(
    context: &mut Context<'_>,
    declared: &Declared,
    (name, span): (&str, Span),
    entries: &[&Entry],
) {
    let written = entries.iter().find(|entry| entry.key == name);
    if written.is_some_and(|entry| entry.node.get("one_of").is_some()) {
        context.push(
            rule::SHAPE_ALTERNATIVE,
            span,
            format!("`{name}` is a choice itself"),
            "name the shapes that it chooses from instead",
        );
    } else if written.is_some_and(|entry| entry.node.flag("part")) {
        context.push(
            rule::PART_USE,
            span,
            format!("`{name}` is a part, and no document to choose"),
            "name documents, each with its own `version`; a part is the `shape` of a member",
        );
    } else if declared.lacks_shape(name) {
        let documents = declared.shapes.iter().filter(|shape| shape.version().is_some());
        let help = suggest(name, documents.map(|shape| shape.name.as_str()));
        context.push(
            rule::SHAPE_ALTERNATIVE,
            span,
            format!("there is no shape `{name}` to choose"),
            help,
        );
    }
}
