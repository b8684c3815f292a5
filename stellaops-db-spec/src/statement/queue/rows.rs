//! Which rows a queue's statements mean, and what they become.

use std::sync::Arc;

use crate::model::{
    Column, Index, OrderColumn, Queue, QueueSteps, RETRY_HOLDER, Retreat, Table, quote_literal,
};
use crate::statement::builder::{Parameters, column_list, next_version, not_deleted, touched, written_row};

/// The database's time.
pub(super) const NOW: &str = "statement_timestamp()";

/// A column and the expression that it is set to.
pub(super) type Set = (Arc<Column>, String);

/// A time some milliseconds from now.
pub(super) fn after(milliseconds: &str) -> String {
    format!("{NOW} + {milliseconds}::bigint * interval '1 millisecond'")
}

/// Rows that can be claimed.
pub(super) fn ready(table: &Table, queue: &Queue, order: &Index) -> Vec<String> {
    let mut conditions: Vec<String> = not_deleted(table).into_iter().collect();
    conditions.extend(order.condition.as_ref().map(|condition| format!("({condition})")));
    match &queue.steps {
        Some(steps) => conditions.push(is(steps, &steps.ready)),
        None => conditions.push(format!(
            "({0} IS NULL OR {0} < {NOW})",
            queue.lease_expires_at.sql_name()
        )),
    }
    let waits_elsewhere = queue.steps.as_ref().is_some_and(|steps| steps.waiting.is_some());
    let time = queue.scheduled_for.as_ref().filter(|_| !waits_elsewhere);
    conditions.extend(time.map(|time| format!("{} <= {NOW}", time.sql_name())));
    conditions
}

/// Claimed rows whose lease ran out.
pub(super) fn expired(table: &Table, queue: &Queue) -> Option<Vec<String>> {
    let steps = queue.steps.as_ref()?;
    let mut conditions: Vec<String> = not_deleted(table).into_iter().collect();
    conditions.push(is(steps, &steps.running));
    conditions.push(format!("{} < {NOW}", queue.lease_expires_at.sql_name()));
    Some(conditions)
}

/// Whether a row that a claim found ran out in its last attempt. Those that wait for another one have been judged,
/// and ready ones are given what they are due.
pub(super) fn is_worn_out(queue: &Queue) -> Option<String> {
    let (most, steps) = (queue.max_attempts?, queue.steps.as_ref()?);
    Some(format!(
        "{} AND {} >= {most} AND {} <> {}",
        is(steps, &steps.running),
        queue.attempts.sql_name(),
        queue.leased_by.sql_name(),
        quote_literal(RETRY_HOLDER)
    ))
}

/// Waiting rows whose time has come.
pub(super) fn due(table: &Table, queue: &Queue) -> Option<Vec<String>> {
    let (steps, time) = (queue.steps.as_ref()?, queue.scheduled_for.as_ref()?);
    let mut conditions: Vec<String> = not_deleted(table).into_iter().collect();
    conditions.push(is(steps, steps.waiting.as_ref()?));
    conditions.push(format!("{} <= {NOW}", time.sql_name()));
    Some(conditions)
}

pub(super) fn is(steps: &QueueSteps, value: &crate::model::EnumValue) -> String {
    format!("{} = {}", steps.status.sql_name(), steps.literal(value))
}

/// The row that a lease is held of; takes the parameters of the key, the worker and the number of the claim.
pub(super) fn held(table: &Table, queue: &Queue, parameters: &mut Parameters) -> Vec<String> {
    let mut conditions = written_row(table, parameters);
    conditions.push(format!("{} = {}", queue.leased_by.sql_name(), parameters.next()));
    conditions.push(format!("{} = {}", queue.attempts.sql_name(), parameters.next()));
    conditions.extend(queue.steps.as_ref().map(|steps| is(steps, &steps.running)));
    conditions.extend(not_deleted(table));
    conditions
}

