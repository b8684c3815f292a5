//! Former versions of a document: shapes of their own, which stored rows still have.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::model::Shape;
use crate::rule;
use crate::syntax::{Entry, Node};

/// The shapes that `former` names.
pub(super) fn check_former(
    context: &mut Context<'_>,
    entry: &Entry,
    version: &str,
    declared: &Declared,
) -> Vec<Arc<Shape>> {
    let mut former: Vec<Arc<Shape>> = Vec::new();
    for item in entry.node.get("former").map(Node::items).unwrap_or_default() {
        let name = item.as_str().unwrap_or_default();
        let documents = declared.shapes.iter().filter(|shape| shape.version().is_some());
        let Some(shape) = documents.clone().find(|shape| shape.name == name) else {
            if declared.lacks_shape(name) {
                let help = suggest(name, documents.map(|shape| shape.name.as_str()));
                context.push(
                    rule::SHAPE_FORMER,
                    item.span,
                    format!("there is no document `{name}`"),
                    help,
                );
            }
            continue;
        };
        let theirs = shape.version().unwrap_or_default();
        if !is_before(theirs, version) {
            context.push(
                rule::SHAPE_FORMER,
                item.span,
                format!("`{name}` is `{theirs}`, which is no former version of `{version}`"),
                "a former version has the same name in front of `@`, and a smaller number behind it",
            );
        } else if former.iter().any(|other| other.version() == shape.version()) {
            context.push(
                rule::SHAPE_FORMER,
                item.span,
                format!("`{theirs}` is named twice"),
                "name each former version once",
            );
        } else {
            former.push(shape.clone());
        }
    }
    former
}

fn is_before(former: &str, version: &str) -> bool {
    let split = |text: &str| {
        let (name, number) = text.split_once('@')?;
        Some((name.to_owned(), number.parse::<u16>().ok()?))
    };
    match (split(former), split(version)) {
        (Some((own, earlier)), Some((name, later))) => own == name && earlier < later,
        // A version that is none has been told.
        _ => true,
    }
}
