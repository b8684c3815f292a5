//! The constant SQL of each verb of a repository: one statement, one network exchange.
//!
//! The macro writes these texts into the program as they are, and the documents and tests speak of
//! the same strings. Parameters are numbered in a fixed order that each verb's file states. `$1` is
//! always the tenant, sent as a parameter of the type `stellaops.tenant`: binding it is what binds
//! the tenant to the transaction. It is compared as `$1::text`, which the planner can use an index for.
//!
//! Every text begins with a comment of its own, so that the same words written by hand can never
//! share a prepared statement with it (a driver caches statements by text, and the hand-written one
//! would have been prepared with a plain text in the tenant's place).

mod builder;
mod chain;
mod delete;
mod get;
mod insert;
mod outbox;
mod partition;
mod purge;
mod queue;
mod reference;
mod search;
mod swap;
mod update;

use crate::model::Table;

pub use chain::ChainStatements;
pub(crate) use chain::chained_values;
pub use outbox::OutboxStatements;
pub use queue::QueueStatements;
pub use reference::{count_astray, points};
pub use swap::SwapStatement;

/// All statements of a table. What the table has no verb for is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statements {
    /// One row by its key. Parameters: tenant, key.
    pub get: String,
    /// Whether there is a row of that key. Parameters: tenant, key.
    pub exists: String,
    /// One row by each unique key, in declared order. Parameters: tenant, the key's columns.
    pub get_by_unique: Vec<String>,
    /// A new row. Parameters: the inserted columns, the tenant first.
    pub insert: String,
    /// A new row, or the patchable columns of the row with that key. Parameters as `insert`.
    pub upsert: Option<String>,
    /// Columns of one row. Parameters: tenant, key, mask, patchable columns, touched columns, then
    /// the expected row version if the table counts versions.
    pub update: Option<String>,
    /// Compare-and-swap, one for each column that is declared for it.
    pub swaps: Vec<SwapStatement>,
    /// One row away. Parameters: tenant, key.
    pub delete: Option<String>,
    /// One row marked as deleted. Parameters: tenant, key, the time, touched columns.
    pub soft_delete: Option<String>,
    /// The mark taken away. Parameters: tenant, key, touched columns.
    pub restore: Option<String>,
    /// Those of a queue.
    pub queue: Option<QueueStatements>,
    /// Rows past their retention away, of all tenants, the oldest first. Parameter: how many at most.
    pub purge: Option<String>,
    /// The partitions of the next months made, and those past the retention detached. No parameter.
    pub maintain_partitions: Option<String>,
    /// The rows whose words fit, the best first. Parameters: the words, how many at most.
    pub search: Option<String>,
    /// What a hash chain is verified with.
    pub chain: Option<ChainStatements>,
    /// What an outbox is delivered with.
    pub outbox: Option<OutboxStatements>,
}

impl Statements {
    /// The statements of a table.
    pub fn of(table: &Table) -> Self {
        Statements {
            get: get::get(table),
            exists: get::exists(table),
            get_by_unique: table
                .unique_keys
                .iter()
                .map(|key| get::get_by_unique(table, key))
                .collect(),
            insert: insert::insert(table),
            upsert: insert::upsert(table),
            update: update::update(table),
            swaps: table
                .swappable()
                .into_iter()
                .map(|column| swap::swap(table, column))
                .collect(),
            delete: table.is_deletable().then(|| delete::delete(table)),
            soft_delete: delete::soft_delete(table),
            restore: delete::restore(table),
            queue: queue::queue(table),
            purge: purge::purge(table),
            maintain_partitions: partition::maintain(table),
            search: search::search(table),
            chain: chain::chain(table),
            outbox: outbox::outbox(table),
        }
    }
}
