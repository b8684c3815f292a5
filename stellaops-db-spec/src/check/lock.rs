//! The specs held against what was generated last: values that are gone, renumbered or given again, and
//! documents that changed under the same version.

use crate::check::context::Context;
use crate::check::status::value_span;
use crate::load::{Document, FileRole};
use crate::lock::{member_facts, storage_fact};
use crate::model::{Database, Enum, EnumValue, Shape, Storage, Unknown};
use crate::rule::{self, Rule};
use crate::source::Span;
use crate::syntax::{Entry, Node, Value};

/// How to mend a lock that remembers something that no row holds.
const NEVER_RELEASED: &str = "if it was never released, take its line out of generated/specs.lock";

pub(super) fn check_lock(context: &mut Context<'_>, documents: &[Document], database: &Database) {
    let lock = documents.iter().find(|document| document.role == FileRole::Lock);
    let Some(lock) = lock.map(|document| &document.root).filter(|root| !root.faulty) else {
        return;
    };
    for schema in &database.schemas {
        for declared in &schema.enums {
            let known = lock
                .get("enums")
                .and_then(|enums| enums.get(&declared.qualified()));
            let written = written(documents, &schema.name, "enums", &declared.name);
            if let (Some(known), Some(written)) = (known, written) {
                check_enum(context, declared, known, &written.node);
            }
        }
        for shape in &schema.shapes {
            let known = lock
                .get("shapes")
                .and_then(|shapes| shapes.get(&shape.qualified()));
            let written = written(documents, &schema.name, "shapes", &shape.name);
            if let (Some(known), Some(written)) = (known, written) {
                check_shape(context, shape, known, written);
            }
        }
    }
}

/// Where the schema declares an enum or a shape.
fn written<'a>(documents: &'a [Document], schema: &str, kind: &str, name: &str) -> Option<&'a Entry> {
    documents
        .iter()
        .filter(|document| document.role.schema() == Some(schema))
        .find_map(|document| document.root.get(kind)?.entry(name))
}

fn check_enum(context: &mut Context<'_>, declared: &Enum, known: &Node, written: &Node) {
    let storage = storage_fact(declared.storage);
    if let Some(was) = known.get("storage").filter(|was| was.as_str() != Some(storage)) {
        let span = written.get("storage").map_or(written.span, |node| node.span);
        context.diagnostics.push_related(
            rule::ENUM_STORAGE_CHANGED,
            span,
            format!(
                "`{}` was stored as {}",
                declared.name,
                was.as_str().unwrap_or_default()
            ),
            format!("declare a new enum and move the rows to it; {NEVER_RELEASED}"),
            (was.span, "generated last".into()),
        );
        return;
    }
    for entry in known.get("value").map(Node::entries).unwrap_or_default() {
        check_value(context, declared, entry, written);
    }
    for entry in known.get("retired").map(Node::entries).unwrap_or_default() {
        check_retired(context, declared, entry, written);
    }
}

/// A value that was in use: it still is, or it is retired, with the same number.
fn check_value(context: &mut Context<'_>, declared: &Enum, entry: &Entry, written: &Node) {
    let named = |values: &[EnumValue]| values.iter().find(|value| value.name == entry.key).cloned();
    let found = named(&declared.values)
        .map(|value| ("values", value))
        .or_else(|| named(&declared.retired).map(|value| ("retired", value)));
    match found {
        None => {
            let was = match entry.node.value {
                Value::Integer(number) => format!("`retired = {{ {} = {number} }}`", entry.key),
                _ => format!("`retired = [\"{}\"]`", entry.key),
            };
            let span = written.get("values").map_or(written.span, |node| node.span);
            tell(
                context,
                rule::ENUM_VALUE_REMOVED,
                (span, entry),
                format!("the value `{}` is gone", entry.key),
                format!("stored rows may hold it: add {was}; {NEVER_RELEASED}"),
            );
        }
        Some((key, value)) => check_code(context, declared, entry, (key, &value), written),
    }
}

