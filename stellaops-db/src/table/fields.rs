//! The fields of a row as tuples, so that a derive writes one call and no body a field: not one question mark
//! each, with a way out on which all fields before it are dropped, nor one arm of a match. A tuple holds
//! fourteen at most; a wider row is read in several, and written as a tuple of tuples.

use crate::value::{DecodeError, EncodeError, Parameter, Row, Value};

/// Values that are read from the columns of a row, in their order. Implemented for tuples of values only, so
/// that the compiler names the value that is none of a column.
pub trait ReadFields: Sized {
    /// Reads them from a position on, and moves it behind them.
    ///
    /// # Errors
    /// [`DecodeError`] when a column holds something else.
    fn read(row: &Row<'_>, position: &mut usize) -> Result<Self, DecodeError>;
}

fn next<V: Value>(row: &Row<'_>, position: &mut usize) -> Result<V, DecodeError> {
    let value = V::from_row(row, *position).map_err(|cause| row.misfit(*position, cause));
    *position += 1;
    value
}

/// References to values that are columns of a row, in their order.
pub trait WrittenFields {
    /// The value at that position; none when there are not so many, and then the position is less by
    /// their number.
    fn at(&self, position: &mut usize) -> Option<Result<Parameter, EncodeError>>;
}

impl<V: Value> WrittenFields for &V {
    fn at(&self, position: &mut usize) -> Option<Result<Parameter, EncodeError>> {
        if *position == 0 {
            return Some(self.to_parameter());
        }
        *position -= 1;
        None
    }
}

macro_rules! tuple {
    ($($field:ident),+) => {
        impl<$($field: Value),+> ReadFields for ($($field,)+) {
            fn read(row: &Row<'_>, position: &mut usize) -> Result<Self, DecodeError> {
                Ok(($(next::<$field>(row, position)?,)+))
            }
        }

        impl<$($field: WrittenFields),+> WrittenFields for ($($field,)+) {
            #[allow(non_snake_case)]
            fn at(&self, position: &mut usize) -> Option<Result<Parameter, EncodeError>> {
                let ($($field,)+) = self;
                $(
                    if let Some(value) = $field.at(position) {
                        return Some(value);
                    }
                )+
                None
            }
        }
    };
}

tuple!(A);
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);
tuple!(A, B, C, D, E, F, G);
tuple!(A, B, C, D, E, F, G, H);
tuple!(A, B, C, D, E, F, G, H, I);
tuple!(A, B, C, D, E, F, G, H, I, J);
tuple!(A, B, C, D, E, F, G, H, I, J, K);
tuple!(A, B, C, D, E, F, G, H, I, J, K, L);
tuple!(A, B, C, D, E, F, G, H, I, J, K, L, M);
tuple!(A, B, C, D, E, F, G, H, I, J, K, L, M, N);

/// Reads fields of a row, from the column at that position on.
///
/// # Errors
/// [`DecodeError`] when a column holds something else.
pub fn read_fields<F: ReadFields>(row: &Row<'_>, mut position: usize) -> Result<F, DecodeError> {
    F::read(row, &mut position)
}

/// The value of one of the fields as it is sent.
///
/// # Errors
/// [`EncodeError`]; [`EncodeError::NoColumn`] when there are not so many.
pub fn parameter(fields: impl WrittenFields, column: usize) -> Result<Parameter, EncodeError> {
    fields
        .at(&mut { column })
        .unwrap_or(Err(EncodeError::NoColumn { column }))
}
