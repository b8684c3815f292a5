//! What an outbox is delivered with. All three run as the system's login and bind no tenant.
//!
//! A number is given when a row is inserted, and the row is seen when its transaction commits: a row of a greater
//! number may be seen first. Whoever read on from the greatest number that it has seen would miss the other.
//! So a reader takes the greatest number, *then* asks which transactions write to the table at the moment, and
//! reads up to that number when all of these have ended. A transaction with a smaller number had the table's
//! lock before the greatest number was seen, and keeps it until its rows are seen or undone.
//!
//! The horizon of all transactions, `pg_snapshot_xmin`, would be simpler and wait for every long transaction of
//! the server. An order by transaction would not be that of causes: who began first may have waited for the other.

use crate::model::{Table, quote_literal};
use crate::statement::builder::{comment, field_list};

/// The statements that an outbox is delivered with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxStatements {
    /// The greatest number that is seen, 0 where there is none, and the transactions that write to the table. No
    /// parameter.
    pub last: String,
    /// Events of all tenants but some, in their order. Parameters: behind which number, up to which, the tenants
    /// that are left out, how many at most.
    pub events: String,
    /// Events of one tenant in their order. Parameters: the tenant, behind which number, up to which, how many at
    /// most.
    pub events_of_tenant: String,
}

pub(super) fn outbox(table: &Table) -> Option<OutboxStatements> {
    let outbox = table.outbox.as_ref()?;
    let (relation, number) = (table.sql_name(), outbox.number.sql_name());
    let fields = field_list(table);
    let writers = format!(
        "SELECT DISTINCT virtualtransaction FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND relation = {}::regclass AND granted AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')",
        quote_literal(&relation)
    );
    Some(OutboxStatements {
        last: format!(
            "{}SELECT coalesce((SELECT {number} FROM {relation} ORDER BY {number} DESC LIMIT 1), 0), ARRAY({writers})",
            comment(table, "outbox_last")
        ),
        events: format!(
            "{}SELECT {fields} FROM {relation} WHERE {number} > $1 AND {number} <= $2 AND tenant_id <> ALL ($3) ORDER BY {number} LIMIT $4",
            comment(table, "outbox_events")
        ),
        events_of_tenant: format!(
            "{}SELECT {fields} FROM {relation} WHERE tenant_id = $1 AND {number} > $2 AND {number} <= $3 ORDER BY {number} LIMIT $4",
            comment(table, "outbox_events_of_tenant")
        ),
    })
}
