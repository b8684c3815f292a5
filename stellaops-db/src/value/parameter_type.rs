use crate::value::Parameter;

/// The types of [`Parameter`]s that columns have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterType {
    /// `uuid`
    Uuid,
    /// `text`
    Text,
    /// `smallint`
    SmallInt,
    /// `integer`
    Integer,
    /// `bigint`
    BigInt,
    /// `boolean`
    Boolean,
    /// `timestamptz`
    TimestampTz,
    /// `date`
    Date,
    /// `bytea`
    Bytea,
    /// `text[]`
    TextArray,
    /// `uuid[]`
    UuidArray,
    /// `jsonb`
    Json,
}

impl ParameterType {
    /// NULL of this type.
    pub fn null(self) -> Parameter {
        match self {
            ParameterType::Uuid => Parameter::Uuid(None),
            ParameterType::Text => Parameter::Text(None),
            ParameterType::SmallInt => Parameter::SmallInt(None),
            ParameterType::Integer => Parameter::Integer(None),
            ParameterType::BigInt => Parameter::BigInt(None),
            ParameterType::Boolean => Parameter::Boolean(None),
            ParameterType::TimestampTz => Parameter::TimestampTz(None),
            ParameterType::Date => Parameter::Date(None),
            ParameterType::Bytea => Parameter::Bytea(None),
            ParameterType::TextArray => Parameter::TextArray(None),
            ParameterType::UuidArray => Parameter::UuidArray(None),
            ParameterType::Json => Parameter::Json(None),
        }
    }
}
