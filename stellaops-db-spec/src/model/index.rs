use std::sync::Arc;

use crate::model::Column;
use crate::source::Place;

/// A unique key beside the primary key.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UniqueKey {
    /// The name in the spec.
    pub name: String,
    /// The columns without the tenant.
    pub columns: Vec<Arc<Column>>,
    /// The condition of the rows that must be unique.
    pub condition: Option<String>,
    /// Why.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}

/// Whose reads an index serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's.
    Tenant,
    /// A system scope's, across tenants.
    System,
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Small to great.
    Ascending,
    /// Great to small.
    Descending,
}

impl Direction {
    /// `ASC` or `DESC`.
    pub fn sql(self) -> &'static str {
        match self {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }
}

/// A column of an order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OrderColumn {
    /// The column.
    pub column: Arc<Column>,
    /// Its direction.
    pub direction: Direction,
}

/// An index, and the order that it serves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Index {
    /// The name in the spec, `by_…`.
    pub name: String,
    /// The columns that a query fixes by equality, without the tenant.
    pub pinned: Vec<Arc<Column>>,
    /// The order of the rest as declared, without the tie-break.
    pub declared_order: Vec<OrderColumn>,
    /// The whole order: the declared one, then whatever of the key is not yet in it or pinned,
    /// in the direction of the last declared column. Empty when the index serves no order.
    pub order: Vec<OrderColumn>,
    /// The condition of the rows in the index.
    pub condition: Option<String>,
    /// The word for those rows.
    pub what: Option<String>,
    /// Whose reads it serves.
    pub scope: Scope,
    /// The query that it exists for.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}
