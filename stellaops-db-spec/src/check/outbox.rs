//! Outboxes: facts of tenants, numbered by the database, and an index that has the order of the numbers.

use crate::check::context::Context;
use crate::check::retention::named_column;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Outbox, Scope, Tenancy};
use crate::rule;
use crate::syntax::{Entry, Node};

pub(super) fn check_outbox(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("outbox").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    let is_of_facts = check_table(context, draft, entry);
    let Some(number) = named_column(context, draft, node, "number", rule::OUTBOX) else {
        return;
    };
    if number.role != ColumnRole::Identity {
        context.push(
            rule::OUTBOX,
            node.get("number").map_or(node.span, |inner| inner.span),
            format!("`{}` does not number the events", number.name),
            "name the column of the key with `identity = true`, which the database numbers",
        );
        return;
    }
    if is_of_facts {
        check_order(context, draft, node, &number);
    }
    draft.table.outbox = Some(Outbox {
        number,
        why: node.text("why").unwrap_or_default().into(),
        place: context.place(entry.key_span),
    });
}

fn check_table(context: &mut Context<'_>, draft: &Draft<'_>, entry: &Entry) -> bool {
    let table = &draft.table;
    let is_of_facts = table.append_only && table.tenancy == Tenancy::Tenant;
    if !is_of_facts {
        context.push(
            rule::OUTBOX,
            entry.key_span,
            format!("rows of `{}` cannot be delivered as events", table.name),
            "an outbox holds the facts of each tenant: `append_only = true` and `tenancy = \"tenant\"`",
        );
    }
    if table.partition.is_some() {
        context.push(
            rule::OUTBOX,
            entry.key_span,
            format!("events of `{}` could leave before they are delivered", table.name),
            "take `[partition]` out: a month is detached as a whole, whoever is still to be given its events; `[retention]` alone waits for them",
        );
    }
    is_of_facts
}

fn check_order(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node, number: &Column) {
    let is_served = draft.table.indexes.iter().any(|index| {
        let first = index.order.first();
        index.condition.is_none()
            && index.scope == Scope::System
            && index.pinned.is_empty()
            && first.is_some_and(|first| first.column.name == number.name)
    });
    // A faulty index may have been the one.
    if is_served || !draft.faulty_indexes.is_empty() {
        return;
    }
    context.push(
        rule::OUTBOX,
        node.get("number").map_or(node.span, |inner| inner.span),
        format!("no index has the order of `{}` across tenants", number.name),
        format!(
            "add an index with `order = [\"{}\"]` and `scope = \"system\"`: events of all tenants are read in that order",
            number.name
        ),
    );
}
