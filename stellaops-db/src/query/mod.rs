//! Queries that are put together at run time: filters, orders, pages.

pub(crate) mod children;
pub(crate) mod cursor;
pub(crate) mod ends;
mod filter;
pub(crate) mod join;
mod keyset;
pub(crate) mod listing;
mod lock;
mod lookup;
mod member;
mod order;
pub(crate) mod predicate;
pub(crate) mod relation;
pub(crate) mod select;

pub(crate) use cursor::CursorKeys;
pub use cursor::{Cursor, CursorKey, InvalidCursor};
pub use filter::Filter;
pub(crate) use filter::{Comparison, Condition};
pub use listing::Listing;
pub use lock::Lock;
pub use lookup::{Lookup, UniqueKey};
pub(crate) use member::MemberTest;
pub use member::{ComparableMember, Edit, HasDocument, IsEditable, Member, Path};
pub use order::{AcrossTenants, IndexOrder, Order, OrderOf, WithinTenant};
pub use relation::{Children, Relation};
