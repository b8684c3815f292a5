//! The order in which tables can be made: parents first, then by name; a cycle has none.

use crate::check::context::Context;
use crate::check::table::Draft;
use crate::model::Table;
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

pub(super) fn parents_first(context: &mut Context<'_>, drafts: Vec<Draft<'_>>) -> Vec<Table> {
    let mut waiting = drafts;
    waiting.sort_by(|left, right| left.table.name.cmp(&right.table.name));
    let mut done: Vec<Table> = Vec::new();
    loop {
        let ready = waiting.iter().position(|draft| {
            draft.table.references.iter().all(|reference| {
                reference.parent == draft.table.name
                    || done.iter().any(|table| table.name == reference.parent)
            })
        });
        match ready {
            Some(position) => done.push(waiting.remove(position).table),
            None => break,
        }
    }
    for draft in &waiting {
        let names: Vec<&str> = waiting.iter().map(|draft| draft.table.name.as_str()).collect();
        let blocking = draft
            .table
            .references
            .iter()
            .find(|reference| names.contains(&reference.parent.as_str()));
        if let Some(reference) = blocking {
            context.push(
                rule::REFERENCE_CYCLE,
                reference_span(draft, &reference.column.name),
                format!("the references of {} run in a circle", names.join(", ")),
                "no row of such tables can be inserted first: remove one of the references",
            );
        }
    }
    done
}

fn reference_span(draft: &Draft<'_>, column: &str) -> Span {
    draft
        .root
        .get("columns")
        .and_then(|columns| columns.get(column))
        .and_then(|node: &Node| node.get("references"))
        .map_or(draft.root.span, |node| node.span)
}
