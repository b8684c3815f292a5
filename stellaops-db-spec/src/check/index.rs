//! Indexes and unique keys: of columns that row-level security lets an index serve, in a total
//! order, none of them useless.

use std::sync::Arc;

use crate::check::condition::check_condition;
use crate::check::context::{Context, column_names, suggest};
use crate::check::name::check_name;
use crate::check::order;
use crate::check::redundant;
use crate::check::sensitive;
use crate::check::served_by::check_served_by;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Index, Scope, Table, Tenancy, UniqueKey};
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
    let order = order::check_order(context, draft, node, pinned.as_deref().unwrap_or_default());
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
        None => (None, order::whole_order(table, &pinned, &declared_order, scope)),
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

pub(super) fn usable_column(
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
