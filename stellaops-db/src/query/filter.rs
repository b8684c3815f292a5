//! Conditions on columns.

use std::marker::PhantomData;

use crate::value::{EncodeError, Parameter, Value};

/// A condition on a column. Filters of one call must all hold.
pub struct Filter<T> {
    pub(crate) position: usize,
    pub(crate) condition: Condition,
    marker: PhantomData<fn() -> T>,
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
}

#[derive(Debug)]
pub(crate) enum Condition {
    Compare(Comparison, Result<Parameter, EncodeError>),
    OneOf(Vec<Result<Parameter, EncodeError>>),
    Null(bool),
}

impl<T> std::fmt::Debug for Filter<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the value: a filter in a log is a leak.
        write!(formatter, "Filter(column {})", self.position)
    }
}

impl<T> Filter<T> {
    pub(crate) fn compare<V: Value>(position: usize, comparison: Comparison, value: &V) -> Self {
        Filter {
            position,
            condition: Condition::Compare(comparison, value.to_parameter()),
            marker: PhantomData,
        }
    }

    pub(crate) fn one_of<V: Value>(position: usize, values: impl Iterator<Item = V>) -> Self {
        let values = values.map(|value| value.to_parameter()).collect();
        Filter {
            position,
            condition: Condition::OneOf(values),
            marker: PhantomData,
        }
    }

    pub(crate) fn null(position: usize, is_null: bool) -> Self {
        Filter {
            position,
            condition: Condition::Null(is_null),
            marker: PhantomData,
        }
    }
}
