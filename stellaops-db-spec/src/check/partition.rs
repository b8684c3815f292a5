//! Partitions by month: the key that finds them, and what a table cannot have beside them.

use std::sync::Arc;

use crate::check::context::Context;
use crate::check::retention::named_column;
use crate::check::table::Draft;
use crate::model::{Column, ColumnType, Partition, name};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// How many months are made ahead where the spec does not say.
const AHEAD: i64 = 3;
/// Ten years.
const MAX_AHEAD: i64 = 120;

pub(super) fn check_partition(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("partition").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    let ahead = check_ahead(context, node);
    check_name(context, draft, entry.key_span);
    check_alone(context, draft);
    let by = check_by(context, draft, node);
    if let Some(by) = &by {
        check_unique_keys(context, draft, by);
    }
    if let (Some(ahead), Some(by)) = (ahead, by) {
        draft.table.partition = Some(Partition {
            by,
            ahead,
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(entry.key_span),
        });
    }
}

fn check_ahead(context: &mut Context<'_>, node: &Node) -> Option<i32> {
    let written = node.integer("ahead").unwrap_or(AHEAD);
    let ahead = i32::try_from(written).ok();
    let good = ahead.filter(|_| (1..=MAX_AHEAD).contains(&written));
    if good.is_none() {
        context.push(
            rule::PARTITION_KEY,
            node.get("ahead").map_or(node.span, |inner| inner.span),
            format!("partitions cannot be made {written} months ahead"),
            format!("write a number of months from 1 to {MAX_AHEAD}: rows of a month without its partition are refused"),
        );
    }
    good
}

/// A partition is called as the table, with its month behind.
fn check_name(context: &mut Context<'_>, draft: &Draft<'_>, span: Span) {
    let room = name::MAX_BYTES - name::PARTITION_SUFFIX_BYTES;
    if draft.table.name.len() > room {
        context.push(
            rule::PARTITION_KEY,
            span,
            format!(
                "`{}` leaves no room for the month in the names of its partitions",
                draft.table.name
            ),
            format!("shorten the table's name to {room} bytes"),
        );
    }
}

fn check_by(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Arc<Column>> {
    let by = named_column(context, draft, node, "by", rule::PARTITION_KEY)?;
    let is_first = draft
        .table
        .own_key()
        .first()
        .is_some_and(|first| first.name == by.name);
    let is_time = by.column_type == ColumnType::TimestampTz;
    if is_time && (is_first || !draft.is_key_good) {
        return Some(by);
    }
    context.push(
        rule::PARTITION_KEY,
        node.get("by").map_or(node.span, |inner| inner.span),
        format!("the month of `{}` cannot decide about the partition", by.name),
        match is_time {
            true => format!("begin the key with it: `key = [\"{}\", …]`; a partitioned table is unique by what decides about the partition", by.name),
            false => "name a timestamptz column, the first of the key".into(),
        },
    );
    None
}

fn check_alone(context: &mut Context<'_>, draft: &Draft<'_>) {
    for (key, what) in [("queue", "queue"), ("soft_delete", "soft deletion")] {
        if let Some(entry) = draft.root.entry(key) {
            context.push(
                rule::PARTITION_ALONE,
                entry.key_span,
                format!("a partitioned table has no {what}"),
                "its rows are written once and go with their month: remove this, or the partitions",
            );
        }
    }
}

fn check_unique_keys(context: &mut Context<'_>, draft: &Draft<'_>, by: &Column) {
    for key in &draft.table.unique_keys {
        if key.columns.iter().any(|column| column.name == by.name) {
            continue;
        }
        let items = draft.root.get("unique").map(Node::items).unwrap_or_default();
        let written = items.iter().find(|item| item.text("name") == Some(&key.name));
        context.push(
            rule::PARTITION_UNIQUE,
            written
                .and_then(|item| item.get("columns"))
                .map_or(draft.root.span, |columns| columns.span),
            format!("`{}` cannot be kept unique across months", key.name),
            format!("add `{}` to it, or make it an index", by.name),
        );
    }
}

/// What points at a partitioned table would have to hold its time as well, and keep its months from going.
pub(super) fn check_referrers(context: &mut Context<'_>, drafts: &[Draft<'_>]) {
    for draft in drafts {
        let columns = draft.root.get("columns").map(Node::entries).unwrap_or_default();
        let single = columns.iter().filter_map(|column| column.node.get("references"));
        let composite = draft.root.get("references").map(Node::items).unwrap_or_default();
        let composite = composite.iter().filter_map(|reference| reference.get("to"));
        for target in single.chain(composite) {
            let is_partitioned = drafts.iter().any(|other| {
                Some(other.table.name.as_str()) == target.as_str() && other.table.partition.is_some()
            });
            if is_partitioned {
                context.push(
                    rule::PARTITION_ALONE,
                    target.span,
                    "a reference cannot point at a partitioned table",
                    "hold the id without a reference: a month that is detached takes its rows along",
                );
            }
        }
    }
}
