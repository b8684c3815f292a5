//! JSONB shapes: a versioned document, or a choice between documents.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::check::name::check_name;
use crate::model::{Item, Member, MemberType, Shape, ShapeBody, Unknown};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Node};

/// The member that holds the version; the runtime writes and checks it.
const VERSION_MEMBER: &str = "schemaVersion";

pub(super) fn check_shapes(
    context: &mut Context<'_>,
    schema: &str,
    roots: &[&Node],
    declared: &mut Declared,
) {
    let mut choices = Vec::new();
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
        if entry.node.faulty {
            continue;
        }
        if entry.node.get("one_of").is_some() {
            choices.push(entry);
        } else if let Some(body) = check_document(context, entry) {
            push(context, declared, schema, entry, body);
        }
    }
    // A choice names documents, so it is resolved when all documents are known.
    let choice_names: Vec<&str> = choices.iter().map(|entry| entry.key.as_str()).collect();
    for entry in &choices {
        if let Some(body) = check_choice(context, entry, declared, &choice_names) {
            push(context, declared, schema, entry, body);
        }
    }
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

fn check_document(context: &mut Context<'_>, entry: &Entry) -> Option<ShapeBody> {
    let Some(version) = entry.node.get("version") else {
        context.push(
            rule::SHAPE_BODY,
            entry.key_span,
            format!("the shape `{}` has neither `version` nor `one_of`", entry.key),
            "give it a versioned name, `version = \"app.document@1\"`, and its `members`",
        );
        return None;
    };
    check_version(context, version);
    let mut members = Vec::new();
    for member in entry.node.get("members").map(Node::entries).unwrap_or_default() {
        members.extend(check_member(context, member));
    }
    // With a member missing, the paths into it would be reported as well.
    if entry
        .node
        .get("members")
        .is_some_and(|node| node.entries().len() != members.len())
    {
        return None;
    }
    let unknown = match entry.node.text("unknown") {
        Some("keep") => Unknown::Keep,
        _ => Unknown::Refuse,
    };
    Some(ShapeBody::Document {
        version: version.as_str()?.into(),
        unknown,
        members,
    })
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

fn check_member(context: &mut Context<'_>, entry: &Entry) -> Option<Member> {
    let node = &entry.node;
    if node.faulty {
        return None;
    }
    check_member_name(context, entry);
    if entry.key == VERSION_MEMBER {
        context.push(
            rule::MEMBER_RESERVED,
            entry.key_span,
            format!("the member `{VERSION_MEMBER}` is not declared"),
            "remove it: the shape's `version` is stored there by the runtime",
        );
    }
    let word = node.text("type")?;
    let item = match node.text("of").unwrap_or("text") {
        "integer" => Item::Integer,
        "boolean" => Item::Boolean,
        "object" => Item::Object,
        _ => Item::Text,
    };
    let member_type = match word {
        "integer" => MemberType::Integer,
        "boolean" => MemberType::Boolean,
        "list" => MemberType::List(item),
        "map" => MemberType::Map(item),
        "object" => MemberType::Object,
        _ => MemberType::Text,
    };
    let takes_items = matches!(member_type, MemberType::List(_) | MemberType::Map(_));
    if let Some(of) = node.entry("of").filter(|_| !takes_items) {
        context.push(
            rule::MEMBER_OF,
            of.key_span,
            format!("`of` says nothing about a member of type `{word}`"),
            "remove it, or make the member a list or a map",
        );
    }
    if let Some(pattern) = node.entry("pattern").filter(|_| member_type != MemberType::Text) {
        context.push(
            rule::MEMBER_PATTERN,
            pattern.key_span,
            format!("a member of type `{word}` has no pattern"),
            "remove it, or make the member a text",
        );
    }
    Some(Member {
        name: entry.key.clone(),
        doc: node.text("doc").map(Into::into),
        member_type,
        optional: node.flag("optional"),
        pattern: node.text("pattern").map(Into::into),
        place: context.place(entry.key_span),
    })
}

/// Members become fields and parts of paths, which are joined by dots.
fn check_member_name(context: &mut Context<'_>, entry: &Entry) {
    let mut bytes = entry.key.bytes();
    let good_start = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !good_start || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        context.push(
            rule::NAME_FORM,
            entry.key_span,
            format!("`{}` is no name for a member", entry.key),
            "use a letter, then letters, digits and _: `sbomDigest`",
        );
    }
}

fn check_choice(
    context: &mut Context<'_>,
    entry: &Entry,
    declared: &Declared,
    choice_names: &[&str],
) -> Option<ShapeBody> {
    for key in ["version", "unknown", "members"] {
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
        match alternative(
            context,
            declared,
            item.as_str().unwrap_or_default(),
            item.span,
            &alternatives,
            choice_names,
        ) {
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
    name: &str,
    span: Span,
    others: &[Arc<Shape>],
    choice_names: &[&str],
) -> Option<Arc<Shape>> {
    let documents = || declared.shapes.iter().filter(|shape| shape.version().is_some());
    let Some(shape) = documents().find(|shape| shape.name == name) else {
        if choice_names.contains(&name) {
            context.push(
                rule::SHAPE_ALTERNATIVE,
                span,
                format!("`{name}` is a choice itself"),
                "name the shapes that it chooses from instead",
            );
        } else if declared.lacks_shape(name) {
            let help = suggest(name, documents().map(|shape| shape.name.as_str()));
            context.push(
                rule::SHAPE_ALTERNATIVE,
                span,
                format!("there is no shape `{name}` to choose"),
                help,
            );
        }
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
