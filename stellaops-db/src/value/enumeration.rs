//! Enums, stored as their code or their text.

use crate::value::{DecodeError, EncodeError, Parameter, Row};

/// An enum of the specs, as `#[derive(DbEnum)]` describes it.
#[derive(Debug)]
pub struct EnumDescriptor {
    /// `<schema>.<enum>`.
    pub name: &'static str,
    /// Whether values are stored as texts; else as codes.
    pub is_text: bool,
    /// Name and code of each value, in the order of the spec.
    pub values: &'static [(&'static str, i16)],
}

/// A Rust enum that is an enum of the specs. Derived.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` is no enum of the specs",
    label = "the column needs a type that derives `DbEnum`",
    note = "derive `stellaops_db::DbEnum` on it and name its enum with `#[db_enum(\"<schema>.<enum>\")]`\nrun `stellaops-db explain SDB0113`"
)]
pub trait DbEnum: Copy + Eq + Send + Sync + 'static {
    /// The enum of the specs.
    const DESCRIPTOR: &'static EnumDescriptor;

    /// The position of the value in the descriptor.
    fn position(self) -> usize;

    /// The value at that position.
    fn at(position: usize) -> Option<Self>;

    /// The value's name, as the specs write it.
    fn name(self) -> &'static str {
        Self::DESCRIPTOR.values[self.position()].0
    }

    /// The value of that name.
    fn parse(name: &str) -> Option<Self> {
        Self::at(
            Self::DESCRIPTOR
                .values
                .iter()
                .position(|(known, _)| *known == name)?,
        )
    }
}

/// NULL, of the enum's storage.
pub fn enum_null<E: DbEnum>() -> Parameter {
    if E::DESCRIPTOR.is_text {
        Parameter::Text(None)
    } else {
        Parameter::SmallInt(None)
    }
}

/// The value as it is stored.
///
/// # Errors
/// None; the type is that of [`crate::__private::Value::to_parameter`].
pub fn enum_to_parameter<E: DbEnum>(value: E) -> Result<Parameter, EncodeError> {
    let (name, code) = E::DESCRIPTOR.values[value.position()];
    Ok(if E::DESCRIPTOR.is_text {
        Parameter::Text(Some(name.into()))
    } else {
        Parameter::SmallInt(Some(code))
    })
}

/// Reads a stored value.
///
/// # Errors
/// [`DecodeError::Enum`] when it is none of the enum's.
pub fn enum_from_row<E: DbEnum>(row: &Row<'_>, index: usize) -> Result<E, DecodeError> {
    let (position, stored) = if E::DESCRIPTOR.is_text {
        let name: String = row.read(index)?;
        (
            E::DESCRIPTOR.values.iter().position(|(known, _)| *known == name),
            name,
        )
    } else {
        let code: i16 = row.read(index)?;
        (
            E::DESCRIPTOR.values.iter().position(|(_, known)| *known == code),
            code.to_string(),
        )
    };
    position.and_then(E::at).ok_or(DecodeError::Enum {
        declared: E::DESCRIPTOR.name,
        stored,
    })
}
