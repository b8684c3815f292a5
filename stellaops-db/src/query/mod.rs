//! Queries that are put together at run time: filters, orders, pages.

pub(crate) mod cursor;
mod filter;
mod order;
pub(crate) mod select;

pub use cursor::{Cursor, InvalidCursor};
pub(crate) use filter::Comparison;
pub use filter::Filter;
pub use order::{AcrossTenants, IndexOrder, Order, OrderOf, WithinTenant};
pub(crate) use select::{count, page};
