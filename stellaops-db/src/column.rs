//! Typed columns: what filters and compare-and-swap are made of.

use std::marker::PhantomData;
use std::ops::RangeBounds;

use crate::query::{Comparison, Condition, Filter};
use crate::table::Table;
use crate::value::Value;

/// Remembers types without holding values of them: whatever they are, it can be sent and shared.
pub(crate) type Marker<T> = PhantomData<fn() -> T>;

/// A column of a table, and the type of its values (of `V`, not `Option<V>`, for a nullable one).
///
/// Made by derives, with the position in the descriptor. `K` says whether compare-and-swap is declared for it: [`Swappable`] or [`Fixed`].
pub struct Column<T, V, K = Fixed>(#[doc(hidden)] pub usize, #[doc(hidden)] pub Marker<(T, V, K)>);

/// A column that compare-and-swap may change.
#[derive(Debug)]
pub struct Swappable;

/// A column that points at the key of another row; compare-and-swap does not change it.
#[derive(Debug)]
pub struct Pointing;

/// A column of documents that can be changed in place; compare-and-swap does not change it.
#[derive(Debug)]
pub struct Editable;

/// A column that compare-and-swap does not change.
#[derive(Debug)]
pub struct Fixed;

/// Columns that compare-and-swap may change.
#[diagnostic::on_unimplemented(
    message = "[SDB0713] this column does not change by compare-and-swap",
    label = "compare-and-swap is not declared for it",
    note = "declare `compare_and_swap = true` on the column in the spec, or change it by a patch\nrun `stellaops-db explain SDB0713`"
)]
pub trait IsSwappable {}
impl IsSwappable for Swappable {}

/// What a column can be compared with: its own type, and `&str` for a text.
#[diagnostic::on_unimplemented(
    message = "[SDB0715] a column of `{V}` is not compared with `{Self}`",
    label = "this is no value of the column",
    note = "pass a value of the column's type\nrun `stellaops-db explain SDB0715`"
)]
pub trait Comparable<V> {
    /// The value.
    fn into_value(self) -> V;
}

impl<V: Value> Comparable<V> for V {
    fn into_value(self) -> V {
        self
    }
}

impl<V: Value + Clone> Comparable<V> for &V {
    fn into_value(self) -> V {
        self.clone()
    }
}

impl Comparable<String> for &str {
    fn into_value(self) -> String {
        self.into()
    }
}

impl<T, V, K> Clone for Column<T, V, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V, K> Copy for Column<T, V, K> {}

impl<T: Table, V, K> std::fmt::Debug for Column<T, V, K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Column({})", self.name())
    }
}

impl<T: Table, V, K> Column<T, V, K> {
    /// The name in the database.
    pub fn name(&self) -> &'static str {
        T::DESCRIPTOR.column_name(self.0)
    }
}

impl<T: Table, V: Value, K> Column<T, V, K> {
    /// Rows whose column is that value.
    pub fn eq(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::Equal, &value.into_value())
    }

    /// Rows whose column is another value; not those where it is NULL.
    pub fn ne(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::NotEqual, &value.into_value())
    }

    /// Rows whose column is less.
    pub fn lt(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::Less, &value.into_value())
    }

    /// Rows whose column is less or equal.
    pub fn le(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::LessOrEqual, &value.into_value())
    }

    /// Rows whose column is greater.
    pub fn gt(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::Greater, &value.into_value())
    }

    /// Rows whose column is greater or equal.
    pub fn ge(self, value: impl Comparable<V>) -> Filter<T> {
        Filter::compare(self.0, Comparison::GreaterOrEqual, &value.into_value())
    }

    /// Rows whose column is one of the values; none when there is no value.
    pub fn is_in<C: Comparable<V>>(self, values: impl IntoIterator<Item = C>) -> Filter<T> {
        Filter::one_of(self.0, values.into_iter().map(Comparable::into_value))
    }

    /// Rows whose column lies in a range: `from..`, `..to`, `..=to`, `from..to`, `from..=to`. Of NULL it is never
    /// said.
    pub fn within(self, range: impl RangeBounds<V>) -> Filter<T> {
        Filter::between(self.0, range.start_bound(), range.end_bound())
    }

    /// Rows whose column is NULL.
    pub fn is_null(self) -> Filter<T> {
        Filter::new(Ok(Condition::Null(self.0)))
    }

    /// Rows whose column is not NULL.
    pub fn is_not_null(self) -> Filter<T> {
        Filter::new(Ok(Condition::NotNull(self.0)))
    }

    /// The first half of a compare-and-swap: the value that is expected.
    pub fn from(self, expected: V) -> SwapFrom<T, V>
    where
        K: IsSwappable,
    {
        SwapFrom {
            position: self.0,
            expected,
            marker: PhantomData,
        }
    }
}

impl<T: Table, K> Column<T, String, K> {
    /// Rows whose text begins so; `%` and `_` mean themselves.
    pub fn starts_with(self, prefix: impl Into<String>) -> Filter<T> {
        Filter::compare(self.0, Comparison::StartsWith, &prefix.into())
    }
}

impl<T: Table, E, K> Column<T, Vec<E>, K>
where
    Vec<E>: Value,
{
    /// Rows whose array holds the value. No index serves this; the tenant's rows in the list's own index do.
    pub fn contains(self, value: impl Comparable<E>) -> Filter<T>
    where
        E: Value,
    {
        self.contains_all([value])
    }

    /// Rows whose array holds all of the values.
    pub fn contains_all<C: Comparable<E>>(self, values: impl IntoIterator<Item = C>) -> Filter<T> {
        Filter::compare(self.0, Comparison::ContainsAll, &elements(values))
    }

    /// Rows whose array holds one of the values at least.
    pub fn contains_any<C: Comparable<E>>(self, values: impl IntoIterator<Item = C>) -> Filter<T> {
        Filter::compare(self.0, Comparison::Overlaps, &elements(values))
    }
}

fn elements<E, C: Comparable<E>>(values: impl IntoIterator<Item = C>) -> Vec<E> {
    values.into_iter().map(Comparable::into_value).collect()
}

/// A compare-and-swap on its way.
#[derive(Debug)]
pub struct SwapFrom<T, V> {
    position: usize,
    expected: V,
    marker: Marker<T>,
}

impl<T: Table, V: Value> SwapFrom<T, V> {
    /// The second half: the new value.
    pub fn to(self, new: V) -> Swap<T> {
        Swap {
            position: self.position,
            expected: self.expected.to_parameter(),
            new: new.to_parameter(),
            marker: PhantomData,
        }
    }
}

/// One step of one column: from an expected value to a new one.
#[derive(Debug)]
pub struct Swap<T> {
    pub(crate) position: usize,
    pub(crate) expected: Result<crate::value::Parameter, crate::value::EncodeError>,
    pub(crate) new: Result<crate::value::Parameter, crate::value::EncodeError>,
    marker: Marker<T>,
}
