//! Indexes and unique keys: of columns that row-level security lets an index serve, in a total
//! order, none of them useless.

use std::sync::Arc;

use crate::check::context::{Context, column_names, suggest};
use crate::check::name::check_name;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Direction, Index, OrderColumn, Scope, Table, Tenancy, UniqueKey};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

pub(super) fn check_unique_keys(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    for node in draft.root.get("unique").map(Node::items).unwrap_or_default() {
        let (Some(name), Some(columns)) = (node.get("name"), node.get("columns")) else {
            continue;
        };
        let text = name.as_str().unwrap_or_default();
        check_name(context, "unique key", text, name.span);
        if draft.table.unique_keys.iter().any(|key| key.name == text) {
            context.push(
                rule::DOUBLED_NAME,
                name.span,
                format!("there are two unique keys `{text}`"),
                "rename one of them",
            );
        }
        let columns = check_columns(context, &draft.table, columns);
        if columns.is_empty() {
            continue;
        }
        draft.table.unique_keys.push(UniqueKey {
            name: text.into(),
            columns,
            condition: node.text("where").map(|text| text.trim().into()),
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(name.span),
        });
    }
}

pub(super) fn check_indexes(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let mut spans: Vec<Span> = Vec::new();
    for node in draft.root.get("indexes").map(Node::items).unwrap_or_default() {
        if let Some(index) = check_index(context, &draft.table, node) {
            spans.push(node.get("name").map_or(node.span, |name| name.span));
            draft.table.indexes.push(index);
        }
    }
    check_clashes(context, &draft.table, &spans);
    check_prefixes(context, &draft.table, &spans);
}

fn check_index(context: &mut Context<'_>, table: &Table, node: &Node) -> Option<Index> {
    let name = node.get("name")?;
    let text = name.as_str()?;
    if check_name(context, "index", text, name.span) && !(text.starts_with("by_") && text.len() > 3) {
        context.push(
            rule::INDEX_NAME,
            name.span,
            format!("`{text}` is no name for an index"),
            format!("begin it with `by_`, as the order is read: `by_{text}`"),
        );
    }
    let scope = check_scope(context, table, node);
    let pinned = node
        .get("pinned")
        .map(|list| check_columns(context, table, list))
        .unwrap_or_default();
    let before = context.diagnostics.len();
    let declared_order: Vec<OrderColumn> = node
        .get("order")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| check_order(context, table, item, &pinned))
        .collect();
    if context.diagnostics.len() > before {
        return None;
    }
    if pinned.is_empty() && declared_order.is_empty() {
        if node.get("pinned").is_none() && node.get("order").is_none() {
            context.push(
                rule::INDEX_EMPTY,
                name.span,
                format!("`{text}` has no column"),
                "add `pinned`, `order` or both",
            );
        }
        return None;
    }
    check_partial(context, node);
    Some(Index {
        name: text.into(),
        order: whole_order(table, &pinned, &declared_order, scope),
        pinned,
        declared_order,
        condition: node.text("where").map(|text| text.trim().into()),
        what: node.text("what").map(Into::into),
        scope,
        why: node.text("why").unwrap_or_default().into(),
        place: context.place(name.span),
    })
}

fn check_scope(context: &mut Context<'_>, table: &Table, node: &Node) -> Scope {
    if node.text("scope") != Some("system") {
        return Scope::Tenant;
    }
    if table.tenancy == Tenancy::Global {
        let span = node.get("scope").map_or(node.span, |inner| inner.span);
        context.push(
            rule::SYSTEM_PINS,
            span,
            "a global table has no tenants to read across",
            "remove `scope`",
        );
    }
    Scope::System
}

/// The columns that a list names; each must be there, once, and of a type that an index can serve.
fn check_columns(context: &mut Context<'_>, table: &Table, list: &Node) -> Vec<Arc<Column>> {
    let mut columns: Vec<Arc<Column>> = Vec::new();
    for item in list.items() {
        let Some(name) = item.as_str() else { continue };
        if let Some(column) = usable_column(context, table, name, item.span) {
            if columns.iter().any(|other| other.name == column.name) {
                context.push(
                    rule::INDEX_REPEATS,
                    item.span,
                    format!("`{name}` is there twice"),
                    "name each column once",
                );
            } else {
                columns.push(column);
            }
        }
    }
    columns
}

fn usable_column(context: &mut Context<'_>, table: &Table, name: &str, span: Span) -> Option<Arc<Column>> {
    let Some(column) = table.column(name) else {
        context.push(
            rule::INDEX_COLUMN,
            span,
            format!("there is no column `{name}`"),
            suggest(name, column_names(&table.columns)),
        );
        return None;
    };
    if column.role == ColumnRole::Tenant {
        context.push(
            rule::INDEX_REPEATS,
            span,
            "`tenant_id` is put in front by itself",
            "remove it here",
        );
        return None;
    }
    if !column.column_type.is_leakproof() {
        context.push(
            rule::NOT_LEAKPROOF,
            span,
            format!(
                "an index on `{name}` of type {} is never used under row-level security",
                column.column_type.in_words()
            ),
            "promote what is searched to a column: `paths` makes a stored generated column of a JSON path",
        );
        return None;
    }
    Some(column.clone())
}

