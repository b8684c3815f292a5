//! Values on their way to and from the database.
//!
//! A value becomes a [`Parameter`], a closed list of what PostgreSQL is sent, and everything behind
//! that is written once for all tables: the verbs are not generic in the columns' types.

pub(crate) mod binder;
mod calendar;
mod canonical;
mod decode;
mod document;
mod enumeration;
mod json;
mod known;
mod located;
mod parameter_type;
mod primitive;
mod readable;
mod stored;
mod streamed;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::tenant::TenantId;

pub use canonical::ContentHash;
pub(crate) use canonical::canonical_member;
pub use decode::{DecodeError, Row};
pub use document::{PartMember, ShapeDescriptor};
pub use enumeration::{DbEnum, EnumDescriptor};
pub use json::{Canonical, JsonShape, SingleShape, Upgraded, upgrade};
pub use parameter_type::ParameterType;
pub(crate) use readable::Readable;
pub use stored::{EnumForm, JsonForm, Stored};
pub use streamed::likely_version;

/// What is sent to the database for one parameter. `None` is NULL, of that type. `Debug` shows the type
/// alone: a parameter in a log is a leak.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Parameter {
    /// The tenant: of type `stellaops.tenant`, so that sending it binds the transaction to it.
    Tenant(TenantId),
    /// `uuid`
    Uuid(Option<Uuid>),
    /// `text`
    Text(Option<String>),
    /// `smallint`
    SmallInt(Option<i16>),
    /// `integer`
    Integer(Option<i32>),
    /// `bigint`
    BigInt(Option<i64>),
    /// `boolean`
    Boolean(Option<bool>),
    /// `timestamptz`
    TimestampTz(Option<DateTime<Utc>>),
    /// `date`
    Date(Option<NaiveDate>),
    /// `bytea`
    Bytea(Option<Vec<u8>>),
    /// `text[]`
    TextArray(Option<Vec<String>>),
    /// `uuid[]`
    UuidArray(Option<Vec<Uuid>>),
    /// `boolean[]`: the mask of a patch.
    BooleanArray(Vec<bool>),
    /// `jsonb`, canonical text.
    Json(Option<String>),
    /// An array of values of that type, NULLs among them.
    Several(ParameterType, Vec<Parameter>),
}

impl Parameter {
    /// The name of a tenant as a value like any other, which binds nothing: the system's login reads the rows of all.
    pub(crate) fn named(tenant: &TenantId) -> Self {
        Parameter::Text(Some(tenant.as_str().into()))
    }

    /// The type's name in SQL.
    pub(crate) fn sql_type(&self) -> &'static str {
        match self {
            Parameter::Tenant(_) => "stellaops.tenant",
            Parameter::BooleanArray(_) => "boolean[]",
            Parameter::Several(of, _) => of.array_sql(),
            of_a_column => ParameterType::of(of_a_column).map_or("unknown", ParameterType::sql),
        }
    }
}

impl Parameter {
    /// The value in full, for a fingerprint: it goes nowhere else.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Parameter::Tenant(value) => format!("{value:?}"),
            Parameter::Uuid(value) => format!("{value:?}"),
            Parameter::Text(value) => format!("{value:?}"),
            Parameter::SmallInt(value) => format!("{value:?}"),
            Parameter::Integer(value) => format!("{value:?}"),
            Parameter::BigInt(value) => format!("{value:?}"),
            Parameter::Boolean(value) => format!("{value:?}"),
            Parameter::TimestampTz(value) => format!("{value:?}"),
            Parameter::Date(value) => format!("{value:?}"),
            Parameter::Bytea(value) => format!("{value:?}"),
            Parameter::TextArray(value) => format!("{value:?}"),
            Parameter::UuidArray(value) => format!("{value:?}"),
            Parameter::BooleanArray(value) => format!("{value:?}"),
            Parameter::Json(value) => format!("{value:?}"),
            Parameter::Several(_, values) => {
                let values = values.iter().map(Parameter::in_full);
                format!("{:?}", values.collect::<Vec<_>>())
            }
        }
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Parameter({})", self.sql_type())
    }
}

/// Why a value cannot be sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The document is not what its shape says, or has no canonical form.
    #[error("the document cannot be stored as `{shape}`: {cause}")]
    Json {
        /// The shape.
        shape: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The value of a sensitive column, which is not shown, cannot be stored.
    #[error("the value of a sensitive column cannot be stored")]
    Sensitive,
    /// PostgreSQL's texts hold no NUL.
    #[error("a text with a NUL character cannot be stored")]
    Nul,
    /// The value that was assigned to a column.
    #[error("`{table}.{column}`: {cause}")]
    Assigned {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with the value.
        cause: Box<EncodeError>,
    },
    /// A column number that the table does not have: generated code and descriptor disagree.
    #[error("the table has no column number {column}")]
    NoColumn {
        /// The number.
        column: usize,
    },
}

impl EncodeError {
    /// What is wrong with the value, wherever it was assigned: for an answer to somebody who knows no tables.
    ///
    /// ```
    /// use stellaops_db::EncodeError;
    ///
    /// fn answer(error: &EncodeError) -> String {
    ///     format!("422: {}", error.cause())
    /// }
    ///
    /// assert_eq!(answer(&EncodeError::Nul), "422: a text with a NUL character cannot be stored");
    /// ```
    pub fn cause(&self) -> &EncodeError {
        match self {
            EncodeError::Assigned { cause, .. } => cause.cause(),
            other => other,
        }
    }
}

/// A Rust type that a column can hold. Implemented for the types of the README's table, and by
/// `#[derive(DbEnum)]` and `#[derive(Jsonb)]`.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` is no type of a column",
    label = "the column needs another Rust type",
    note = "run `stellaops-db explain SDB0113`"
)]
pub trait Value: Sized + Send + Sync + 'static {
    /// NULL of this type.
    fn null() -> Parameter;

    /// The value as it is sent.
    ///
    /// # Errors
    /// [`EncodeError`] for what PostgreSQL cannot hold.
    fn to_parameter(&self) -> Result<Parameter, EncodeError>;

    /// Reads the value from a row, by position.
    ///
    /// # Errors
    /// [`DecodeError`] when the column holds something else.
    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError>;
}
