//! What a table whose rows never change cannot ask for.

use crate::check::context::Context;
use crate::check::table::Draft;
use crate::model::ColumnRole;
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

pub(super) fn check_append_only(context: &mut Context<'_>, draft: &Draft<'_>) {
    if !draft.table.append_only {
        return;
    }
    let mut forbid = |span: Span, what: &str| {
        context.push(
            rule::APPEND_ONLY_CHANGES,
            span,
            format!("an append-only table has no {what}"),
            "its rows never change: remove this, or `append_only`",
        );
    };
    for (key, what) in [
        ("row_version", "row version"),
        ("soft_delete", "soft deletion"),
        ("queue", "queue"),
    ] {
        if let Some(entry) = draft.root.entry(key) {
            forbid(entry.key_span, what);
        }
    }
    if let Some(entry) = draft.root.entry("deletable").filter(|entry| entry.node.is_true()) {
        forbid(entry.key_span, "deletion, but by its retention");
    }
    for entry in draft.root.get("columns").map(Node::entries).unwrap_or_default() {
        for (key, what) in [
            ("on_update", "column that updates set"),
            ("compare_and_swap", "compare-and-swap"),
        ] {
            if let Some(inner) = entry.node.entry(key).filter(|inner| is_asked_for(&inner.node)) {
                forbid(inner.key_span, what);
            }
        }
        let is_status = draft
            .table
            .column(&entry.key)
            .is_some_and(|column| column.role == ColumnRole::Status);
        if is_status {
            forbid(entry.key_span, "status with transitions");
        }
    }
}

/// A key with `false` asks for nothing.
fn is_asked_for(node: &Node) -> bool {
    node.is_true() || node.as_str().is_some()
}
