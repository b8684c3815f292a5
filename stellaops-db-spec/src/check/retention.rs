//! Retentions: the time that counts, the days, the index that finds what is past them.

use std::sync::Arc;

use crate::check::context::{Context, column_names, suggest};
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, ColumnType, Retention, Scope, Table, Tenancy};
use crate::rule::{self, Rule};
use crate::syntax::Node;

/// A hundred years.
const MAX_DAYS: i64 = 36_500;

pub(super) fn check_retention(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("retention").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    let days = check_days(context, node);
    let column = check_column(context, draft, node);
    if let Some(column) = column.as_ref().filter(|_| draft.root.get("partition").is_none()) {
        check_index(context, draft, node, column);
    }
    if let (Some(days), Some(column)) = (days, column) {
        draft.table.retention = Some(Retention {
            column,
            days,
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(entry.key_span),
        });
    }
}

/// The column under a key of a node; told with the rule when there is none of the name.
pub(super) fn named_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    key: &str,
    rule: &'static Rule,
) -> Option<Arc<Column>> {
    let named = node.get(key)?;
    let name = named.as_str()?;
    let found = draft.table.column(name);
    if found.is_none() && draft.lacks_column(name) {
        context.push(
            rule,
            named.span,
            format!("there is no column `{name}`"),
            suggest(name, column_names(&draft.table.columns)),
        );
    }
    found.cloned()
}

fn check_days(context: &mut Context<'_>, node: &Node) -> Option<i32> {
    let written = node.integer("days")?;
    let days = i32::try_from(written).ok();
    let good = days.filter(|days| (1..=MAX_DAYS).contains(&i64::from(*days)));
    if good.is_none() {
        context.push(
            rule::RETENTION_DAYS,
            node.get("days").map_or(node.span, |inner| inner.span),
            format!("rows cannot be kept for {written} days"),
            format!("write a number of days from 1 to {MAX_DAYS}"),
        );
    }
    good
}

fn check_column(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Arc<Column>> {
    let column = named_column(context, draft, node, "column", rule::RETENTION_COLUMN)?;
    let is_time = column.column_type == ColumnType::TimestampTz && !column.nullable;
    let is_fixed = draft.table.append_only || matches!(column.role, ColumnRole::Key | ColumnRole::Immutable);
    // What may be deleted at any time may as well be kept longer.
    let is_fixed = is_fixed || draft.table.is_deletable();
    let month = draft
        .root
        .get("partition")
        .and_then(|partition| partition.text("by"));
    let help = match (is_time, is_fixed, month) {
        (false, ..) => "name a timestamptz column that is not NULL".into(),
        (_, false, _) => format!("add `immutable = true` to `{}`", column.name),
        (.., Some(month)) if month != column.name => {
            format!(
                "name `{month}`: whole months are detached, so the age is counted from the column that decides the month"
            )
        }
        _ => return Some(column),
    };
    context.push(
        rule::RETENTION_COLUMN,
        node.get("column").map_or(node.span, |inner| inner.span),
        format!("the age of a row cannot be counted from `{}`", column.name),
        help,
    );
    None
}

fn check_index(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node, column: &Column) {
    // A faulty index may have been the one.
    if !draft.faulty_indexes.is_empty() || is_served(&draft.table, column) {
        return;
    }
    let scope = match draft.table.tenancy {
        Tenancy::Global => "",
        _ => ", `scope = \"system\"`",
    };
    context.push(
        rule::RETENTION_INDEX,
        node.get("column").map_or(node.span, |inner| inner.span),
        format!("no index finds the oldest rows by `{}`", column.name),
        format!(
            "add an index with `order = [\"{}\"]`{scope} and without `where`; a purge reads the whole table otherwise",
            column.name
        ),
    );
}

/// Whether an index of all rows begins with the column, without a tenant in front.
fn is_served(table: &Table, column: &Column) -> bool {
    let is_column = |first: Option<&Arc<Column>>| first.is_some_and(|first| first.name == column.name);
    let is_global = table.tenancy == Tenancy::Global;
    let by_index = table.indexes.iter().any(|index| {
        index.condition.is_none()
            && index.served_by.is_none()
            && (is_global || index.scope == Scope::System)
            && is_column(index.columns().next())
    });
    let mut unique = table.unique_keys.iter();
    let by_key = is_column(table.own_key().first().copied())
        || unique.any(|key| key.condition.is_none() && is_column(key.columns.first()));
    by_index || is_global && by_key
}
