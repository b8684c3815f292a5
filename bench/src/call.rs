//! A call with its arguments, made before the clock runs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use stellaops_db::{Cursor, TenantId};
use uuid::Uuid;

use crate::document::Payload;

/// What one measured call is to do.
pub(crate) struct Call {
    /// For whom.
    pub(crate) tenant: TenantId,
    /// What.
    pub(crate) body: Body,
}

/// The verbs with their arguments.
pub(crate) enum Body {
    Get(Uuid),
    Exists(Uuid),
    GetByUnique(String),
    Insert(Payload),
    InsertMany(Vec<Payload>),
    Upsert(Uuid, Payload),
    Update(Uuid, String),
    CompareAndSwap(Uuid),
    Delete(Uuid),
    FirstPage,
    LaterPage(Arc<PageStart>),
    Family(Uuid),
    Count,
    Claim,
}

/// The last row of the page before, in both forms.
pub(crate) struct PageStart {
    pub(crate) cursor: Cursor,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) id: Uuid,
}

/// The name that claims are made under.
pub(crate) const WORKER: &str = "bench-worker";
/// How long a claim lasts, in milliseconds: longer than a run.
pub(crate) const LEASE: u64 = 24 * 3_600_000;