fn check_code(
    context: &mut Context<'_>,
    declared: &Enum,
    entry: &Entry,
    (key, value): (&str, &EnumValue),
    written: &Node,
) {
    let Value::Integer(was) = entry.node.value else {
        return;
    };
    if declared.storage == Storage::SmallInt && was != i64::from(value.code) {
        tell(
            context,
            rule::ENUM_RENUMBERED,
            (value_span(written, key, &value.name), entry),
            format!("`{}` was {was}, and is {} now", value.name, value.code),
            format!("write {was}: stored rows hold that number; {NEVER_RELEASED}"),
        );
    }
}

/// A value that was retired stays so.
fn check_retired(context: &mut Context<'_>, declared: &Enum, entry: &Entry, written: &Node) {
    if let Some(value) = declared.retired.iter().find(|value| value.name == entry.key) {
        check_code(context, declared, entry, ("retired", value), written);
        return;
    }
    let is_code = |value: &&EnumValue| {
        declared.storage == Storage::SmallInt
            && matches!(entry.node.value, Value::Integer(was) if was == i64::from(value.code))
    };
    let again = declared
        .values
        .iter()
        .find(|value| value.name == entry.key || is_code(value));
    match again {
        Some(value) => tell(
            context,
            rule::RETIRED_GIVEN_AGAIN,
            (value_span(written, "values", &value.name), entry),
            format!(
                "`{}` takes the place of `{}`, which is retired",
                value.name, entry.key
            ),
            format!(
                "give the new value another name and code, and keep the old one in `retired`; {NEVER_RELEASED}"
            ),
        ),
        None => tell(
            context,
            rule::ENUM_VALUE_REMOVED,
            (written.span, entry),
            format!("the retired value `{}` is gone", entry.key),
            format!("stored rows may hold it: keep it in `retired`; {NEVER_RELEASED}"),
        ),
    }
}

/// Documents of one version are alike. What was stored must stay readable, so nothing may become
/// required, change its type or be refused that was not.
fn check_shape(context: &mut Context<'_>, shape: &Shape, known: &Node, written: &Entry) {
    if shape.version().is_none() || known.text("version") != shape.version() {
        return;
    }
    let span = written
        .node
        .get("version")
        .map_or(written.key_span, |node| node.span);
    let was = known.get("member").map(Node::entries).unwrap_or_default();
    let now = member_facts(shape);
    for entry in was {
        let fact = entry.node.as_str().unwrap_or_default();
        let message = match now.iter().find(|(path, _)| *path == entry.key) {
            None if shape.unknown() == Unknown::Keep => continue,
            None => format!("the member `{}` is gone", entry.key),
            Some((_, now)) if now == fact || now.strip_prefix("optional ") == Some(fact) => continue,
            Some((_, now)) => format!("the member `{}` was {fact}, and is {now} now", entry.key),
        };
        tell(
            context,
            rule::SHAPE_CHANGED,
            (span, entry),
            message,
            new_version(),
        );
    }
    for (path, _) in now.iter().filter(|(path, fact)| {
        let is_new = !was.iter().any(|entry| entry.key == *path);
        is_new && !fact.starts_with("optional ") && !is_inside_new(path, was)
    }) {
        context.push(
            rule::SHAPE_CHANGED,
            span,
            format!("the member `{path}` is new and required"),
            format!("make it optional, or {}", new_version()),
        );
    }
}

/// Whether the member stands in a part that is itself new, which is told or is optional.
fn is_inside_new(path: &str, was: &[Entry]) -> bool {
    path.rsplit_once('.').is_some_and(|(parent, _)| {
        let parent = parent.trim_end_matches("[]");
        !was.iter().any(|entry| entry.key == parent)
    })
}

fn new_version() -> String {
    format!("declare a shape with the next version, and keep this one for stored documents; {NEVER_RELEASED}")
}

fn tell(
    context: &mut Context<'_>,
    rule: &'static Rule,
    (span, was): (Span, &Entry),
    message: String,
    help: String,
) {
    let related = (was.key_span, "generated last".into());
    context
        .diagnostics
        .push_related(rule, span, message, help, related);
}
