//! `purge`. Parameter: how many rows at most.
//!
//! The age is that of the database's clock. Locked rows are passed over, so that purges run beside each
//! other and wait for nobody. Rows are found again by where they lie: they stay locked until they are gone,
//! and the planner, which does not know how few they are, cannot choose to read the whole table for them.
//!
//! An event stays until every consumer was given it, however old it is.

use crate::model::{Table, quote_literal};
use crate::statement::builder::comment;

pub(super) fn purge(table: &Table) -> Option<String> {
    let retention = table.purged_after()?;
    let (relation, time) = (table.sql_name(), retention.column.sql_name());
    let delivered = delivered(table).map(|delivered| format!(" AND {delivered}"));
    Some(format!(
        "{}DELETE FROM {relation} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {relation} AS old WHERE {time} < {}{} ORDER BY {time} LIMIT $1::bigint FOR UPDATE OF old SKIP LOCKED))",
        comment(table, "purge"),
        retention.kept_since(),
        delivered.unwrap_or_default()
    ))
}

/// Nobody is still to be given the event. Of a tenant that is held back a consumer is only as far as it came there.
fn delivered(table: &Table) -> Option<String> {
    let number = table.outbox.as_ref()?.number.sql_name();
    let relation = quote_literal(&table.qualified());
    Some(format!(
        "NOT EXISTS (SELECT FROM stellaops.outbox_consumers AS consumer LEFT JOIN stellaops.outbox_held_tenants AS held ON held.relation = consumer.relation AND held.consumer = consumer.consumer AND held.tenant_id = old.tenant_id WHERE consumer.relation = {relation} AND coalesce(held.position, consumer.position) < old.{number})"
    ))
}