/// What a row becomes that its worker gives up for now; the time is an SQL expression.
pub(super) fn retreat(queue: &Queue, retreat: Retreat, time: &str) -> Vec<Set> {
    let stepped = |value: Option<&crate::model::EnumValue>| -> Vec<Set> {
        let status = queue.steps.as_ref().zip(value);
        let status = status.map(|(steps, value)| (steps.status.clone(), steps.literal(value)));
        let scheduled = queue
            .scheduled_for
            .clone()
            .map(|column| (column, time.to_string()));
        status.into_iter().chain(scheduled).chain(nobody(queue)).collect()
    };
    let steps = queue.steps.as_ref();
    match retreat {
        Retreat::Waiting => stepped(steps.and_then(|steps| steps.waiting.as_ref())),
        Retreat::Ready => stepped(steps.map(|steps| &steps.ready)),
        Retreat::Parked => vec![
            (queue.lease_expires_at.clone(), time.to_string()),
            (queue.leased_by.clone(), quote_literal(RETRY_HOLDER)),
        ],
    }
}

/// What a row becomes that has failed for good; nothing where it cannot.
pub(super) fn given_up(queue: &Queue) -> Vec<Set> {
    let failed = queue.steps.as_ref().and_then(|steps| {
        let failed = steps.failed.as_ref()?;
        Some((steps.status.clone(), steps.literal(failed)))
    });
    failed
        .map(|status| std::iter::once(status).chain(nobody(queue)).collect())
        .unwrap_or_default()
}

/// A text as long as the column takes it at most.
pub(super) fn cut(column: &Column, text: String) -> String {
    match column.max_length {
        Some(most) => format!("left({text}, {most})"),
        None => text,
    }
}

/// A row without a lease.
pub(super) fn nobody(queue: &Queue) -> Vec<Set> {
    [&queue.lease_expires_at, &queue.leased_by]
        .map(|column| (column.clone(), "NULL".to_string()))
        .into()
}

/// `"a" = 1, "b" = 2`.
pub(super) fn assigned(sets: Vec<Set>) -> Vec<String> {
    sets.into_iter()
        .map(|(column, expression)| format!("{} = {expression}", column.sql_name()))
        .collect()
}

/// What every change of a row sets; takes the parameters of the touched columns.
pub(super) fn changed(table: &Table, parameters: &mut Parameters) -> Vec<String> {
    let mut sets = touched(table, parameters);
    sets.extend(next_version(table));
    sets
}

/// Rows by name, locked; those that others have locked are passed over.
pub(super) fn locked(
    table: &Table,
    columns: &str,
    conditions: &[String],
    order: &str,
    limit: &str,
) -> String {
    format!(
        "SELECT {columns} FROM {} WHERE {} ORDER BY {order} LIMIT {limit} FOR UPDATE SKIP LOCKED",
        table.sql_name(),
        conditions.join(" AND ")
    )
}

/// The columns of the key as the statement's parts pass them on: with the tenant, where it names none.
pub(super) fn key(table: &Table, with_tenant: bool) -> Vec<String> {
    let tenant = with_tenant.then(|| "tenant_id".to_string());
    let own = table.own_key().into_iter().map(|column| column.sql_name());
    tenant.into_iter().chain(own).collect()
}

pub(super) fn order_by(order: &Index) -> String {
    let parts = order.order.iter().map(OrderColumn::sql);
    parts.collect::<Vec<_>>().join(", ")
}

pub(super) fn fields(table: &Table, alias: &str) -> String {
    let fields = table.fields();
    let columns = fields
        .iter()
        .map(|column| format!("{alias}.{}", column_list(&[column])));
    columns.collect::<Vec<_>>().join(", ")
}

/// `"a" = CASE WHEN <condition> THEN <first> ELSE <second> END`; a column that one of the two leaves alone keeps its
/// value there.
pub(super) fn either(condition: &str, first: &[Set], second: &[Set]) -> Vec<String> {
    let expression = |sets: &[Set], name: &str| {
        let mut found = sets.iter().filter(|(column, _)| column.name == name);
        found.next().map(|(_, expression)| expression.clone())
    };
    let only_second = second
        .iter()
        .filter(|(column, _)| expression(first, &column.name).is_none());
    first
        .iter()
        .chain(only_second)
        .map(|(column, _)| {
            let name = column.sql_name();
            let side = |sets: &[Set]| expression(sets, &column.name).unwrap_or_else(|| name.clone());
            match (side(first), side(second)) {
                (first, second) if first == second => format!("{name} = {first}"),
                (first, second) => format!("{name} = CASE WHEN {condition} THEN {first} ELSE {second} END"),
            }
        })
        .collect()
}
