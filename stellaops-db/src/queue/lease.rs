//! What a claim gives: a row, and the proof that one holds it.

use std::ops::Deref;
use std::time::Duration;

use crate::error::Error;
use crate::table::{QueueDescriptor, Table};
use crate::timestamp::Timestamp;
use crate::value::{EncodeError, Parameter};

/// The proof that a worker holds a row: the row's key, the worker's name and the number of the claim. The number
/// only grows, so that no earlier holder has the same: a fencing token, for other systems too.
pub struct Lease<T: Table> {
    key: T::Key,
    worker: String,
    attempt: i32,
    expires_at: Timestamp,
}

impl<T: Table> Clone for Lease<T> {
    fn clone(&self) -> Self {
        Lease {
            key: self.key.clone(),
            worker: self.worker.clone(),
            attempt: self.attempt,
            expires_at: self.expires_at,
        }
    }
}

impl<T: Table> std::fmt::Debug for Lease<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Lease")
            .field("table", &T::DESCRIPTOR.qualified)
            .field("worker", &self.worker)
            .field("attempt", &self.attempt)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl<T: Table> Lease<T> {
    /// The key of the row.
    pub fn key(&self) -> &T::Key {
        &self.key
    }

    /// Who holds it.
    pub fn worker(&self) -> &str {
        &self.worker
    }

    /// The number of the claim, from one.
    pub fn attempt(&self) -> i32 {
        self.attempt
    }

    /// When it ends unless it is renewed, by the database's clock: not to be compared with any other.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(crate) fn extended(&mut self, expires_at: Timestamp) {
        self.expires_at = expires_at;
    }

    /// The parameters that fence a statement off from everybody else's.
    pub(crate) fn fence(&self) -> [Parameter; 2] {
        [
            Parameter::Text(Some(self.worker.clone())),
            Parameter::Integer(Some(self.attempt)),
        ]
    }
}

/// A row that a worker holds. Reads as the row itself; what the row was when it was claimed.
pub struct Leased<T: Table> {
    row: T,
    lease: Lease<T>,
}

impl<T: Table> Leased<T> {
    /// Of a row as a claim returned it.
    pub(crate) fn new(row: T, worker: &str, queue: &QueueDescriptor) -> Result<Self, Error> {
        let missing = |column| Error::Encode(EncodeError::NoColumn { column });
        let Parameter::Integer(Some(attempt)) = row.parameter(queue.attempts)? else {
            return Err(missing(queue.attempts));
        };
        let Parameter::TimestampTz(Some(expires_at)) = row.parameter(queue.lease_expires_at)? else {
            return Err(missing(queue.lease_expires_at));
        };
        let lease = Lease {
            key: row.key(),
            worker: worker.into(),
            attempt,
            expires_at: Timestamp::new(expires_at),
        };
        Ok(Leased { row, lease })
    }

    /// The proof that the row is held.
    pub fn lease(&self) -> &Lease<T> {
        &self.lease
    }

    /// The row alone; the lease goes on until it runs out.
    pub fn into_row(self) -> T {
        self.row
    }
}

impl<T: Table> Deref for Leased<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}

impl<T: Table + Clone> Clone for Leased<T> {
    fn clone(&self) -> Self {
        Leased {
            row: self.row.clone(),
            lease: self.lease.clone(),
        }
    }
}

/// What holds a row is written in it, so that equal rows are held alike.
impl<T: Table + PartialEq> PartialEq for Leased<T> {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row
    }
}

impl<T: Table + std::fmt::Debug> std::fmt::Debug for Leased<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Leased")
            .field("row", &self.row)
            .field("lease", &self.lease)
            .finish()
    }
}

/// What proves that a row is held: a [`Leased`] row, or its [`Lease`] alone.
pub trait Held<T: Table> {
    /// The proof.
    fn lease(&self) -> &Lease<T>;
}

impl<T: Table> Held<T> for Lease<T> {
    fn lease(&self) -> &Lease<T> {
        self
    }
}

impl<T: Table> Held<T> for Leased<T> {
    fn lease(&self) -> &Lease<T> {
        &self.lease
    }
}

/// The length of a lease, or of a wait, as it is sent.
pub(crate) fn milliseconds(what: &'static str, duration: Duration) -> Result<i64, Error> {
    let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    if !(1..=365 * 24 * 3_600_000).contains(&milliseconds) {
        return Err(Error::OutOfRange {
            what,
            number: milliseconds,
            range: "from a millisecond to a year",
        });
    }
    Ok(milliseconds)
}
