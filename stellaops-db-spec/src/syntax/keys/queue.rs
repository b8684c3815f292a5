//! The keys of a queue.

use super::{Key, Kind, optional, required};

/// The keys of a queue.
pub const QUEUE: &[Key] = &[
    optional(
        "status",
        Kind::Text,
        "The status column. Without one the queue is recurring: its rows are never done, but due again and again.",
    ),
    optional("ready", Kind::Text, "The status of rows that can be claimed."),
    optional("running", Kind::Text, "The status of claimed rows."),
    optional(
        "done",
        Kind::Text,
        "The status of rows that a worker has completed.",
    ),
    optional(
        "failed",
        Kind::Text,
        "The status of rows that have failed for good: the dead letters. Without one a row is tried again for ever.",
    ),
    optional(
        "waiting",
        Kind::Text,
        "The status of rows that wait until `scheduled_for`; a claim makes those ready whose time has come.",
    ),
    optional(
        "scheduled_for",
        Kind::Text,
        "The timestamptz column that says from when on a row may be claimed, by the database's clock.",
    ),
    optional(
        "reason",
        Kind::Text,
        "The nullable text column that says why a row failed last.",
    ),
    required(
        "lease_expires_at",
        Kind::Text,
        "The nullable timestamptz column that holds the end of the lease.",
    ),
    required(
        "leased_by",
        Kind::Text,
        "The nullable text column that names the worker.",
    ),
    required(
        "attempts",
        Kind::Text,
        "The integer column that counts the claims. It never goes back: worker and number together are the token that fences off whoever lost the lease.",
    ),
    optional(
        "max_attempts",
        Kind::Integer,
        "How often a row is tried before it has failed for good; absent: for ever.",
    ),
    optional(
        "retry_after",
        Kind::Integer,
        "How many seconds a row waits after its first failure, and twice as long after each further one; absent: 10.",
    ),
    optional(
        "retry_after_most",
        Kind::Integer,
        "How many seconds a row waits at most; absent: 3600.",
    ),
    required(
        "order",
        Kind::Text,
        "The index whose order is the order of the queue; it pins the status alone, or nothing where there is no status.",
    ),
];
