//! Values that are never shown.

use std::any::Any;
use std::hint::black_box;

use serde::{Deserialize, Deserializer};

use crate::column::Comparable;
use crate::value::{DecodeError, EncodeError, Parameter, Row, Value};

/// A secret, or a value made from one: the field of a column with `sensitive = true`.
///
/// `Debug` shows no value, there is no `Display` and no `Serialize`: a struct that is logged or sent
/// somewhere cannot carry the value along by accident. It is read by [`Sensitive::expose`] alone, which
/// a reviewer can search for. The memory is not wiped when the value is dropped.
///
/// ```
/// use stellaops_db::Sensitive;
///
/// let address = Sensitive::from("ada@example.org".to_string());
/// assert_eq!(format!("{address:?}"), "Sensitive(…)");
/// assert_eq!(address.expose(), "ada@example.org");
/// ```
///
/// It is not printed:
/// ```compile_fail,E0277
/// println!("{}", stellaops_db::Sensitive::from("ada@example.org".to_string()));
/// ```
///
/// Nor is it written as JSON, until the field says `#[serde(skip)]`:
/// ```compile_fail,E0277
/// #[derive(serde::Serialize)]
/// struct User {
///     address: stellaops_db::Sensitive<String>,
/// }
/// ```
#[derive(Clone, Default)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Sensitive(value)
    }

    /// The value. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, unwrapped. Whoever calls this answers for where it goes.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Sensitive(value)
    }
}

impl<T> std::fmt::Debug for Sensitive<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sensitive(…)")
    }
}

/// Texts and bytes of one length are compared whole, so that the time says nothing about where they
/// differ. It does say whether the lengths are the same; and values of other types are compared as those
/// types do, which ends at the first difference.
impl<T: PartialEq + 'static> PartialEq for Sensitive<T> {
    fn eq(&self, other: &Self) -> bool {
        match (bytes(&self.0), bytes(&other.0)) {
            (Some(left), Some(right)) => are_same(left, right),
            _ => self.0 == other.0,
        }
    }
}

impl<T: Eq + 'static> Eq for Sensitive<T> {}

fn bytes(value: &dyn Any) -> Option<&[u8]> {
    let text = value.downcast_ref::<String>().map(String::as_bytes);
    text.or_else(|| value.downcast_ref::<Vec<u8>>().map(Vec::as_slice))
}

fn are_same(left: &[u8], right: &[u8]) -> bool {
    let pairs = left.iter().zip(right);
    // The barrier keeps the compiler from ending the loop as soon as the result is known.
    let differing = pairs.fold(0, |differing, (left, right)| {
        black_box(differing | (left ^ right))
    });
    left.len() == right.len() && differing == 0
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sensitive<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Sensitive)
    }
}

/// Errors say the position at most: those of the type itself may quote the value.
impl<V: Value> Value for Sensitive<V> {
    fn null() -> Parameter {
        V::null()
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        self.0.to_parameter().map_err(|_| EncodeError::Sensitive)
    }

    fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
        let value = V::from_row(row, index);
        value.map(Sensitive).map_err(|_| DecodeError::Sensitive { index })
    }
}

impl Comparable<Sensitive<String>> for &str {
    fn into_value(self) -> Sensitive<String> {
        Sensitive(self.into())
    }
}

/// Says that a field's type is the toolkit's, and not another one of that name.
#[diagnostic::on_unimplemented(
    message = "[SDB0125] `{Self}` is not `stellaops_db::Sensitive`",
    label = "the column is sensitive",
    note = "write `Sensitive<…>`, of the toolkit\nrun `stellaops-db explain SDB0125`"
)]
pub trait IsSensitive {}
impl<T> IsSensitive for Sensitive<T> {}

/// Fails to compile unless `V` hides its value. Generated code calls it once a sensitive field.
pub const fn is_sensitive<V: IsSensitive>() {}

#[cfg(test)]
mod tests {
    use super::Sensitive;

    #[test]
    fn values_are_equal_as_their_texts_bytes_or_own_types_are() {
        let text = |text: &str| Sensitive::from(text.to_string());
        assert_eq!(text("secret"), text("secret"));
        for other in ["", "secre", "secret1", "Secret", "secreT"] {
            assert_ne!(text("secret"), text(other), "{other}");
        }
        assert_eq!(Sensitive::from(vec![0_u8, 255]), Sensitive::from(vec![0_u8, 255]));
        assert_ne!(Sensitive::from(vec![0_u8, 255]), Sensitive::from(vec![0_u8, 254]));
        assert_eq!(Sensitive::from(7_i64), Sensitive::from(7_i64));
        assert_ne!(Sensitive::from(7_i64), Sensitive::from(8_i64));
    }

    #[test]
    fn what_is_read_from_json_is_not_shown() {
        let read: Option<Sensitive<String>> = serde_json::from_str("\"secret\"").expect("a text");
        assert_eq!(format!("{read:?} {read:#?}").matches("secret").count(), 0);
        assert_eq!(read.expect("a value").into_exposed(), "secret");
    }
}
