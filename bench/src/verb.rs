//! The verbs.

use clap::ValueEnum;

/// How many rows `insert_many` inserts.
pub(crate) const MANY: usize = 10;
/// How many rows a page has.
pub(crate) const PAGE: usize = 50;
/// Which page the later one is, the first being 0.
pub(crate) const LATER_PAGE: usize = 10;
/// How many children a parent has.
pub(crate) const CHILDREN: usize = 50;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Verb {
    /// One row by its key.
    Get,
    /// Whether there is a row of that key.
    Exists,
    /// One row by a unique key.
    GetByUnique,
    /// One new row.
    Insert,
    /// Ten new rows.
    InsertMany,
    /// A new row or, as here, the change of one that is there.
    Upsert,
    /// The patch of one column.
    Update,
    /// A status from `pending` to `queued`.
    CompareAndSwap,
    /// One row away.
    Delete,
    /// The newest fifty rows of a status.
    FirstPage,
    /// Fifty rows behind the first five hundred.
    LaterPage,
    /// The first page of the tenant with many rows.
    PageOne,
    /// Page 10,000 of the tenant with many rows, or its last one.
    DeepPage,
    /// A parent with its fifty children.
    Family,
    /// How many rows a status has.
    Count,
    /// One row of a queue.
    Claim,
}

impl Verb {
    /// The name in the tables.
    pub(crate) fn name(self) -> String {
        match self {
            Verb::Get => "get".into(),
            Verb::Exists => "exists".into(),
            Verb::GetByUnique => "get by unique key".into(),
            Verb::Insert => "insert".into(),
            Verb::InsertMany => format!("insert_many({MANY})"),
            Verb::Upsert => "upsert".into(),
            Verb::Update => "update".into(),
            Verb::CompareAndSwap => "compare-and-swap".into(),
            Verb::Delete => "delete".into(),
            Verb::FirstPage => format!("list, first {PAGE}"),
            Verb::LaterPage => format!("list, page {}", LATER_PAGE + 1),
            Verb::PageOne => "page 1 of many".into(),
            Verb::DeepPage => "deep page of many".into(),
            Verb::Family => format!("parent with {CHILDREN} children"),
            Verb::Count => "count".into(),
            Verb::Claim => "claim".into(),
        }
    }

    /// Whether each call needs a row that none has had before.
    pub(crate) fn uses_up(self) -> bool {
        matches!(self, Verb::CompareAndSwap | Verb::Delete | Verb::Claim)
    }
}
