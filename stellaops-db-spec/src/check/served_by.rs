//! Orders that a key's own index serves: the key is an index already, so that none is made.

use std::sync::Arc;

use crate::check::context::{Context, suggest};
use crate::check::sensitive;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Direction, OrderColumn, ServedBy, Tenancy};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// The word for the primary key.
const PRIMARY_KEY: &str = "primary_key";

/// A key that an order names.
struct Key {
    served_by: ServedBy,
    columns: Vec<Arc<Column>>,
    condition: Option<String>,
}

/// The key that serves the order, and the whole order: the key's columns behind the pins.
pub(super) fn check_served_by(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    pinned: &[Arc<Column>],
    declared: &[OrderColumn],
) -> Option<(ServedBy, Vec<OrderColumn>)> {
    let named = node.get("served_by")?;
    let key = find_key(context, draft, named)?;
    let good = [
        check_scope(context, node),
        check_condition(context, node, named.span, &key),
        check_never_null(
            context,
            named.span,
            key.columns.get(pinned.len()..).unwrap_or_default(),
        ),
        check_columns(context, node, named.span, &key, pinned, declared),
    ];
    if good.contains(&false) {
        return None;
    }
    let direction = direction_of(declared);
    let whole = |column: &Arc<Column>| OrderColumn::never_null(column, direction);
    let rest = &key.columns[pinned.len()..];
    let mut told = rest
        .iter()
        .map(|column| sensitive::check_order(context, column, named.span));
    if !told.all(|good| good) {
        return None;
    }
    let mut order: Vec<OrderColumn> = rest.iter().map(whole).collect();
    if draft.table.tenancy == Tenancy::TenantOrGlobal {
        // A key is unique within a tenant, and two tenants' rows are read here.
        let mut columns = draft.table.columns.iter();
        let tenant = columns.find(|column| column.role == ColumnRole::Tenant);
        order.extend(tenant.map(whole));
    }
    Some((key.served_by, order))
}

/// An index is read forward or backward, all of it.
fn direction_of(declared: &[OrderColumn]) -> Direction {
    let first = declared.first();
    first.map_or(Direction::Ascending, |first| first.direction)
}

fn find_key(context: &mut Context<'_>, draft: &Draft<'_>, named: &Node) -> Option<Key> {
    let name = named.as_str()?;
    let table = &draft.table;
    if name == PRIMARY_KEY {
        return draft.is_key_good.then(|| Key {
            served_by: ServedBy::PrimaryKey,
            columns: table.own_key().into_iter().cloned().collect(),
            condition: None,
        });
    }
    if let Some(key) = table.unique_keys.iter().find(|key| key.name == name) {
        return Some(Key {
            served_by: ServedBy::UniqueKey(name.into()),
            columns: key.columns.clone(),
            condition: key.condition.clone(),
        });
    }
    if !draft.faulty_indexes.iter().any(|faulty| faulty == name) {
        let unique = table.unique_keys.iter().map(|key| key.name.as_str());
        context.push(
            rule::SERVED_BY_KEY,
            named.span,
            format!("there is no unique key `{name}`"),
            suggest(name, std::iter::once(PRIMARY_KEY).chain(unique)),
        );
    }
    None
}

fn check_scope(context: &mut Context<'_>, node: &Node) -> bool {
    let system = node.get("scope").filter(|scope| scope.as_str() == Some("system"));
    if let Some(scope) = system {
        context.push(
            rule::SERVED_BY_COLUMNS,
            scope.span,
            "the index of a key begins with the tenant, so it serves no reads across tenants",
            "remove `served_by`, or `scope`",
        );
    }
    system.is_none()
}

/// A key of some rows serves an order of the same rows, and no other.
fn check_condition(context: &mut Context<'_>, node: &Node, span: Span, key: &Key) -> bool {
    let written = node.get("where");
    let text = written.and_then(Node::as_str).map(str::trim);
    if text == key.condition.as_deref() {
        return true;
    }
    let help = match &key.condition {
        Some(condition) => format!("write the same `where` as the key's: `{condition}`"),
        None => "remove `where`: the key holds all rows; a list may still be filtered".into(),
    };
    context.push(
        rule::SERVED_BY_COLUMNS,
        written.map_or(span, |written| written.span),
        "this key holds other rows than the order",
        help,
    );
    false
}

/// The columns of the order. A pin is compared with a value, which no NULL equals.
fn check_never_null(context: &mut Context<'_>, span: Span, ordered: &[Arc<Column>]) -> bool {
    let nullable = ordered.iter().find(|column| column.nullable);
    if let Some(column) = nullable {
        context.push(
            rule::SERVED_BY_COLUMNS,
            span,
            format!(
                "`{}` can be NULL, so the key tells not all rows apart",
                column.name
            ),
            "pin it, use a key whose columns are never NULL, or an index of its own without `served_by`",
        );
    }
    nullable.is_none()
}

fn check_columns(
    context: &mut Context<'_>,
    node: &Node,
    span: Span,
    key: &Key,
    pinned: &[Arc<Column>],
    declared: &[OrderColumn],
) -> bool {
    let span_of = |list: &str, position: usize| {
        let item = node.get(list).and_then(|list| list.items().get(position));
        item.map_or(span, |item| item.span)
    };
    let whole = direction_of(declared);
    let pins = pinned.iter().map(|column| (column, whole));
    let order = declared
        .iter()
        .map(|ordered| (&ordered.column, ordered.direction));
    for (position, (column, direction)) in pins.chain(order).enumerate() {
        let fits = key
            .columns
            .get(position)
            .is_some_and(|of_key| of_key.name == column.name);
        if fits && direction == whole {
            continue;
        }
        let place = match position.checked_sub(pinned.len()) {
            None => span_of("pinned", position),
            Some(position) => span_of("order", position),
        };
        let names: Vec<&str> = key.columns.iter().map(|column| column.name.as_str()).collect();
        context.push(
            rule::SERVED_BY_COLUMNS,
            place,
            format!("`{}` is not what comes next in this key", column.name),
            format!(
                "the key is ({}), all ascending or all descending: pin its first columns, and leave `order` out or name the next ones",
                names.join(", ")
            ),
        );
        return false;
    }
    if pinned.len() < key.columns.len() {
        return true;
    }
    context.push(
        rule::SERVED_BY_COLUMNS,
        span,
        "with the whole key pinned, one row is left and nothing to order",
        "pin fewer columns; the one row is read by `get`, or by the unique key's `get_by_…`",
    );
    false
}
