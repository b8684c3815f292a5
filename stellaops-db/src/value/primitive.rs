//! The plain types: one line each.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::id::Id;
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::calendar::{StoredDate, StoredTime};
use crate::value::{DecodeError, EncodeError, Parameter, Row, Value};

macro_rules! plain {
    ($($rust:ty => $parameter:ident;)*) => {$(
        impl Value for $rust {
            fn null() -> Parameter {
                Parameter::$parameter(None)
            }

            fn to_parameter(&self) -> Result<Parameter, EncodeError> {
                Ok(Parameter::$parameter(Some(self.clone())))
            }

            fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
                row.read(index)
            }
        }
    )*};
}

plain! {
    Uuid => Uuid;
    i16 => SmallInt;
    i32 => Integer;
    i64 => BigInt;
    bool => Boolean;
    Vec<u8> => Bytea;
    Vec<Uuid> => UuidArray;
}

impl Value for String {
    fn null() -> Parameter {
        Parameter::Text(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::Text(Some(without_nul(self)?.into())))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        row.read(index)
    }
}

impl Value for Vec<String> {
    fn null() -> Parameter {
        Parameter::TextArray(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        for text in self {
            without_nul(text)?;
        }
        Ok(Parameter::TextArray(Some(self.clone())))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        row.read(index)
    }
}

impl Value for Timestamp {
    fn null() -> Parameter {
        Parameter::TimestampTz(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::TimestampTz(Some(self.utc())))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        let StoredTime(time) = row.read(index)?;
        Ok(Timestamp::new(time))
    }
}

impl Value for NaiveDate {
    fn null() -> Parameter {
        Parameter::Date(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::Date(Some(*self)))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        let StoredDate(date) = row.read(index)?;
        Ok(date)
    }
}

impl<T: 'static> Value for Id<T> {
    fn null() -> Parameter {
        Parameter::Uuid(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::Uuid(Some(self.uuid())))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        row.read(index).map(Id::new)
    }
}

impl<T: 'static> Value for Vec<Id<T>> {
    fn null() -> Parameter {
        Parameter::UuidArray(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::UuidArray(Some(
            self.iter().map(|id| id.uuid()).collect(),
        )))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        Ok(row.read::<Vec<Uuid>>(index)?.into_iter().map(Id::new).collect())
    }
}

impl Value for TenantId {
    fn null() -> Parameter {
        Parameter::Text(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(Parameter::Text(Some(self.as_str().into())))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        row.read::<&str>(index).map(TenantId::stored)
    }
}

impl<V: Value> Value for Option<V> {
    fn null() -> Parameter {
        V::null()
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        match self {
            Some(value) => value.to_parameter(),
            None => Ok(V::null()),
        }
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        if row.is_null(index)? {
            Ok(None)
        } else {
            V::from_row(row, index).map(Some)
        }
    }
}

fn without_nul(text: &str) -> Result<&str, EncodeError> {
    if text.contains('\0') {
        Err(EncodeError::Nul)
    } else {
        Ok(text)
    }
}
