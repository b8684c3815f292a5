//! The order in which tables can be made: parents first, then by name; a cycle has none.

use crate::check::context::Context;
use crate::check::reference::span_of;
use crate::check::table::Draft;
use crate::model::{Reference, Table};
use crate::rule;

pub(super) fn parents_first(context: &mut Context<'_>, drafts: Vec<Draft<'_>>) -> Vec<Table> {
    let mut waiting = drafts;
    waiting.sort_by(|left, right| left.table.name.cmp(&right.table.name));
    let mut done: Vec<Table> = Vec::new();
    loop {
        let ready = waiting.iter().position(|draft| {
            draft.table.references.iter().all(|reference| {
                !points_out(draft, reference) || done.iter().any(|table| table.name == reference.parent)
            })
        });
        match ready {
            Some(position) => done.push(waiting.remove(position).table),
            None => break,
        }
    }
    drop_mere_children(&mut waiting);
    for draft in &waiting {
        let names: Vec<&str> = waiting.iter().map(|draft| draft.table.name.as_str()).collect();
        let blocking = draft
            .table
            .references
            .iter()
            .find(|reference| points_out(draft, reference) && names.contains(&reference.parent.as_str()));
        if let Some(reference) = blocking {
            context.push(
                rule::REFERENCE_CYCLE,
                span_of(draft, reference),
                format!("the references of {} run in a circle", names.join(", ")),
                "no row of such tables can be inserted first: remove one of the references",
            );
        }
    }
    done
}

/// Tables that hang from a circle, with no other of it below them, are not part of it.
fn drop_mere_children(waiting: &mut Vec<Draft<'_>>) {
    while let Some(position) = waiting.iter().position(|draft| {
        !waiting.iter().any(|other| {
            let mut references = other.table.references.iter();
            references.any(|reference| points_out(other, reference) && reference.parent == draft.table.name)
        })
    }) {
        waiting.remove(position);
    }
}

/// Whether the reference leads to another table: one that leads to its own is no circle.
fn points_out(draft: &Draft<'_>, reference: &Reference) -> bool {
    reference.parent != draft.table.name
}
