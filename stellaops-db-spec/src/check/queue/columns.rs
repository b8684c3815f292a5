//! The columns that a queue names, and their types.

use std::sync::Arc;

use crate::check::context::Context;
use crate::check::retention::named_column;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, ColumnType, Default, Literal};
use crate::rule;
use crate::syntax::Node;

/// What a queue's keys name; none where a key is absent or wrong.
pub(super) struct QueueColumns {
    pub(super) scheduled_for: Option<Arc<Column>>,
    pub(super) reason: Option<Arc<Column>>,
    pub(super) lease_expires_at: Option<Arc<Column>>,
    pub(super) leased_by: Option<Arc<Column>>,
    pub(super) attempts: Option<Arc<Column>>,
}

impl QueueColumns {
    /// Whether all that are named are what they should be.
    pub(super) fn are_good(&self, node: &Node) -> bool {
        let is_good = |key, column: &Option<Arc<Column>>| column.is_some() || node.get(key).is_none();
        is_good("lease_expires_at", &self.lease_expires_at) && is_good("scheduled_for", &self.scheduled_for)
    }
}

/// What a column must be for its key: in words, and as a test.
type Wanted = (&'static str, fn(&Column) -> bool);

const STATUS: Wanted = ("a status with transitions", |column| {
    column.role == ColumnRole::Status
});
const SCHEDULED_FOR: Wanted = ("a timestamptz, not NULL, that a patch may set", |column| {
    column.column_type == ColumnType::TimestampTz && !column.nullable && column.role == ColumnRole::Plain
});
const REASON: Wanted = ("a nullable text that a patch may set", |column| {
    column.column_type == ColumnType::Text && column.nullable && column.role == ColumnRole::Plain
});
const LEASE_EXPIRES_AT: Wanted = ("a nullable timestamptz", |column| {
    column.column_type == ColumnType::TimestampTz && column.nullable
});
const LEASED_BY: Wanted = ("a nullable text", |column| {
    column.column_type == ColumnType::Text && column.nullable
});
const ATTEMPTS: Wanted = ("an integer, not NULL, with `default = 0`", |column| {
    let zero = Some(Default::Literal(Literal::Integer(0)));
    column.column_type == ColumnType::Integer && !column.nullable && column.default == zero
});

pub(super) fn check_columns(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> QueueColumns {
    let mut column = |key, wanted| check_column(context, draft, node, key, wanted);
    QueueColumns {
        scheduled_for: column("scheduled_for", SCHEDULED_FOR),
        reason: column("reason", REASON),
        lease_expires_at: column("lease_expires_at", LEASE_EXPIRES_AT),
        leased_by: column("leased_by", LEASED_BY),
        attempts: column("attempts", ATTEMPTS),
    }
}

pub(super) fn check_status(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Arc<Column>> {
    check_column(context, draft, node, "status", STATUS)
}

fn check_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    key: &str,
    (wanted, fits): Wanted,
) -> Option<Arc<Column>> {
    let column = named_column(context, draft, node, key, rule::QUEUE_COLUMN)?;
    if fits(&column) {
        return Some(column);
    }
    context.push(
        rule::QUEUE_COLUMN,
        node.get(key).map_or(node.span, |named| named.span),
        format!("`{}` cannot be the queue's `{key}`", column.name),
        format!("it should be {wanted}"),
    );
    None
}
