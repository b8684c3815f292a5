//! Indexes and unique keys: of columns that row-level security lets an index serve, in a total
//! order, none of them useless.

use std::sync::Arc;

use crate::check::condition::check_condition;
use crate::check::context::{Context, column_names, suggest};
use crate::check::name::check_name;
use crate::check::redundant;
use crate::check::sensitive;
use crate::check::served_by::check_served_by;
use crate::check::table::Draft;
use crate::model::{
    Column, ColumnRole, Direction, Index, Nulls, OrderColumn, Scope, Table, Tenancy, UniqueKey,
};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

pub(super) fn check_unique_keys(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    for node in draft.root.get("unique").map(Node::items).unwrap_or_default() {
        let (Some(name), Some(columns)) = (node.get("name"), node.get("columns")) else {
            draft.faulty_indexes.push(String::new());
            continue;
        };
        let text = name.as_str().unwrap_or_default();
        check_name(context, "unique key", text, name.span);
        if node.faulty {
            draft.faulty_indexes.push(text.into());
            continue;
        }
        if draft.table.unique_keys.iter().any(|key| key.name == text) {
            context.push(
                rule::DOUBLED_NAME,
                name.span,
                format!("there are two unique keys `{text}`"),
                "rename one of them",
            );
        }
        let Some(columns) = check_columns(context, draft, columns) else {
            draft.faulty_indexes.push(text.into());
            continue;
        };
        if columns.is_empty() {
            context.push(
                rule::INDEX_EMPTY,
                name.span,
                format!("`{text}` has no column"),
                "name the columns in which no two rows may agree",
            );
            continue;
        }
        draft.table.unique_keys.push(UniqueKey {
            name: text.into(),
            columns,
            condition: condition(context, node),
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(name.span),
        });
    }
}

pub(super) fn check_indexes(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let mut spans: Vec<Span> = Vec::new();
    for node in draft.root.get("indexes").map(Node::items).unwrap_or_default() {
        match check_index(context, draft, node) {
            Some(index) => {
                spans.push(node.get("name").map_or(node.span, |name| name.span));
                draft.table.indexes.push(index);
            }
            None => draft
                .faulty_indexes
                .push(node.text("name").unwrap_or_default().into()),
        }
    }
    redundant::check_clashes(context, draft, &spans);
    redundant::check_prefixes(context, draft, &spans);
}

