//! `purge`. Parameter: how many rows at most.
//!
//! The age is that of the database's clock. Locked rows are passed over, so that purges run beside each
//! other and wait for nobody. Rows are found again by where they lie: they stay locked until they are gone,
//! and the planner, which does not know how few they are, cannot choose to read the whole table for them.

use crate::model::Table;
use crate::statement::builder::comment;

pub(super) fn purge(table: &Table) -> Option<String> {
    let retention = table.purged_after()?;
    let (relation, time) = (table.sql_name(), retention.column.sql_name());
    Some(format!(
        "{}DELETE FROM {relation} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {relation} WHERE {time} < {} ORDER BY {time} LIMIT $1::bigint FOR UPDATE SKIP LOCKED))",
        comment(table, "purge"),
        retention.kept_since()
    ))
}
