//! The statements of a queue. Time is the database's: `statement_timestamp()` is stable, so an index serves
//! the comparison, and unlike `now()` it moves on inside a transaction.
//!
//! What a claim gives is a lease: a worker's name and the number of the claim. Every statement of a lease names
//! both, and the number only grows, so that a worker that lost its lease finds no row any more.

mod across;
mod claim;
mod fail;
mod finish;
mod lease;
mod rows;

use crate::model::Table;

/// The statements of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueStatements {
    /// Rows of a tenant, claimed. Parameters: tenant, worker, lease in milliseconds, number of rows, touched
    /// columns. Behind the fields: how many rows became ready. Rows without a lease among them were given up.
    pub claim: String,
    /// Rows of all tenants, claimed by turns. Parameters: worker, lease in milliseconds, number of rows, the
    /// tenant behind which the turns begin, touched columns. None where rows have no tenant.
    pub claim_across: Option<String>,
    /// Leases made longer. Parameters: tenant, worker, milliseconds, the numbers of the claims, and of each key
    /// column the values, as arrays. Of those that are held: the place in the arrays, from one, and the end.
    pub renew: String,
    /// A row done. Parameters: tenant, key, worker, number of the claim, the new status, touched columns, mask,
    /// patchable columns. None in a recurring queue.
    pub finish: Option<String>,
    /// A row that failed. Parameters: tenant, key, worker, number of the claim, milliseconds until it is tried
    /// again, touched columns, then the reason where there is a column for it, and whether it failed for good where it can.
    pub fail: String,
    /// A row that is to be claimed at a time. Parameters: tenant, key, worker, number of the claim, the time,
    /// touched columns.
    pub reschedule: String,
    /// A row that is given back. Parameters: tenant, key, worker, number of the claim, touched columns.
    pub release: String,
}

pub(super) fn queue(table: &Table) -> Option<QueueStatements> {
    let queue = table.queue.as_ref()?;
    let order = table.index(&queue.order)?;
    Some(QueueStatements {
        claim: claim::claim(table, queue, order),
        claim_across: table
            .tenancy
            .has_tenant()
            .then(|| across::claim_across(table, queue, order)),
        renew: lease::renew(table, queue),
        finish: queue
            .steps
            .as_ref()
            .map(|steps| finish::finish(table, queue, steps)),
        fail: fail::fail(table, queue),
        reschedule: lease::reschedule(table, queue),
        release: lease::release(table, queue),
    })
}