fn check_order(
    context: &mut Context<'_>,
    table: &Table,
    item: &Node,
    pinned: &[Arc<Column>],
) -> Option<OrderColumn> {
    let text = item.as_str()?;
    let (name, direction) = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [name] | [name, "asc"] => ((*name).to_string(), Direction::Ascending),
        [name, "desc"] => ((*name).to_string(), Direction::Descending),
        _ => {
            context.push(
                rule::ORDER_FORM,
                item.span,
                format!("`{text}` is no order"),
                "write a column, then nothing, `asc` or `desc`: \"created_at desc\"",
            );
            return None;
        }
    };
    let column = usable_column(context, table, &name, item.span)?;
    if pinned.iter().any(|other| other.name == column.name) {
        context.push(
            rule::INDEX_REPEATS,
            item.span,
            format!("`{name}` is pinned already"),
            "a pinned column has one value: it is no part of the order",
        );
        return None;
    }
    if column.nullable {
        context.push(
            rule::ORDER_NULLABLE,
            item.span,
            format!("`{name}` can be NULL, and a page could lose such rows"),
            "order by a column that is not NULL, or pin this one",
        );
    }
    if column.collation.is_some() {
        context.push(
            rule::ORDER_COLLATION,
            item.span,
            format!("`{name}` has a collation of its own"),
            "order by a text of collation C: other collations differ between machines and versions",
        );
    }
    Some(OrderColumn { column, direction })
}

/// The declared order, then what of the tenant (across tenants) and of the key is missing, so that
/// the order is total and its cursor unique.
fn whole_order(
    table: &Table,
    pinned: &[Arc<Column>],
    declared: &[OrderColumn],
    scope: Scope,
) -> Vec<OrderColumn> {
    if declared.is_empty() {
        return Vec::new();
    }
    let direction = declared
        .last()
        .map_or(Direction::Ascending, |last| last.direction);
    let mut order = declared.to_vec();
    for column in &table.key {
        let is_front = column.role == ColumnRole::Tenant && scope == Scope::Tenant;
        let is_there = order.iter().any(|ordered| ordered.column.name == column.name)
            || pinned.iter().any(|pinned| pinned.name == column.name);
        if !is_front && !is_there {
            order.push(OrderColumn {
                column: column.clone(),
                direction,
            });
        }
    }
    order
}

fn check_partial(context: &mut Context<'_>, node: &Node) {
    match (node.entry("where"), node.get("what")) {
        (Some(condition), None) => context.push(
            rule::PARTIAL_WHAT,
            condition.key_span,
            "nothing names the rows of this partial index",
            "add `what`, the word for them in the index's name: `what = \"active\"`",
        ),
        (None, Some(what)) => context.push(
            rule::PARTIAL_WHAT,
            what.span,
            "this index holds all rows",
            "remove `what`, or say which rows with `where`",
        ),
        (Some(_), Some(what)) => {
            check_name(
                context,
                "kind of row",
                what.as_str().unwrap_or_default(),
                what.span,
            );
        }
        (None, None) => {}
    }
}

fn check_clashes(context: &mut Context<'_>, table: &Table, spans: &[Span]) {
    for (position, index) in table.indexes.iter().enumerate() {
        let earlier = &table.indexes[..position];
        let name = crate::model::name::index(table, index);
        if earlier
            .iter()
            .any(|other| other.name == index.name || crate::model::name::index(table, other) == name)
        {
            context.push(
                rule::INDEX_CLASH,
                spans[position],
                format!("another index is called `{}` or `{name}`", index.name),
                "rename it, or give its rows another `what`",
            );
        }
        if table.column(&index.name).is_some() {
            context.push(
                rule::INDEX_CLASH,
                spans[position],
                format!("a column is called `{}` too", index.name),
                "rename the index: both would be the same name in Rust",
            );
        }
    }
}

/// An index whose columns begin another one, or the key, is never needed.
fn check_prefixes(context: &mut Context<'_>, table: &Table, spans: &[Span]) {
    let signature = |index: &Index| -> Vec<String> {
        let order = index
            .order
            .iter()
            .map(|ordered| format!("{} {}", ordered.column.name, ordered.direction.sql()));
        index
            .pinned
            .iter()
            .map(|column| column.name.clone())
            .chain(order)
            .collect()
    };
    for (position, index) in table.indexes.iter().enumerate() {
        if index.condition.is_some() || index.scope == Scope::System {
            continue;
        }
        let own = signature(index);
        let other = table.indexes.iter().enumerate().find(|(other, candidate)| {
            let theirs = signature(candidate);
            *other != position
                && candidate.condition.is_none()
                && candidate.scope == Scope::Tenant
                && theirs.len() >= own.len()
                && same_start(&own, &theirs)
                && (theirs.len() > own.len() || *other < position)
        });
        if let Some((_, other)) = other {
            context.push(
                rule::INDEX_PREFIX,
                spans[position],
                format!("`{}` is the beginning of `{}`", index.name, other.name),
                "remove it: the longer index serves the same queries",
            );
        }
    }
}

/// Pins without an order serve equality only, so a direction in the longer index does not matter.
fn same_start(own: &[String], theirs: &[String]) -> bool {
    own.iter()
        .zip(theirs)
        .all(|(own, theirs)| own == theirs || theirs.split(' ').next() == Some(own))
}
