//! The one place that binds parameters. The tenant goes first, as a parameter of the domain type
//! `stellaops.tenant`: PostgreSQL converts it while it binds, before it plans and executes, and the
//! domain's check binds the transaction to it.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, Postgres};
use sqlx::{Arguments, Type};

use crate::tenant::TenantId;
use crate::value::{Parameter, ParameterType};

/// Binds the parameters in their order.
pub(crate) fn bind(parameters: Vec<Parameter>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for parameter in parameters {
        add(&mut arguments, parameter).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn add(arguments: &mut PgArguments, parameter: Parameter) -> Result<(), BoxDynError> {
    match parameter {
        Parameter::Tenant(tenant) => arguments.add(TenantParameter(tenant)),
        Parameter::Uuid(value) => arguments.add(value),
        Parameter::Text(value) => arguments.add(value),
        Parameter::SmallInt(value) => arguments.add(value),
        Parameter::Integer(value) => arguments.add(value),
        Parameter::BigInt(value) => arguments.add(value),
        Parameter::Boolean(value) => arguments.add(value),
        Parameter::TimestampTz(value) => arguments.add(value),
        Parameter::Date(value) => arguments.add(value),
        Parameter::Bytea(value) => arguments.add(value),
        Parameter::TextArray(value) => arguments.add(value),
        Parameter::UuidArray(value) => arguments.add(value),
        Parameter::BooleanArray(value) => arguments.add(value),
        Parameter::Json(value) => arguments.add(value.as_deref().map(JsonText)),
        Parameter::Several(of, values) => add_several(arguments, of, values),
    }
}

/// One array of the values; what has another type than the array is an error, not a NULL.
fn add_several(
    arguments: &mut PgArguments,
    of: ParameterType,
    values: Vec<Parameter>,
) -> Result<(), BoxDynError> {
    macro_rules! array {
        ($variant:ident) => {{
            let values = values.into_iter().map(|value| match value {
                Parameter::$variant(value) => Ok(value),
                _ => Err("a value has another type than its array"),
            });
            arguments.add(values.collect::<Result<Vec<_>, _>>()?)
        }};
    }
    match of {
        ParameterType::Uuid => array!(Uuid),
        ParameterType::Text => array!(Text),
        ParameterType::SmallInt => array!(SmallInt),
        ParameterType::Integer => array!(Integer),
        ParameterType::BigInt => array!(BigInt),
        ParameterType::Boolean => array!(Boolean),
        ParameterType::TimestampTz => array!(TimestampTz),
        ParameterType::Date => array!(Date),
        ParameterType::Bytea => array!(Bytea),
        ParameterType::TextArray | ParameterType::UuidArray | ParameterType::Json => {
            Err("there is no array of arrays or documents".into())
        }
    }
}

/// The tenant, typed: the type is the binding.
pub(crate) struct TenantParameter(pub(crate) TenantId);

impl Type<Postgres> for TenantParameter {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("stellaops.tenant")
    }
}

impl Encode<'_, Postgres> for TenantParameter {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_str().as_bytes());
        Ok(IsNull::No)
    }
}

/// JSON text as `jsonb`: binary format 1 is a version byte before the text.
pub(crate) struct JsonText<'t>(pub(crate) &'t str);

/// `jsonb` in `pg_type`; the same in every PostgreSQL.
const JSONB: sqlx::postgres::types::Oid = sqlx::postgres::types::Oid(3802);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSONB)
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        info.oid() == Some(JSONB)
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.push(1);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

impl<'t> sqlx::Decode<'t, Postgres> for JsonText<'t> {
    fn decode(value: sqlx::postgres::PgValueRef<'t>) -> Result<Self, BoxDynError> {
        let binary = value.format() == sqlx::postgres::PgValueFormat::Binary;
        let bytes = value.as_bytes()?;
        let text = match (binary, bytes.split_first()) {
            (true, Some((1, text))) => text,
            (true, _) => return Err("unknown version of the jsonb format".into()),
            (false, _) => bytes,
        };
        Ok(JsonText(std::str::from_utf8(text)?))
    }
}
