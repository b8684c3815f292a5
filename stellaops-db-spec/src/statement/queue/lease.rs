//! `renew`, `reschedule`, `release`: what a holder does with its lease, apart from ending the work.

use crate::model::{Queue, Table};
use crate::statement::builder::{Parameters, changed_row, comment, not_deleted, writable_tenant};
use crate::statement::queue::rows::{NOW, Set, after, assigned, changed, held, is, nobody, retreat};

/// All leases of one worker in one exchange. What the rows are about has not changed: their versions stay, and so do
/// their times of change. A row that somebody has locked, as a transaction that is about to end it does, keeps its end
/// for now, so that the others do not wait for it.
pub(super) fn renew(table: &Table, queue: &Queue) -> String {
    let mut parameters = Parameters::of(table);
    let (worker, milliseconds, attempts) = (parameters.next(), parameters.next(), parameters.next());
    let mut columns = vec!["held_attempt".to_string()];
    let mut arrays = vec![format!("{attempts}::integer[]")];
    let mut conditions: Vec<String> = writable_tenant(table).into_iter().collect();
    for column in table.own_key() {
        arrays.push(format!("{}::{}[]", parameters.next(), column.column_type.sql()));
        columns.push(format!("held_{}", columns.len()));
        conditions.push(format!(
            "relation.{} = held.held_{}",
            column.sql_name(),
            columns.len() - 1
        ));
    }
    conditions.push(format!("{} = {worker}", queue.leased_by.sql_name()));
    conditions.push(format!("{} = held.held_attempt", queue.attempts.sql_name()));
    conditions.extend(queue.steps.as_ref().map(|steps| is(steps, &steps.running)));
    conditions.extend(not_deleted(table));
    let held = conditions.join(" AND ");
    let (relation, lease) = (table.sql_name(), queue.lease_expires_at.sql_name());
    let free = "ARRAY(SELECT held_place FROM free)";
    format!(
        "{}WITH held AS MATERIALIZED (SELECT * FROM unnest({}) WITH ORDINALITY AS held ({}, held_place)), free AS MATERIALIZED (SELECT held.held_place FROM {relation} AS relation, held WHERE {held} FOR UPDATE OF relation SKIP LOCKED), renewed AS (UPDATE {relation} AS relation SET {lease} = {} FROM held WHERE {held} AND held.held_place = ANY ({free}) RETURNING held.held_place, relation.{lease}) SELECT held_place, {lease} FROM renewed UNION ALL SELECT held.held_place, relation.{lease} FROM {relation} AS relation, held WHERE {held} AND held.held_place <> ALL ({free})",
        comment(table, "renew"),
        arrays.join(", "),
        columns.join(", "),
        after(&milliseconds),
    )
}

pub(super) fn reschedule(table: &Table, queue: &Queue) -> String {
    statement(table, queue, "reschedule", |parameters| {
        let time = format!("{}::timestamptz", parameters.next());
        match &queue.steps {
            Some(_) => retreat(queue, queue.later(), &time),
            // The next time of a recurring row: this one is over, and with it what went wrong.
            None => {
                let scheduled = queue.scheduled_for.clone().map(|column| (column, time));
                let reason = queue.reason.clone().map(|column| (column, "NULL".into()));
                nobody(queue).into_iter().chain(scheduled).chain(reason).collect()
            }
        }
    })
}

pub(super) fn release(table: &Table, queue: &Queue) -> String {
    statement(table, queue, "release", |_| match &queue.steps {
        Some(_) => retreat(queue, queue.at_once(), NOW),
        // The time of a recurring row stays as it is.
        None => nobody(queue),
    })
}

fn statement(
    table: &Table,
    queue: &Queue,
    verb: &str,
    sets: impl FnOnce(&mut Parameters) -> Vec<Set>,
) -> String {
    let mut parameters = Parameters::of(table);
    let conditions = held(table, queue, &mut parameters);
    let mut sets = assigned(sets(&mut parameters));
    sets.extend(changed(table, &mut parameters));
    changed_row(table, verb, &sets, &conditions)
}
