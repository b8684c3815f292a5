//! Enums, stored as their code or their text.

use crate::value::{DecodeError, Parameter, Row};

/// An enum of the specs, as `#[derive(DbEnum)]` describes it.
#[derive(Debug)]
pub struct EnumDescriptor<E: 'static> {
    /// `<schema>.<enum>`.
    pub name: &'static str,
    /// The variants.
    pub variants: &'static [E],
    /// The name of each, in the order of the variants.
    pub names: &'static [&'static str],
    /// The code that each is stored as; none of them where the name is stored.
    pub codes: &'static [i16],
}

/// A Rust enum that is an enum of the specs. Derived.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::DbEnum;
/// use stellaops_db::schema::scheduler::GraphJobStatus;
///
/// assert_eq!(GraphJobStatus::Queued.name(), "queued");
/// assert_eq!(GraphJobStatus::parse("queued"), Some(GraphJobStatus::Queued));
/// assert_eq!(GraphJobStatus::parse("stuck"), None);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` is no enum of the specs",
    label = "the column needs a type that derives `DbEnum`",
    note = "derive `stellaops_db::DbEnum` on it and name its enum with `#[db_enum(\"<schema>.<enum>\")]`\nrun `stellaops-db explain SDB0113`"
)]
pub trait DbEnum: Copy + Eq + Send + Sync + 'static {
    /// The enum of the specs.
    const DESCRIPTOR: &'static EnumDescriptor<Self>;

    /// The value's name, as the specs write it.
    fn name(self) -> &'static str {
        Self::DESCRIPTOR.names[position(self)]
    }

    /// The value of that name.
    fn parse(name: &str) -> Option<Self> {
        let mut names = Self::DESCRIPTOR.names.iter();
        let position = names.position(|known| *known == name)?;
        Self::DESCRIPTOR.variants.get(position).copied()
    }
}

/// The position of a value among the variants, of which there are few.
fn position<E: DbEnum>(value: E) -> usize {
    let mut variants = E::DESCRIPTOR.variants.iter();
    // The derive lists all of them.
    variants.position(|variant| *variant == value).unwrap_or_default()
}

/// NULL, of the enum's storage.
pub(super) fn enum_null<E: DbEnum>() -> Parameter {
    if E::DESCRIPTOR.codes.is_empty() {
        Parameter::Text(None)
    } else {
        Parameter::SmallInt(None)
    }
}

/// The value as it is stored.
pub(super) fn enum_to_parameter<E: DbEnum>(value: E) -> Parameter {
    let position = position(value);
    match E::DESCRIPTOR.codes.get(position) {
        None => Parameter::Text(Some(E::DESCRIPTOR.names[position].into())),
        Some(code) => Parameter::SmallInt(Some(*code)),
    }
}

/// Reads a stored value.
///
/// # Errors
/// [`DecodeError::Enum`] when it is none of the enum's.
pub(super) fn enum_from_row<E: DbEnum>(row: &Row<'_>, index: usize) -> Result<E, DecodeError> {
    let EnumDescriptor {
        name,
        variants,
        names,
        codes,
    } = E::DESCRIPTOR;
    let fail = |stored: String| DecodeError::Enum {
        declared: name,
        stored,
    };
    let at = |position: Option<usize>| position.and_then(|position| variants.get(position).copied());
    if codes.is_empty() {
        let text: &str = row.read(index)?;
        at(names.iter().position(|known| *known == text)).ok_or_else(|| fail(text.into()))
    } else {
        let code: i16 = row.read(index)?;
        at(codes.iter().position(|known| *known == code)).ok_or_else(|| fail(code.to_string()))
    }
}
