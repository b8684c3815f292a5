//! A queue as data.

use crate::table::ColumnDefault;

/// What makes a table a work queue.
#[derive(Debug)]
pub struct QueueDescriptor {
    /// The position of the end of the lease.
    pub lease_expires_at: usize,
    /// The position of the number of claims.
    pub attempts: usize,
    /// The status; none of a recurring queue.
    pub steps: Option<QueueSteps>,
    /// Whether a column says why a row failed last.
    pub has_reason: bool,
    /// How long a row waits after its first failure, in seconds.
    pub retry_after: u32,
    /// How long it waits at most, in seconds.
    pub retry_after_most: u32,
    /// The constant SQL.
    pub statements: QueueStatements,
}

/// The status of a queue, and the ends of its rows.
#[derive(Debug)]
pub struct QueueSteps {
    /// The position of the status.
    pub status: usize,
    /// What is done.
    pub done: ColumnDefault,
    /// What has failed for good.
    pub failed: Option<ColumnDefault>,
}

/// The constant SQL of a queue; empty where it has no such verb.
#[derive(Debug)]
pub struct QueueStatements {
    /// Rows of a tenant, claimed.
    pub claim: &'static str,
    /// Rows of all tenants, claimed by turns.
    pub claim_across: &'static str,
    /// Leases made longer.
    pub renew: &'static str,
    /// A row done.
    pub finish: &'static str,
    /// A row that failed.
    pub fail: &'static str,
    /// A row that is to be claimed at a time.
    pub reschedule: &'static str,
    /// A row given back.
    pub release: &'static str,
}
