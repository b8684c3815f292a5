//! What generated code touches. No public API: it changes with the derive, which is pinned to this
//! very version.

pub use crate::Repository;
pub use crate::column::{Column, Comparable, Fixed, Swappable};
pub use crate::compat::{
    DatabaseGenerates, Holds, KeyNeverChanges, RowId, SetByTheRuntime, StatusChangesByCompareAndSwap, holds,
    is_id_of, same, tag,
};
pub use crate::member::tag as member;
pub use crate::member::{
    HoldsMember, holds_bounds, holds_member, holds_sorted_words, holds_words, is_part, part_of,
};
pub use crate::query::{AcrossTenants, IndexOrder, Order, OrderDescriptor, WithinTenant};
pub use crate::repository::{List, SystemReader};
pub use crate::scope::RepositoryScope;
pub use crate::sensitive::{IsSensitive, is_sensitive};
pub use crate::table::{
    ChainDescriptor, Chained, Changeable, ColumnDescriptor, Deletable, Identified, InsertContext, Key,
    NamedReader, NamedRepository, NewRow, Partitioned, Patch, PatchColumns, Patchable, Purgeable, Queue,
    ReferenceDescriptor, Searchable, SoftDeletable, Statements, SwapStatement, Table, TableDescriptor,
    Upsertable, Versioned, tenancy,
};
pub use crate::value::{
    Canonical, DbEnum, DecodeError, EncodeError, EnumDescriptor, JsonShape, Parameter, PartMember, Row,
    ShapeDescriptor, Value, document_from_json, document_to_json, enum_from_row, enum_null,
    enum_to_parameter, json_from_row, json_null, json_to_parameter,
};
pub use crate::{Error, Id, TenantId, Timestamp};
pub use core::marker::{Send, Sync};
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{self, Err, Ok};
pub use serde_json::Value as Json;
pub use std::string::String;
pub use std::vec::Vec;
pub use uuid::Uuid;
