//! Where times and ids come from: injected once, so that tests can fix them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time. `created_at` and `updated_at` come from here; leases and expiry never do, they
/// compare with the database's own clock.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes the ids of new rows.
pub trait IdSource: Send + Sync + 'static {
    /// A UUID that was never given before.
    fn next(&self) -> Uuid;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// UUIDv7: ids that grow with time, so that new rows lie together in the index.
#[derive(Debug, Clone, Copy, Default)]
pub struct UuidV7;

impl IdSource for UuidV7 {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
