//! What names a row.

use crate::timestamp::Timestamp;
use crate::value::{EncodeError, Parameter, Value};

/// What names a row: one value, a tuple of several, or nothing beside the tenant.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` cannot hold a key",
    label = "the column needs another Rust type",
    note = "run `stellaops-db explain SDB0113`"
)]
pub trait Key: Clone + Send + Sync + 'static {
    /// The values in the key's order.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError>;
}

macro_rules! single_key {
    ($($type:ty),*) => {$(
        impl Key for $type {
            fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
                Ok(vec![self.to_parameter()?])
            }
        }
    )*};
}

single_key!(
    uuid::Uuid,
    String,
    i16,
    i32,
    i64,
    bool,
    chrono::NaiveDate,
    Timestamp,
    Vec<u8>
);

impl<T: 'static> Key for crate::Id<T> {
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
        Ok(vec![self.to_parameter()?])
    }
}

impl Key for () {
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
        Ok(Vec::new())
    }
}

macro_rules! composite_key {
    ($($name:ident),*) => {
        impl<$($name: Value + Clone),*> Key for ($($name,)*) {
            #[allow(non_snake_case)]
            fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
                let ($($name,)*) = self;
                Ok(vec![$($name.to_parameter()?),*])
            }
        }
    };
}

composite_key!(A);
composite_key!(A, B);
composite_key!(A, B, C);
composite_key!(A, B, C, D);
