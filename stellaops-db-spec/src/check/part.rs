//! Parts of documents: the order in which they are resolved, and the part that a member names.

use std::sync::Arc;

use crate::check::context::{Context, Declared, suggest};
use crate::model::{Item, MemberType, Shape};
use crate::rule;
use crate::syntax::{Entry, Node};

/// Parts in an order in which each stands behind those that it holds. Parts in a circle are reported,
/// and left out with all that hold them.
pub(super) fn inner_first<'a>(context: &mut Context<'_>, parts: Vec<&'a Entry>) -> Vec<&'a Entry> {
    let mut waiting = parts;
    let mut ready = Vec::new();
    while let Some(position) = waiting
        .iter()
        .position(|part| !waiting.iter().any(|other| holds(part, other)))
    {
        ready.push(waiting.remove(position));
    }
    // What only holds a circle, and is held by none that waits, is no part of it.
    while let Some(position) = waiting
        .iter()
        .position(|part| !waiting.iter().any(|other| holds(other, part)))
    {
        waiting.remove(position);
    }
    for part in &waiting {
        let names: Vec<&str> = waiting.iter().map(|other| other.key.as_str()).collect();
        let blocking = named_parts(part).find(|node| node.as_str().is_some_and(|name| names.contains(&name)));
        if let Some(blocking) = blocking {
            context.push(
                rule::PART_CYCLE,
                blocking.span,
                format!("the part `{}` holds itself", part.key),
                format!(
                    "the parts in the circle: {}; make one of the members a free object",
                    names.join(", ")
                ),
            );
        }
    }
    ready
}

/// The part that a member's `shape` names. A member with a fault in that has no use: none, and the
/// inner option says whether there is a part at all.
pub(super) fn check_shape(
    context: &mut Context<'_>,
    node: &Node,
    member_type: MemberType,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<Option<Arc<Shape>>> {
    let Some(written) = node.entry("shape") else {
        return Some(None);
    };
    if member_type.item() != Item::Object {
        let help = match member_type {
            MemberType::List(_) | MemberType::Map(_) => "write `of = \"object\"` beside it, or remove it",
            _ => "make the member an object, or a list or map `of = \"object\"`; or remove `shape`",
        };
        context.push(
            rule::MEMBER_SHAPE,
            written.key_span,
            format!(
                "a member of type {} holds no object to have a shape",
                member_type.in_words()
            ),
            help,
        );
        return None;
    }
    let name = written.node.as_str()?;
    let found = declared
        .shapes
        .iter()
        .find(|shape| shape.is_part() && shape.name == name);
    if found.is_none() {
        no_part(context, &written.node, name, entries, declared);
    }
    found.cloned().map(Some)
}

/// Says why there is no part of that name; nothing when the fault is the part's own.
fn no_part(context: &mut Context<'_>, node: &Node, name: &str, entries: &[&Entry], declared: &Declared) {
    let written = entries.iter().find(|entry| entry.key == name);
    if written.is_some_and(|entry| !entry.node.flag("part")) {
        context.push(
            rule::MEMBER_SHAPE,
            node.span,
            format!("`{name}` is a document of its own, and no part"),
            "declare a shape with `part = true` for what stands inside, and name that",
        );
    } else if declared.lacks_shape(name) {
        let parts = entries.iter().filter(|entry| entry.node.flag("part"));
        let help = suggest(name, parts.map(|entry| entry.key.as_str()));
        context.push(
            rule::MEMBER_SHAPE,
            node.span,
            format!("no part `{name}` is declared in this schema"),
            help,
        );
    }
}

fn holds(part: &Entry, other: &Entry) -> bool {
    named_parts(part).any(|node| node.as_str() == Some(other.key.as_str()))
}

fn named_parts(part: &Entry) -> impl Iterator<Item = &Node> {
    let members = part.node.get("members").map(Node::entries).unwrap_or_default();
    members.iter().filter_map(|member| member.node.get("shape"))
}
