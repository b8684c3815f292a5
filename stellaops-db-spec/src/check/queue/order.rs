//! The indexes of a queue: its order, those whose lease ran out, those whose time has come.

use std::sync::Arc;

use crate::check::context::{Context, suggest};
use crate::check::queue::columns::QueueColumns;
use crate::check::table::Draft;
use crate::model::{Column, Direction, Index, QueueSteps, Scope};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// The name of the index whose order is the queue's.
pub(super) fn check_order(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    steps: Option<&QueueSteps>,
    columns: &QueueColumns,
) -> Option<String> {
    let named = node.get("order")?;
    let name = named.as_str()?;
    // A faulty index may have been the one.
    if draft.faulty_indexes.iter().any(|faulty| faulty == name) {
        return None;
    }
    let Some(index) = draft.table.index(name) else {
        let known = draft.table.indexes.iter().map(|index| index.name.as_str());
        let message = format!("there is no index `{name}`");
        context.push(rule::QUEUE_ORDER, named.span, message, suggest(name, known));
        return None;
    };
    let wanted = wanted_order(index, steps, columns);
    if let Some(wanted) = wanted {
        context.push(
            rule::QUEUE_ORDER,
            named.span,
            format!("`{name}` is no order for the queue"),
            wanted,
        );
        return None;
    }
    if draft.faulty_indexes.is_empty() && columns.are_good(node) {
        check_served(context, draft, named.span, steps, columns);
    }
    Some(name.into())
}

/// What an index lacks to be the queue's order.
fn wanted_order(index: &Index, steps: Option<&QueueSteps>, columns: &QueueColumns) -> Option<String> {
    let (pins, pins_in_words) = match steps {
        Some(steps) => (
            matches!(index.pinned.as_slice(), [only] if only.name == steps.status.name),
            format!("pins `{}` alone", steps.status.name),
        ),
        None => (index.pinned.is_empty(), "pins nothing".into()),
    };
    let waits_elsewhere = steps.is_some_and(|steps| steps.waiting.is_some());
    let time = columns.scheduled_for.as_ref().filter(|_| !waits_elsewhere);
    let (ordered, ordered_in_words) = match time {
        Some(time) => (
            begins_with(index, time),
            format!("whose order begins with `{}`", time.name),
        ),
        None => (!index.order.is_empty(), "that has an order".into()),
    };
    let good = pins && ordered && index.scope == Scope::Tenant;
    (!good).then(|| format!("name an index of the tenant that {pins_in_words} and {ordered_in_words}"))
}

/// Whether ascending times are what the index gives.
fn begins_with(index: &Index, time: &Column) -> bool {
    let first = index.order.first();
    first.is_some_and(|first| first.column.name == time.name && first.direction == Direction::Ascending)
}

/// What every claim looks for beside the order.
fn check_served(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    span: Span,
    steps: Option<&QueueSteps>,
    columns: &QueueColumns,
) {
    let Some(steps) = steps else { return };
    let status = &steps.status;
    let mut missing = |what: &str, time: &Column| {
        context.push(
            rule::QUEUE_ORDER,
            span,
            format!("no index finds the rows {what}"),
            format!(
                "add an index that holds `{}` and then `{}`: every claim looks for them, and reads the whole table otherwise",
                status.name, time.name
            ),
        );
    };
    if let Some(time) = columns
        .lease_expires_at
        .as_ref()
        .filter(|time| !is_served(draft, status, time))
    {
        missing("whose lease ran out", time);
    }
    let waits = columns.scheduled_for.as_ref().filter(|_| steps.waiting.is_some());
    if let Some(time) = waits.filter(|time| !is_served(draft, status, time)) {
        missing("whose time has come", time);
    }
}

/// Whether an index of the tenant holds the status and then the time.
fn is_served(draft: &Draft<'_>, status: &Column, time: &Column) -> bool {
    draft.table.indexes.iter().any(|index| {
        let mut columns = index.columns().map(|column: &Arc<Column>| column.name.as_str());
        index.scope == Scope::Tenant
            && columns.next() == Some(status.name.as_str())
            && columns.next() == Some(time.name.as_str())
    })
}
