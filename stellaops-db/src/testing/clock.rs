//! Time and ids that are the same in every run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Clock, IdSource};

/// 2025-01-01T00:00:00Z, in microseconds of Unix time.
const EPOCH_MICROSECONDS: i64 = 1_735_689_600_000_000;

/// A clock that stands still until it is told to move. Clones show the same time.
///
/// It counts in microseconds, as PostgreSQL does, so a time that was stored equals the time that is read. Give a clone
/// to [`Database::with_clock`](crate::Database::with_clock) and keep one to move it.
#[derive(Debug, Clone)]
pub struct FixedClock {
    microseconds: Arc<AtomicI64>,
}

impl FixedClock {
    /// A clock that shows `time`, cut to microseconds.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self {
            microseconds: Arc::new(AtomicI64::new(time.timestamp_micros())),
        }
    }

    /// The time shown.
    pub fn now(&self) -> DateTime<Utc> {
        let microseconds = self.microseconds.load(Ordering::SeqCst);
        DateTime::from_timestamp_micros(microseconds).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Moves the clock forward by `step`, cut to microseconds, and returns the new time. It stops at the latest time
    /// that can be shown.
    pub fn advance(&self, step: Duration) -> DateTime<Utc> {
        let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
        let latest = DateTime::<Utc>::MAX_UTC.timestamp_micros();
        let moved = |shown: i64| Some(shown.saturating_add(step).min(latest));
        // The function never declines, so both answers mean that the clock moved.
        let _ = self
            .microseconds
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        self.now()
    }

    /// Shows another time, earlier or later, cut to microseconds.
    pub fn set(&self, time: DateTime<Utc>) {
        self.microseconds.store(time.timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        FixedClock::now(self)
    }
}

impl Default for FixedClock {
    /// 2025-01-01T00:00:00Z.
    fn default() -> Self {
        Self {
            microseconds: Arc::new(AtomicI64::new(EPOCH_MICROSECONDS)),
        }
    }
}

/// Ids in the form of UUIDv7 that count up: `01941f29-7c00-7000-8000-000000000001`, `…2`, …
///
/// Each is greater than the one before, and all carry the time 2025-01-01T00:00:00Z. Clones continue the same count.
/// For [`Database::with_ids`](crate::Database::with_ids).
#[derive(Debug, Clone)]
pub struct SequentialIds {
    series: u16,
    last: Arc<AtomicU64>,
}

impl SequentialIds {
    /// The series 0.
    pub fn new() -> Self {
        Self::series(0)
    }

    /// One of 4,096 series that have no id in common: `series` is taken modulo 4,096.
    pub fn series(series: u16) -> Self {
        Self {
            series: series & 0xFFF,
            last: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The next id.
    pub fn next(&self) -> Uuid {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let milliseconds = EPOCH_MICROSECONDS.unsigned_abs() / 1_000;
        let version_and_series = 0x7000 | u64::from(self.series);
        let variant = 1 << 63;
        Uuid::from_u64_pair(milliseconds << 16 | version_and_series, variant | number)
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        SequentialIds::next(self)
    }
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self::new()
    }
}
