//! What generated code touches. No public API: it changes with the derive, which is pinned to this
//! very version.

pub use crate::Repository;
pub use crate::column::{Column, Comparable, Editable, Pointing, Swappable};
pub use crate::compat::{
    DatabaseGenerates, DatabaseNumbers, ScopeGives, SetByTheRuntime, SetsAtInsert, SetsKey, SetsStatus,
    holds, is_enum, is_id_of, is_shape, is_table, same, tag,
};
pub use crate::error::spoken;
pub use crate::member::tag as member;
pub use crate::member::{
    HoldsMember, holds_bounds, holds_member, holds_sorted_words, holds_words, is_part, part_of,
};
pub use crate::own_sql::{QueryRow, ResultColumns, is_value};
pub use crate::query::{AcrossTenants, HasDocument, IndexOrder, UniqueKey, WithinTenant};
#[cfg(feature = "cli")]
pub use crate::reach::{ReachError, reach};
pub use crate::repository::{Find, List, SystemReader};
pub use crate::scope::RepositoryScope;
pub use crate::sensitive::is_sensitive;
pub use crate::table::Direction::{
    self, Ascending, AscendingNullsFirst, AscendingNullsLast, Descending, DescendingNullsFirst,
    DescendingNullsLast,
};
pub use crate::table::{
    Assignments, ChainDescriptor, Chained, Changeable, ColumnDefault, Completable, Deletable,
    GlobalRepository, Identified, Insert, Key, NamedAssignments, NamedReader, NamedRepository,
    OrderDescriptor, Outbox, OutboxDescriptor, Partitioned, Patchable, Projection, Purgeable, Purpose, Queue,
    QueueDescriptor, QueueStatements, QueueSteps, ReferenceDescriptor, Searchable, SoftDeletable, Statements,
    SwapStatement, Table, TableDescriptor, UniqueKeyDescriptor, Update, Upsertable, Verbs, Versioned, assign,
    parameter, read_fields, tenancy,
};
pub use crate::value::{
    Canonical, DbEnum, DecodeError, EncodeError, EnumDescriptor, EnumForm, JsonForm, JsonShape, Parameter,
    ParameterType, PartMember, Row, ShapeDescriptor, SingleShape, Stored, Upgraded, Value, likely_version,
    upgrade,
};
pub use core::marker::PhantomData;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{self, Err, Ok};
pub use serde_json::Value as Json;
pub use std::string::String;
pub use std::vec::Vec;
