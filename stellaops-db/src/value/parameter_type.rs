use chrono::{DateTime, Utc};

use crate::value::binder::JsonText;
use crate::value::{DecodeError, Parameter, Row};

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident, $sql:literal, $array:literal, |$value:ident: $rust:ty| $parameter:expr;)*) => {
        /// The types of [`Parameter`]s that columns have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ParameterType {
            $($(#[$doc])* $name,)*
        }

        impl ParameterType {
            /// NULL of this type.
            pub fn null(self) -> Parameter {
                match self {
                    $(ParameterType::$name => Parameter::$name(None),)*
                }
            }

            /// The type's name in SQL.
            pub(crate) fn sql(self) -> &'static str {
                match self {
                    $(ParameterType::$name => $sql,)*
                }
            }

            /// The name in SQL of an array of this type.
            pub(crate) fn array_sql(self) -> &'static str {
                match self {
                    $(ParameterType::$name => $array,)*
                }
            }

            /// The type of a parameter; none of the tenant and of what is no column's.
            pub(crate) fn of(parameter: &Parameter) -> Option<Self> {
                match parameter {
                    $(Parameter::$name(_) => Some(ParameterType::$name),)*
                    Parameter::Tenant(_) | Parameter::BooleanArray(_) | Parameter::Several(..) => None,
                }
            }

            /// Whether a parameter is NULL.
            pub(crate) fn is_null(parameter: &Parameter) -> bool {
                matches!(parameter, $(Parameter::$name(None))|*)
            }

            /// Reads a column of this type from a row, as it would be sent.
            pub(crate) fn read(self, row: &Row<'_>, index: usize) -> Result<Parameter, DecodeError> {
                match self {
                    $(ParameterType::$name => {
                        if row.is_null(index)? {
                            return Ok(Parameter::$name(None));
                        }
                        let $value: $rust = row.read(index)?;
                        Ok(Parameter::$name(Some($parameter)))
                    })*
                }
            }
        }
    };
}

types! {
    /// `uuid`
    Uuid, "uuid", "uuid[]", |value: uuid::Uuid| value;
    /// `text`
    Text, "text", "text[]", |value: String| value;
    /// `smallint`
    SmallInt, "smallint", "smallint[]", |value: i16| value;
    /// `integer`
    Integer, "integer", "integer[]", |value: i32| value;
    /// `bigint`
    BigInt, "bigint", "bigint[]", |value: i64| value;
    /// `boolean`
    Boolean, "boolean", "boolean[]", |value: bool| value;
    /// `timestamptz`
    TimestampTz, "timestamptz", "timestamptz[]", |value: DateTime<Utc>| value;
    /// `date`
    Date, "date", "date[]", |value: chrono::NaiveDate| value;
    /// `bytea`
    Bytea, "bytea", "bytea[]", |value: Vec<u8>| value;
    /// `text[]`
    TextArray, "text[]", "text[]", |value: Vec<String>| value;
    /// `uuid[]`
    UuidArray, "uuid[]", "uuid[]", |value: Vec<uuid::Uuid>| value;
    /// `jsonb`
    Json, "jsonb", "jsonb[]", |value: JsonText<'_>| value.0.into();
}