fn check_index(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Index> {
    let table = &draft.table;
    let name = node.get("name")?;
    let text = name.as_str()?;
    if check_name(context, "index", text, name.span) && !(text.starts_with("by_") && text.len() > 3) {
        context.push(
            rule::INDEX_NAME,
            name.span,
            format!("`{text}` is no name for an index"),
            match text.strip_prefix("by_") {
                Some(_) => "say after `by_` what it is sorted or found by: `by_status_newest`".into(),
                None => format!("begin it with `by_`, as the order is read: `by_{text}`"),
            },
        );
    }
    if node.faulty {
        return None;
    }
    let scope = check_scope(context, table, node);
    let pinned = match node.get("pinned") {
        Some(list) => check_columns(context, draft, list),
        None => Some(Vec::new()),
    };
    let order = check_whole_order(context, draft, node, pinned.as_deref().unwrap_or_default());
    let (pinned, declared_order) = (pinned?, order?);
    check_partial(context, node);
    let (served_by, order) = match node.get("served_by") {
        Some(_) => {
            let (key, order) = check_served_by(context, draft, node, &pinned, &declared_order)?;
            (Some(key), order)
        }
        None if pinned.is_empty() && declared_order.is_empty() => {
            context.push(
                rule::INDEX_EMPTY,
                name.span,
                format!("`{text}` has no column"),
                "add `pinned`, `order` or both",
            );
            return None;
        }
        None => (None, whole_order(table, &pinned, &declared_order, scope)),
    };
    Some(Index {
        name: text.into(),
        order,
        pinned,
        declared_order,
        condition: condition(context, node),
        what: node.text("what").map(Into::into),
        scope,
        served_by,
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

/// The condition of a partial index or unique key; what is no expression is passed over.
fn condition(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let written = node
        .get("where")
        .filter(|written| check_condition(context, written))?;
    written.as_str().map(|text| text.trim().into())
}

/// The columns that a list names; each must be there, once, and of a type that an index can serve.
/// Nothing if one of them is not, so that no shorter index is judged in its place.
fn check_columns(context: &mut Context<'_>, draft: &Draft<'_>, list: &Node) -> Option<Vec<Arc<Column>>> {
    let mut columns: Vec<Arc<Column>> = Vec::new();
    let mut good = true;
    for item in list.items() {
        let name = item.as_str().unwrap_or_default();
        match usable_column(context, draft, name, item.span) {
            Some(column) if columns.iter().any(|other| other.name == column.name) => {
                context.push(
                    rule::INDEX_REPEATS,
                    item.span,
                    format!("`{name}` is there twice"),
                    "name each column once",
                );
            }
            Some(column) => {
                sensitive::check_look_up(context, &column, item.span);
                columns.push(column);
            }
            None => good = false,
        }
    }
    good.then_some(columns)
}

fn check_whole_order(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    pinned: &[Arc<Column>],
) -> Option<Vec<OrderColumn>> {
    let mut order: Vec<OrderColumn> = Vec::new();
    let mut good = true;
    for item in node.get("order").map(Node::items).unwrap_or_default() {
        match check_order(context, draft, item, pinned) {
            Some(next) if order.iter().any(|other| other.column.name == next.column.name) => {
                context.push(
                    rule::INDEX_REPEATS,
                    item.span,
                    format!("the order names `{}` twice", next.column.name),
                    "remove one: the second never decides",
                );
            }
            Some(next) => order.push(next),
            None => good = false,
        }
    }
    good.then_some(order)
}

fn usable_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    name: &str,
    span: Span,
) -> Option<Arc<Column>> {
    let Some(column) = draft.table.column(name) else {
        if !draft.lacks_column(name) {
            return None;
        }
        context.push(
            rule::INDEX_COLUMN,
            span,
            format!("there is no column `{name}`"),
            suggest(name, column_names(&draft.table.columns)),
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
        let uses = match draft.table.is_row_secured() {
            true => "is never used under row-level security",
            false => "finds whole values only, never what is inside",
        };
        context.push(
            rule::NOT_LEAKPROOF,
            span,
            format!(
                "an index on `{name}` of type {} {uses}",
                column.column_type.in_words()
            ),
            match column.column_type.is_array() {
                true => "what is searched in an array belongs in a table of its own, a row an element",
                false => "promote what is searched: `paths` makes a stored generated column of a JSON path",
            },
        );
        return None;
    }
    if column.collation.is_some() {
        context.push(
            rule::ORDER_COLLATION,
            span,
            format!("`{name}` has a collation of its own"),
            "use a text of collation C: other collations differ between machines and versions",
        );
        return None;
    }
    Some(column.clone())
}

fn check_order(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    item: &Node,
    pinned: &[Arc<Column>],
) -> Option<OrderColumn> {
    let text = item.as_str()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some((name, direction, nulls)) = order_words(&words) else {
        context.push(
            rule::ORDER_FORM,
            item.span,
            format!("`{text}` is no order"),
            "write a column, then nothing, `asc` or `desc`, and of a nullable column `nulls first` or `nulls last`: \"created_at desc\"",
        );
        return None;
    };
    let column = usable_column(context, draft, name, item.span)?;
    if pinned.iter().any(|other| other.name == column.name) {
        context.push(
            rule::INDEX_REPEATS,
            item.span,
            format!("`{name}` is pinned already"),
            "a pinned column has one value: it is no part of the order",
        );
        return None;
    }
    if !sensitive::check_order(context, &column, item.span) {
        return None;
    }
    check_nulls(context, &column, text, nulls, item.span).then_some(OrderColumn {
        column,
        direction,
        nulls,
    })
}

/// The parts of an order, as it is written.
fn order_words<'a>(words: &[&'a str]) -> Option<(&'a str, Direction, Option<Nulls>)> {
    let (words, nulls) = match words {
        [words @ .., "nulls", "first"] => (words, Some(Nulls::First)),
        [words @ .., "nulls", "last"] => (words, Some(Nulls::Last)),
        words => (words, None),
    };
    match words {
        [name] | [name, "asc"] => Some((name, Direction::Ascending, nulls)),
        [name, "desc"] => Some((name, Direction::Descending, nulls)),
        _ => None,
    }
}

/// Where NULLs stand is said of each column that can be NULL, and of no other.
fn check_nulls(
    context: &mut Context<'_>,
    column: &Column,
    text: &str,
    nulls: Option<Nulls>,
    span: Span,
) -> bool {
    let (message, help) = match (column.nullable, nulls) {
        (true, None) => (
            format!(
                "`{}` can be NULL, and nothing says where such rows stand",
                column.name
            ),
            format!(
                "write `{text} nulls last` or `{text} nulls first`, pin the column, or order by one that is never NULL"
            ),
        ),
        (false, Some(_)) => (
            format!("`{}` is never NULL", column.name),
            "remove `nulls first` or `nulls last`".into(),
        ),
        _ => return true,
    };
    context.push(rule::ORDER_NULLABLE, span, message, help);
    false
}

/// The declared order, then what of the key is missing, so that the order is total and its cursor unique.
/// The tenant is part of it where rows of several are read: across tenants with the key, and last of all
/// where those of `@global` are read too, since a key is unique within a tenant only.
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
    let key = table
        .key
        .iter()
        .filter(|column| column.role != ColumnRole::Tenant || scope == Scope::System);
    let reads_global = table.tenancy == Tenancy::TenantOrGlobal && scope == Scope::Tenant;
    let tenant = table.tenant_column().filter(|_| reads_global);
    let mut order = declared.to_vec();
    for column in key.chain(tenant) {
        let is_there = order.iter().any(|ordered| ordered.column.name == column.name)
            || pinned.iter().any(|pinned| pinned.name == column.name);
        if !is_there {
            order.push(OrderColumn::never_null(column, direction));
        }
    }
    order
}

fn check_partial(context: &mut Context<'_>, node: &Node) {
    match (node.entry("where"), node.get("what")) {
        // The name of a key's index says nothing of its rows.
        (Some(_), None) if node.get("served_by").is_some() => {}
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
