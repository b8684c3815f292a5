//! Look-ups: a unique key, and the values that one row has in its columns.

use std::marker::PhantomData;

use crate::column::{Comparable, Marker};
use crate::table::Table;
use crate::value::{EncodeError, Parameter, Value};

/// A unique key of the table whose columns have the types `P`, as the derive names it:
/// `Schedule::UNIQUE_NAME.of("nightly")` looks for the one row with that name.
pub struct UniqueKey<T, P>(#[doc(hidden)] pub usize, #[doc(hidden)] pub Marker<(T, P)>);

impl<T, P> Clone for UniqueKey<T, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, P> Copy for UniqueKey<T, P> {}

impl<T: Table, P> std::fmt::Debug for UniqueKey<T, P> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "UniqueKey({}, {})", T::DESCRIPTOR.qualified, self.0)
    }
}

/// A unique key with the values of one row: what [`Repository::find`](crate::Repository::find) looks for.
#[must_use = "nothing is looked for until a repository has it"]
pub struct Lookup<T> {
    pub(crate) key: usize,
    pub(crate) values: Vec<Result<Parameter, EncodeError>>,
    marker: Marker<T>,
}

impl<T: Table> std::fmt::Debug for Lookup<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(formatter, "Lookup({}, {})", T::DESCRIPTOR.qualified, self.key)
    }
}

macro_rules! keys {
    ($($type:ident $value:ident),+) => {
        impl<T: Table, $($type: Value),+> UniqueKey<T, ($($type,)+)> {
            /// The row with these values, if there is one.
            pub fn of(self, $($value: impl Comparable<$type>),+) -> Lookup<T> {
                Lookup {
                    key: self.0,
                    values: vec![$($value.into_value().to_parameter()),+],
                    marker: PhantomData,
                }
            }
        }
    };
}

keys!(A a);
keys!(A a, B b);
keys!(A a, B b, C c);
keys!(A a, B b, C c, D d);
keys!(A a, B b, C c, D d, E e);
keys!(A a, B b, C c, D d, E e, F f);
