//! Queues: the columns of the lease, the two statuses, the order.

use std::sync::Arc;

use crate::check::context::{Context, column_names, suggest};
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, ColumnType, Default, Literal, Queue};
use crate::rule;
use crate::syntax::Node;

pub(super) fn check_queue(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(node) = draft.root.get("queue") else {
        return;
    };
    if node.faulty {
        return;
    }
    let status = check_column(
        context,
        draft,
        node,
        "status",
        "a status with transitions",
        |column| column.role == ColumnRole::Status,
    );
    let lease_expires_at = check_column(
        context,
        draft,
        node,
        "lease_expires_at",
        "a nullable timestamptz",
        |column| column.column_type == ColumnType::TimestampTz && column.nullable,
    );
    let leased_by = check_column(context, draft, node, "leased_by", "a nullable text", |column| {
        column.column_type == ColumnType::Text && column.nullable
    });
    let attempts = check_column(
        context,
        draft,
        node,
        "attempts",
        "an integer, not NULL, with `default = 0`",
        |column| {
            let zero = Some(Default::Literal(Literal::Integer(0)));
            column.column_type == ColumnType::Integer && !column.nullable && column.default == zero
        },
    );
    let Some(status) = status else { return };
    let statuses = check_statuses(context, node, &status);
    let order = check_order(context, draft, node, &status);
    if let (Some(lease_expires_at), Some(leased_by), Some(attempts), Some((ready, running)), Some(order)) =
        (lease_expires_at, leased_by, attempts, statuses, order)
    {
        draft.table.queue = Some(Queue {
            status,
            ready,
            running,
            lease_expires_at,
            leased_by,
            attempts,
            order,
        });
    }
}

fn check_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    key: &str,
    wanted: &str,
    fits: impl Fn(&Column) -> bool,
) -> Option<Arc<Column>> {
    let named = node.get(key)?;
    let name = named.as_str()?;
    match draft.table.column(name) {
        Some(column) if fits(column) => Some(column.clone()),
        Some(_) => {
            context.push(
                rule::QUEUE_COLUMN,
                named.span,
                format!("`{name}` cannot be the queue's `{key}`"),
                format!("it should be {wanted}"),
            );
            None
        }
        None if !draft.lacks_column(name) => None,
        None => {
            context.push(
                rule::QUEUE_COLUMN,
                named.span,
                format!("there is no column `{name}`"),
                suggest(name, column_names(&draft.table.columns)),
            );
            None
        }
    }
}

/// The SQL literals of the two statuses; claiming must be a legal step.
fn check_statuses(context: &mut Context<'_>, node: &Node, status: &Column) -> Option<(String, String)> {
    let declared = status.declared_enum()?;
    let mut literal = |key: &str| {
        let named = node.get(key)?;
        let name = named.as_str()?;
        match declared.value(name) {
            Some(value) => Some(declared.sql_literal(value)),
            None => {
                let help = suggest(name, declared.values.iter().map(|value| value.name.as_str()));
                context.push(
                    rule::QUEUE_STATUS,
                    named.span,
                    format!("`{name}` is no value of `{}`", declared.name),
                    help,
                );
                None
            }
        }
    };
    let (ready, running) = (literal("ready"), literal("running"));
    let (ready, running) = (ready?, running?);
    let (from, to) = (node.text("ready")?, node.text("running")?);
    let legal = declared
        .transitions
        .iter()
        .any(|step| step.from == from && step.to.iter().any(|name| name == to));
    if !legal {
        let span = node.get("running").map_or(node.span, |inner| inner.span);
        context.push(
            rule::QUEUE_STATUS,
            span,
            format!("`{from}` -> `{to}` is no legal step of `{}`", declared.name),
            "claiming a row is that step: add it to the enum's transitions",
        );
        return None;
    }
    Some((ready, running))
}

fn check_order(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node, status: &Column) -> Option<String> {
    let named = node.get("order")?;
    let name = named.as_str()?;
    let index = draft.table.index(name);
    let good = index.is_some_and(|index| {
        matches!(index.pinned.as_slice(), [only] if only.name == status.name) && !index.order.is_empty()
    });
    if draft.faulty_indexes.iter().any(|faulty| faulty == name) {
        return None;
    }
    if index.is_none() {
        let known = draft.table.indexes.iter().map(|index| index.name.as_str());
        let message = format!("there is no index `{name}`");
        context.push(rule::QUEUE_ORDER, named.span, message, suggest(name, known));
        return None;
    }
    if !good {
        context.push(
            rule::QUEUE_ORDER,
            named.span,
            format!("`{name}` is no order for the queue"),
            format!("name an index that pins `{}` alone and has an order", status.name),
        );
        return None;
    }
    Some(name.into())
}
