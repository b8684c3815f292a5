//! `claim`: rows of a queue under a lease. Parameters: tenant, worker, lease in milliseconds, number
//! of rows, touched columns.
//!
//! First rows whose lease ran out, then ready ones in the queue's order; locked rows are passed
//! over, so that workers never wait for each other. Time is the database's: `statement_timestamp()`
//! is stable, so an index serves the comparison, and unlike `now()` it moves on inside a transaction.

use crate::model::{Index, OrderColumn, Queue, Table};
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
        "{}WITH {}, {}, claimed AS (UPDATE {} AS relation SET {} {} RETURNING {}) SELECT {} FROM claimed ORDER BY {}",
        comment(table, "claim"),
        expired(table, queue, &limit),
        ready(table, queue, order, &limit),
        table.sql_name(),
        sets.join(", "),
        claimed_rows(table),
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
    format!(
        "{name} AS MATERIALIZED (SELECT {} FROM {} WHERE {} ORDER BY {order} LIMIT {limit} FOR UPDATE SKIP LOCKED)",
        column_list(&table.own_key()),
        table.sql_name(),
        conditions.join(" AND ")
    )
}

fn order_by(order: &Index) -> String {
    let parts = order.order.iter().map(OrderColumn::sql);
    parts.collect::<Vec<_>>().join(", ")
}

/// The planner cannot know how few rows are picked: it takes a tenth of all for granted and would join
/// them with the whole table. An array it takes for ten rows, which it finds by the key.
fn claimed_rows(table: &Table) -> String {
    let tenant = table
        .tenancy
        .has_tenant()
        .then(|| "relation.tenant_id = $1::text".to_string());
    let own = table.own_key();
    let picked =
        |columns: &str| format!("SELECT {columns} FROM expired UNION ALL SELECT {columns} FROM ready");
    if let [key] = own.as_slice() {
        let key = key.sql_name();
        let any = format!("relation.{key} = ANY (ARRAY({}))", picked(&key));
        return format!(
            "WHERE {}",
            tenant.into_iter().chain([any]).collect::<Vec<_>>().join(" AND ")
        );
    }
    let same = own
        .iter()
        .map(|column| format!("relation.{0} = picked.{0}", column.sql_name()));
    let conditions: Vec<_> = tenant.into_iter().chain(same).collect();
    format!(
        "FROM ({}) AS picked WHERE {}",
        picked(&column_list(&own)),
        conditions.join(" AND ")
    )
}

fn qualified_fields(table: &Table) -> String {
    table
        .fields()
        .iter()
        .map(|column| format!("relation.{}", column.sql_name()))
        .collect::<Vec<_>>()
        .join(", ")
}
