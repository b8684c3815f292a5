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

/// Where the rows without a value stand in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// Behind all values.
    Last,
}

/// A column of an order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OrderColumn {
    /// The column.
    pub column: Arc<Column>,
    /// Its direction.
    pub direction: Direction,
    /// Where NULLs stand; none for a column that is never NULL.
    pub nulls: Option<Nulls>,
}

impl OrderColumn {
    /// A column that is never NULL, in that direction.
    pub(crate) fn never_null(column: &Arc<Column>, direction: Direction) -> Self {
        OrderColumn {
            column: column.clone(),
            direction,
            nulls: None,
        }
    }

    /// The column as an index or an ORDER BY names it, without what PostgreSQL takes for granted: ascending,
    /// with NULLs last, or descending, with NULLs first.
    pub fn sql(&self) -> String {
        let direction = match self.direction {
            Direction::Ascending => "",
            Direction::Descending => " DESC",
        };
        let nulls = match (self.direction, self.nulls) {
            (Direction::Ascending, Some(Nulls::First)) => " NULLS FIRST",
            (Direction::Descending, Some(Nulls::Last)) => " NULLS LAST",
            _ => "",
        };
        format!("{}{direction}{nulls}", self.column.sql_name())
    }
}

/// The key whose own index serves an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServedBy {
    /// The primary key.
    PrimaryKey,
    /// The unique key of that name.
    UniqueKey(String),
}

/// A read under a name of its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finder {
    /// The name of the repository's method.
    pub name: String,
    /// What serves it.
    pub target: FinderTarget,
    /// What it answers.
    pub doc: String,
    /// Where it is specified.
    pub place: Place,
}

/// What serves a finder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinderTarget {
    /// Lists in the order of the index of that name.
    Index {
        /// The index.
        name: String,
        /// Whether only rows are listed whose first ordered column is not after the database's clock.
        due: bool,
    },
    /// Looks up one row by the unique key of that name.
    UniqueKey(String),
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
    /// The key whose own index serves the order; then no further index is made.
    pub served_by: Option<ServedBy>,
    /// The query that it exists for.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}
