//! How derived types are stored, written once: a derive names the form, and writes no bodies.

use crate::value::enumeration::{enum_from_row, enum_null, enum_to_parameter};
use crate::value::json::{json_from_row, json_null, json_to_parameter};
use crate::value::{DbEnum, DecodeError, EncodeError, JsonShape, Parameter, Row, Value};

/// A type that is stored in one of the forms of this module. Derived.
pub trait Stored: Sized + Send + Sync + 'static {
    /// The form.
    type Form: Form<Self>;
}

/// A way of storing types.
pub trait Form<T> {
    /// NULL.
    fn null() -> Parameter;

    /// The value as it is sent.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn to_parameter(value: &T) -> Result<Parameter, EncodeError>;

    /// Reads the value from a row, by position.
    ///
    /// # Errors
    /// [`DecodeError`].
    fn from_row(row: &Row<'_>, index: usize) -> Result<T, DecodeError>;
}

/// Enums of the specs: a code or a text.
#[derive(Debug)]
pub struct EnumForm;

impl<T: DbEnum> Form<T> for EnumForm {
    fn null() -> Parameter {
        enum_null::<T>()
    }

    fn to_parameter(value: &T) -> Result<Parameter, EncodeError> {
        Ok(enum_to_parameter(*value))
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<T, DecodeError> {
        enum_from_row(row, index)
    }
}

/// Shapes of the specs: canonical JSON.
#[derive(Debug)]
pub struct JsonForm;

impl<T: JsonShape> Form<T> for JsonForm {
    fn null() -> Parameter {
        json_null()
    }

    fn to_parameter(value: &T) -> Result<Parameter, EncodeError> {
        json_to_parameter(value)
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<T, DecodeError> {
        json_from_row(row, index)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Stored> Value for T {
    fn null() -> Parameter {
        T::Form::null()
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        T::Form::to_parameter(self)
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        T::Form::from_row(row, index)
    }
}
