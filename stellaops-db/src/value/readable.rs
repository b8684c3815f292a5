//! What a column is read as, from a row of the database or one in memory.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::Postgres;
use sqlx::{Decode, Type};
use uuid::Uuid;

#[cfg(feature = "memory")]
use crate::value::Parameter;
use crate::value::binder::JsonText;
use crate::value::calendar::{StoredDate, StoredTime};

/// A type that the columns of one type of [`Parameter`](crate::value::Parameter) are read as. It may borrow
/// from the row.
pub(crate) trait Readable<'v>: Decode<'v, Postgres> + Type<Postgres> {
    /// The value of a parameter; none of NULL, and of one of another type.
    #[cfg(feature = "memory")]
    fn of(parameter: &'v Parameter) -> Option<Self>;
}

macro_rules! readable {
    ($($rust:ty: $variant:ident, |$value:ident| $read:expr;)*) => {$(
        impl<'v> Readable<'v> for $rust {
            #[cfg(feature = "memory")]
            fn of(parameter: &'v Parameter) -> Option<Self> {
                match parameter {
                    Parameter::$variant(Some($value)) => Some($read),
                    _ => None,
                }
            }
        }
    )*};
}

readable! {
    Uuid: Uuid, |value| *value;
    String: Text, |value| value.clone();
    &'v str: Text, |value| value.as_str();
    i16: SmallInt, |value| *value;
    i32: Integer, |value| *value;
    i64: BigInt, |value| *value;
    bool: Boolean, |value| *value;
    DateTime<Utc>: TimestampTz, |value| *value;
    StoredTime: TimestampTz, |value| StoredTime(*value);
    NaiveDate: Date, |value| *value;
    StoredDate: Date, |value| StoredDate(*value);
    Vec<u8>: Bytea, |value| value.clone();
    Vec<String>: TextArray, |value| value.clone();
    Vec<Uuid>: UuidArray, |value| value.clone();
    JsonText<'v>: Json, |value| JsonText(value.as_str());
}
