//! Orders: each belongs to an index of the specs, and takes the values of its pins.

use std::marker::PhantomData;

use crate::column::{Comparable, Marker};
use crate::table::{OrderDescriptor, Table};
use crate::value::{EncodeError, Parameter, Value};

/// Reads of one tenant.
#[derive(Debug)]
pub struct WithinTenant;

/// Reads of a system scope across tenants.
#[derive(Debug)]
pub struct AcrossTenants;

/// The order of an index whose pins have the types `P`: `T::BY_STATUS_NEWEST.of(status)`.
pub struct IndexOrder<T, P, S = WithinTenant>(#[doc(hidden)] pub usize, #[doc(hidden)] pub Marker<(T, P, S)>);

impl<T: Table, P, S> IndexOrder<T, P, S> {
    fn with(self, pins: Vec<Result<Parameter, EncodeError>>) -> Order<T, S> {
        Order {
            descriptor: &T::DESCRIPTOR.orders[self.0],
            pins,
            marker: PhantomData,
        }
    }
}

impl<T, P, S> Clone for IndexOrder<T, P, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, P, S> Copy for IndexOrder<T, P, S> {}

impl<T: Table, P, S> std::fmt::Debug for IndexOrder<T, P, S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = T::DESCRIPTOR.orders[self.0].name;
        write!(formatter, "IndexOrder({name})")
    }
}

/// An order with its pins.
pub struct Order<T, S = WithinTenant> {
    pub(crate) descriptor: &'static OrderDescriptor,
    pub(crate) pins: Vec<Result<Parameter, EncodeError>>,
    marker: Marker<(T, S)>,
}

impl<T, S> std::fmt::Debug for Order<T, S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Order({})", self.descriptor.name)
    }
}

macro_rules! pins {
    ($($type:ident $value:ident),+) => {
        impl<T: Table, S, $($type: Value),+> IndexOrder<T, ($($type,)+), S> {
            /// The order among the rows whose pinned columns have these values.
            pub fn of(self, $($value: impl Comparable<$type>),+) -> Order<T, S> {
                self.with(vec![$($value.into_value().to_parameter()),+])
            }
        }
    };
}

pins!(A a);
pins!(A a, B b);
pins!(A a, B b, C c);
pins!(A a, B b, C c, D d);
pins!(A a, B b, C c, D d, E e);

/// What a list of `T` can be ordered by: an order that an index of the table serves.
#[diagnostic::on_unimplemented(
    message = "[SDB0704] `{Self}` is no order of an index of `{T}`",
    label = "no index serves this order",
    note = "use one of the table's `BY_…` orders (with `.of(…)` for its pins), or declare an index in the spec; an order with `scope = \"system\"` is for `system.across_tenants::<…>()`\nrun `stellaops-db explain SDB0704`"
)]
pub trait OrderOf<T, S = WithinTenant> {
    /// The order with its pins.
    fn into_order(self) -> Order<T, S>;
}

impl<T, S, U, Z> OrderOf<T, S> for Order<U, Z>
where
    T: Table,
    U: SameTable<T>,
    Z: SameScope<S>,
{
    fn into_order(self) -> Order<T, S> {
        Order {
            descriptor: self.descriptor,
            pins: self.pins,
            marker: PhantomData,
        }
    }
}

impl<T, S, U, Z> OrderOf<T, S> for IndexOrder<U, (), Z>
where
    T: Table,
    U: SameTable<T> + Table,
    Z: SameScope<S>,
{
    fn into_order(self) -> Order<T, S> {
        OrderOf::<T, S>::into_order(self.with(Vec::new()))
    }
}

/// Implemented by each table for itself, so that an order of another one is refused in our words.
#[diagnostic::on_unimplemented(
    message = "[SDB0705] an order of `{Self}` is no order of `{T}`",
    label = "the order belongs to an index of another table",
    note = "use one of `{T}`'s own `BY_…` orders\nrun `stellaops-db explain SDB0705`"
)]
pub trait SameTable<T> {}
impl<T> SameTable<T> for T {}

/// As [`SameTable`], for whose reads an order serves.
#[diagnostic::on_unimplemented(
    message = "[SDB0705] an order for `{Self}` serves no reads for `{S}`",
    label = "the order's index serves other reads",
    note = "an order with `scope = \"system\"` is for `system.across_tenants::<…>()`, any other for the repository of a tenant\nrun `stellaops-db explain SDB0705`"
)]
pub trait SameScope<S> {}
impl<S> SameScope<S> for S {}
