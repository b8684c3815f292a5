use crate::model::ColumnType;
use crate::source::Place;

/// A column, checked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// The name.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The value of a new row that names none.
    pub default: Option<Default>,
    /// What the column is for; decides who may write it, and when.
    pub role: ColumnRole,
    /// Whether compare-and-swap may change it.
    pub compare_and_swap: bool,
    /// The least integer.
    pub min: Option<i64>,
    /// The greatest integer.
    pub max: Option<i64>,
    /// The least length, in characters or elements.
    pub min_length: Option<i64>,
    /// The greatest length, in characters or elements.
    pub max_length: Option<i64>,
    /// The regular expression of a text.
    pub pattern: Option<String>,
    /// Another collation than C, for a text.
    pub collation: Option<String>,
    /// Whether the value is a secret or made from one.
    pub sensitive: bool,
    /// A good value.
    pub example: Option<Literal>,
    /// Where it is specified.
    pub place: Place,
}

/// What a column is for. Exactly one role a column: it decides who writes it, and when.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ColumnRole {
    /// The tenant: bound by the scope, never passed by hand.
    Tenant,
    /// Part of the primary key: set at insert, never changed.
    Key,
    /// Numbered by the database (always part of the key).
    Identity,
    /// An enum with transitions: changes by compare-and-swap only.
    Status,
    /// Set at insert, never changed.
    Immutable,
    /// Set to the clock by every update.
    Touched,
    /// Counts the row's versions.
    RowVersion,
    /// Marks the row as deleted; changes by soft delete and restore only.
    SoftDelete,
    /// The end of a queue's lease, its holder or its count of claims; changes by claim only.
    Lease,
    /// A link of a hash chain, its number or one of its hashes: set by the database at insert.
    Chained,
    /// Computed by the database from a JSONB path; never written and no field of a struct.
    Generated(Generated),
    /// Anything else: set at insert, changed by patch.
    Plain,
}

impl ColumnRole {
    /// Whether a patch or an upsert may set the column.
    pub fn is_patchable(&self) -> bool {
        matches!(self, ColumnRole::Plain)
    }
}

/// How a generated column is computed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Generated {
    /// The JSONB column it is generated from.
    pub source: String,
    /// The members from the outermost to the innermost.
    pub path: Vec<String>,
}

/// The default of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Default {
    /// A literal: applied by the client, and in the DDL for hand-written SQL.
    Literal(Literal),
    /// The client's clock; `now()` in the DDL.
    Now,
    /// A UUIDv7 made by the client; nothing in the DDL.
    UuidV7,
}

/// A literal, of the column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// An integer of any width.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// A list of texts (also for an empty list of any array type).
    TextList(Vec<String>),
    /// A value of the column's enum, by its name.
    EnumValue(String),
}

impl Column {
    /// Whether the database computes it.
    pub fn is_generated(&self) -> bool {
        matches!(self.role, ColumnRole::Generated(_))
    }

    /// Whether it is a field of the struct: everything but generated columns.
    pub fn is_field(&self) -> bool {
        !self.is_generated()
    }

    /// Whether an INSERT names it.
    pub fn is_inserted(&self) -> bool {
        !matches!(
            self.role,
            ColumnRole::Generated(_) | ColumnRole::Identity | ColumnRole::Chained
        )
    }

    /// Whether the constructor of a new row demands a value: no default, not NULL, and nobody else sets it.
    pub fn is_required_at_insert(&self) -> bool {
        self.is_inserted() && !self.nullable && self.default.is_none() && self.role != ColumnRole::Tenant
    }

    /// Whether the constructor of a new row has a setter for it.
    pub fn is_optional_at_insert(&self) -> bool {
        self.is_inserted() && !self.is_required_at_insert() && self.role != ColumnRole::Tenant
    }
}
