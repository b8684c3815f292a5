//! Orders: which way each column goes, where its NULLs stand, and what makes the whole total.

use std::sync::Arc;

use crate::check::context::Context;
use crate::check::index::usable_column;
use crate::check::sensitive;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Direction, Nulls, OrderColumn, Scope, Table, Tenancy};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// The columns of an order as it is written; nothing if one of them is no order.
pub(super) fn check_order(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    pinned: &[Arc<Column>],
) -> Option<Vec<OrderColumn>> {
    let mut order: Vec<OrderColumn> = Vec::new();
    let mut good = true;
    for item in node.get("order").map(Node::items).unwrap_or_default() {
        match check_column(context, draft, item, pinned) {
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

fn check_column(
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
pub(super) fn whole_order(
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
