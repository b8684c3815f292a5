use std::sync::Arc;

use crate::model::Column;

/// What makes a table a work queue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Queue {
    /// The status column.
    pub status: Arc<Column>,
    /// The SQL literal of the status that can be claimed.
    pub ready: String,
    /// The SQL literal of the status of claimed rows.
    pub running: String,
    /// The end of the lease.
    pub lease_expires_at: Arc<Column>,
    /// The worker that holds the lease.
    pub leased_by: Arc<Column>,
    /// How often the row was claimed.
    pub attempts: Arc<Column>,
    /// The name of the index whose order is the queue's.
    pub order: String,
}
