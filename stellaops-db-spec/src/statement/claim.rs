//! `claim`: rows of a queue under a lease. Parameters: tenant, worker, lease in milliseconds, number
//! of rows, touched columns.
//!
//! First rows whose lease ran out, then ready ones in the queue's order; locked rows are passed
//! over, so that workers never wait for each other. Time is the database's: `statement_timestamp()`
//! is stable, so an index serves the comparison, and unlike `now()` it moves on inside a transaction.

use crate::model::{Index, Queue, Table};
use crate::statement::builder::{
    Parameters, column_list, comment, field_list, next_version, touched, writable_tenant,
};

pub(super) fn claim(table: &Table) -> Option<String> {
    let queue = table.queue.as_ref()?;
    let order = table.index(&queue.order)?;
    let mut parameters = Parameters::of(table);
    let (worker, lease, limit) = (parameters.next(), parameters.next(), parameters.next());
    let mut sets = vec![
        format!("{} = {}", queue.status.sql_name(), queue.running),
        format!("{} = {worker}", queue.leased_by.sql_name()),
        format!(
            "{} = statement_timestamp() + {lease}::bigint * interval '1 millisecond'",
            queue.lease_expires_at.sql_name()
        ),
        format!("{0} = relation.{0} + 1", queue.attempts.sql_name()),
    ];
    sets.extend(touched(table, &mut parameters));
    sets.extend(next_version(table).map(|set| set.replacen(" = ", " = relation.", 1)));
    Some(format!(
        "{}WITH {}, {}, picked AS (SELECT * FROM expired UNION ALL SELECT * FROM ready), claimed AS (UPDATE {} AS relation SET {} FROM picked WHERE {} RETURNING {}) SELECT {} FROM claimed ORDER BY {}",
        comment(table, "claim"),
        expired(table, queue, &limit),
        ready(table, queue, order, &limit),
        table.sql_name(),
        sets.join(", "),
        same_row(table),
        qualified_fields(table),
        field_list(table),
        order_by(order)
    ))
}

fn expired(table: &Table, queue: &Queue, limit: &str) -> String {
    let mut conditions: Vec<String> = writable_tenant(table).into_iter().collect();
    conditions.push(format!("{} = {}", queue.status.sql_name(), queue.running));
    conditions.push(format!(
        "{} < statement_timestamp()",
        queue.lease_expires_at.sql_name()
    ));
    picked(
        table,
        "expired",
        &conditions,
        &queue.lease_expires_at.sql_name(),
        &format!("{limit}::bigint"),
    )
}

fn ready(table: &Table, queue: &Queue, order: &Index, limit: &str) -> String {
    let mut conditions: Vec<String> = writable_tenant(table).into_iter().collect();
    conditions.push(format!("{} = {}", queue.status.sql_name(), queue.ready));
    conditions.extend(order.condition.as_ref().map(|condition| format!("({condition})")));
    let rest = format!("{limit}::bigint - (SELECT count(*) FROM expired)");
    picked(table, "ready", &conditions, &order_by(order), &rest)
}

fn picked(table: &Table, name: &str, conditions: &[String], order: &str, limit: &str) -> String {
    let key: Vec<_> = table.key.iter().collect();
    format!(
        "{name} AS MATERIALIZED (SELECT {} FROM {} WHERE {} ORDER BY {order} LIMIT {limit} FOR UPDATE SKIP LOCKED)",
        column_list(&key),
        table.sql_name(),
        conditions.join(" AND ")
    )
}

fn order_by(order: &Index) -> String {
    let parts = order
        .order
        .iter()
        .map(|ordered| format!("{} {}", ordered.column.sql_name(), ordered.direction.sql()));
    parts.collect::<Vec<_>>().join(", ")
}

fn same_row(table: &Table) -> String {
    let parts = table
        .key
        .iter()
        .map(|column| format!("relation.{0} = picked.{0}", column.sql_name()));
    // The tenant itself too, so that the plan needs no row of another tenant even without the policy.
    let tenant = table
        .tenancy
        .has_tenant()
        .then(|| "relation.tenant_id = $1::text".to_string());
    parts.chain(tenant).collect::<Vec<_>>().join(" AND ")
}

fn qualified_fields(table: &Table) -> String {
    table
        .fields()
        .iter()
        .map(|column| format!("relation.{}", column.sql_name()))
        .collect::<Vec<_>>()
        .join(", ")
}
