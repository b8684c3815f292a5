//! Conditions on columns, and what is made of them with `and`, `or` and `not`.

use std::marker::PhantomData;
use std::ops::Bound;

use crate::column::Marker;
use crate::query::MemberTest;
use crate::value::{EncodeError, Parameter, Value};

/// A condition on the columns of a table. Filters of one call must all hold; [`Filter::and`], [`Filter::or`]
/// and `!` join them in other ways.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::schema::scheduler::{GraphJob, GraphJobStatus};
///
/// let waits = GraphJob::STATUS.eq(GraphJobStatus::Queued).and(GraphJob::ATTEMPTS.ge(3));
/// let asked_for = GraphJob::CORRELATION_ID.starts_with("nightly-");
/// let filter = waits.or(asked_for).and(!GraphJob::LEASED_BY.eq("worker-7"));
/// # let _ = filter; }
/// ```
#[must_use = "a filter does nothing until a list or a count has it"]
pub struct Filter<T> {
    pub(crate) condition: Result<Condition, EncodeError>,
    marker: Marker<T>,
}

/// How a column is held against a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    StartsWith,
    /// The column's array holds all of the value's.
    ContainsAll,
    /// The column's array and the value's have an element in common.
    Overlaps,
}

/// A filter without its table. A column is named by its position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare(usize, Comparison, Parameter),
    /// One of the values, none of which is NULL.
    OneOf(usize, Vec<Parameter>),
    Null(usize),
    NotNull(usize),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// A member of a document, by its path.
    Member(usize, Vec<&'static str>, MemberTest),
    /// False and NULL become true.
    Not(Box<Condition>),
}

impl Condition {
    /// The values in it, in their order.
    pub(crate) fn values(&self) -> Vec<Parameter> {
        match self {
            Condition::Compare(_, _, value) => vec![value.clone()],
            Condition::OneOf(_, values) => values.clone(),
            Condition::Null(_) | Condition::NotNull(_) => Vec::new(),
            Condition::Member(_, _, test) => match test {
                MemberTest::Json(_, value) | MemberTest::Text(_, value) => vec![value.clone()],
                MemberTest::OneOf(values) => values.clone(),
                MemberTest::Absent | MemberTest::Present => Vec::new(),
            },
            Condition::All(conditions) | Condition::Any(conditions) => {
                conditions.iter().flat_map(Condition::values).collect()
            }
            Condition::Not(condition) => condition.values(),
        }
    }
}

impl<T> std::fmt::Debug for Filter<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameters show their types only: a value in a log is a leak.
        match &self.condition {
            Ok(condition) => write!(formatter, "Filter({condition:?})"),
            Err(_) => write!(formatter, "Filter(of a value that cannot be sent)"),
        }
    }
}

impl<T> Filter<T> {
    /// Rows that fulfil both.
    pub fn and(self, other: Filter<T>) -> Self {
        Filter::join([self, other], Condition::All)
    }

    /// Rows that fulfil one of the two, or both.
    pub fn or(self, other: Filter<T>) -> Self {
        Filter::join([self, other], Condition::Any)
    }

    /// Rows that fulfil all of them; without one, every row.
    pub fn all(filters: impl IntoIterator<Item = Filter<T>>) -> Self {
        Filter::join(filters, Condition::All)
    }

    /// Rows that fulfil one of them at least; without one, no row.
    pub fn any(filters: impl IntoIterator<Item = Filter<T>>) -> Self {
        Filter::join(filters, Condition::Any)
    }

    fn join(
        filters: impl IntoIterator<Item = Filter<T>>,
        joined: impl FnOnce(Vec<Condition>) -> Condition,
    ) -> Self {
        let conditions = filters.into_iter().map(|filter| filter.condition);
        Filter::new(conditions.collect::<Result<_, _>>().map(joined))
    }

    pub(crate) fn new(condition: Result<Condition, EncodeError>) -> Self {
        Filter {
            condition,
            marker: PhantomData,
        }
    }

    pub(crate) fn compare<V: Value>(position: usize, comparison: Comparison, value: &V) -> Self {
        let value = value.to_parameter();
        Filter::new(value.map(|value| Condition::Compare(position, comparison, value)))
    }

    pub(crate) fn one_of<V: Value>(position: usize, values: impl Iterator<Item = V>) -> Self {
        let values = values.map(|value| value.to_parameter());
        let values = values.collect::<Result<_, _>>();
        Filter::new(values.map(|values| Condition::OneOf(position, values)))
    }

    /// Between two bounds, each of which may be missing.
    pub(crate) fn between<V: Value>(position: usize, from: Bound<&V>, to: Bound<&V>) -> Self {
        let side = |bound: Bound<&V>, included, excluded| match bound {
            Bound::Included(value) => Some(Filter::compare(position, included, value)),
            Bound::Excluded(value) => Some(Filter::compare(position, excluded, value)),
            Bound::Unbounded => None,
        };
        let from = side(from, Comparison::GreaterOrEqual, Comparison::Greater);
        let to = side(to, Comparison::LessOrEqual, Comparison::Less);
        let has_value = Filter::new(Ok(Condition::NotNull(position)));
        match (from, to) {
            (None, None) => has_value,
            (from, to) => Filter::all(from.into_iter().chain(to)),
        }
    }
}

/// The other rows: all that do not fulfil the filter, those among them where a column is NULL, so that each
/// row fulfils either a filter or its `!`. SQL's own `NOT` leaves such rows out of both.
impl<T> std::ops::Not for Filter<T> {
    type Output = Self;

    fn not(self) -> Self {
        Filter::new(
            self.condition
                .map(|condition| Condition::Not(Box::new(condition))),
        )
    }
}
