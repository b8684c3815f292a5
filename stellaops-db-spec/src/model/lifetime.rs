//! What a table keeps, how it is found by words, and for how long.

use std::sync::Arc;

use crate::model::Column;
use crate::rule::Rule;
use crate::source::Place;

/// Full-text search over a table.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Search {
    /// The name of the generated tsvector column, which is none of the table's [`Column`]s.
    pub column: String,
    /// How texts are taken apart.
    pub language: SearchLanguage,
    /// The searched columns, in declared order.
    pub fields: Vec<SearchField>,
    /// The question that it answers.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

/// How texts are taken apart into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchLanguage {
    /// Words as they are, in lower case.
    Simple,
    /// English word stems, without stop words.
    English,
}

/// A searched column.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SearchField {
    /// The column, text or text[].
    pub column: Arc<Column>,
    /// How much a match counts.
    pub weight: SearchWeight,
}

/// How much a match counts, from A, the most, to D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchWeight {
    /// Most.
    A,
    /// Less than A.
    B,
    /// Less than B.
    C,
    /// Least.
    D,
}

/// How long a row is kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Retention {
    /// The timestamptz column that the age is counted from.
    pub column: Arc<Column>,
    /// In days, at least 1.
    pub days: i32,
    /// Why so long, and no longer.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

impl Retention {
    /// The oldest time that is still kept, in SQL. In hours, because a day of PostgreSQL is as long as
    /// the session's time zone has it.
    pub fn kept_since(&self) -> String {
        format!("now() - interval '{} hours'", i64::from(self.days) * 24)
    }
}

/// A table in monthly partitions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Partition {
    /// The timestamptz column of the key whose month decides.
    pub by: Arc<Column>,
    /// How many months beyond the current one have their partition made.
    pub ahead: i32,
    /// Why the table is partitioned.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

/// A chain of hashes through the rows of each tenant.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HashChain {
    /// The table with the last position and hash of each tenant.
    pub heads: String,
    /// The bigint column that numbers the rows of a tenant.
    pub position: Arc<Column>,
    /// The bytea column with the hash of the row before.
    pub previous: Arc<Column>,
    /// The bytea column with the row's own hash.
    pub hash: Arc<Column>,
    /// What the chain proves.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

/// A table of events that consumers are given in order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outbox {
    /// The identity column whose numbers are the order of delivery.
    pub number: Arc<Column>,
    /// Who follows the events, and for what.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

/// The tenant of the system's own rows: the evidence of system scopes.
pub const SYSTEM_TENANT: &str = "@system";

/// How a table takes the opening and the end of each system scope, as rows of [`SYSTEM_TENANT`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Evidence {
    /// The column that takes the login.
    pub actor: Arc<Column>,
    /// The column that takes `system_scope.opened` or `system_scope.closed`.
    pub action: Arc<Column>,
    /// The column that takes why the scope was opened.
    pub reason: Arc<Column>,
    /// The column that takes the id of the scope's row in `stellaops.system_access`.
    pub entity: Arc<Column>,
    /// The timestamptz column that takes when the scope opened or ended.
    pub time: Arc<Column>,
    /// Columns that are the same in each such row, with the SQL of their value.
    pub values: Vec<(Arc<Column>, String)>,
    /// Where it is specified.
    pub place: Place,
}

impl Evidence {
    /// The columns that it sets.
    pub fn columns(&self) -> Vec<&Arc<Column>> {
        let own = [&self.actor, &self.action, &self.reason, &self.entity, &self.time];
        own.into_iter()
            .chain(self.values.iter().map(|(column, _)| column))
            .collect()
    }
}

/// A rule that a table is excused from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waiver {
    /// The rule.
    pub rule: &'static Rule,
    /// The reason.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}
