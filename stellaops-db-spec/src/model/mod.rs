//! The checked model: what the specs mean, every reference resolved.
//!
//! Only the checker makes these values (they are `#[non_exhaustive]`), so whoever holds one may rely
//! on every rule of the specification: emitters have nothing left to fail on.

mod column;
mod column_type;
mod database;
mod enumeration;
mod facts;
mod index;
mod lifetime;
mod member;
pub mod name;
mod queue;
mod reference;
mod reserved_word;
mod shape;
mod table;

pub use column::{Column, ColumnRole, Default, Generated, Literal};
pub use column_type::{ColumnType, catalog_type_name, quote_identifier, quote_literal};
pub use database::{Database, Schema};
pub use enumeration::{Enum, EnumValue, Storage, Transition};
pub use index::{Direction, Finder, FinderTarget, Index, Nulls, OrderColumn, Scope, ServedBy, UniqueKey};
pub use lifetime::{
    Evidence, HashChain, Outbox, Partition, Retention, SYSTEM_TENANT, Search, SearchField, SearchLanguage,
    SearchWeight, Waiver,
};
pub use member::{Item, Member, MemberType};
pub use queue::{Backoff, Queue, QueueSteps, RETRY_HOLDER, Retreat};
pub use reference::{Check, OnDelete, Reference};
pub(crate) use reserved_word::is_reserved_for_columns;
pub use shape::{Shape, ShapeBody, Unknown};
pub use table::{Table, Tenancy};
