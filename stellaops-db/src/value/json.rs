//! JSONB documents: versioned, canonical.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::value::binder::JsonText;
use crate::value::canonical::canonical_json;
use crate::value::document::{ShapeDescriptor, VERSION_MEMBER, document_from_json, document_to_json};
use crate::value::{DecodeError, EncodeError, Parameter, Row, streamed};

/// A Rust type that is a JSONB shape of the specs. Derived.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` is no JSONB shape of the specs",
    label = "the column needs a type that derives `Jsonb`",
    note = "derive `stellaops_db::Jsonb` on it and name its shape with `#[jsonb(\"<schema>.<shape>\")]`\nrun `stellaops-db explain SDB0113`"
)]
pub trait JsonShape: Send + Sync + Sized + 'static {
    /// The shape of the specs.
    const DESCRIPTOR: &'static ShapeDescriptor;

    /// The document, with its version.
    ///
    /// # Errors
    /// [`EncodeError::Json`].
    fn to_json(&self) -> Result<Json, EncodeError>;

    /// Reads a document of a present version from its text; none where only its tree can tell what it is, or
    /// what is wrong with it.
    fn from_text(text: &str) -> Option<Self>;

    /// Reads a document of that version; the version is taken out before.
    ///
    /// # Errors
    /// A text that says what is wrong.
    fn from_json(version: &str, document: Json) -> Result<Self, String>;
}

/// A Rust type that is a shape of one document. Derived.
pub trait SingleShape: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The shape of the specs.
    const SHAPE: &'static ShapeDescriptor;

    /// Reads a document of a former version; gives it back when it is of none.
    ///
    /// # Errors
    /// The document, when it is of no former version.
    fn upgrade(version: &str, document: Json) -> Upgraded<Self> {
        let _ = version;
        Err(document)
    }
}

/// A document of a former version in its present form, or why it cannot be read; else the document itself.
pub type Upgraded<T> = Result<Result<T, String>, Json>;

/// Reads a document that has the version of `F`, and turns it into the present form.
///
/// # Errors
/// The document, when it is of another version.
pub fn upgrade<F: JsonShape, T: From<F>>(version: &str, document: Json) -> Upgraded<T> {
    match F::DESCRIPTOR.versions.first() {
        Some(own) if *own == version => Ok(F::from_json(version, document).map(T::from)),
        _ => Err(document),
    }
}

#[diagnostic::do_not_recommend]
impl<T: SingleShape> JsonShape for T {
    const DESCRIPTOR: &'static ShapeDescriptor = T::SHAPE;

    fn to_json(&self) -> Result<Json, EncodeError> {
        document_to_json(self, T::SHAPE)
    }

    fn from_text(text: &str) -> Option<Self> {
        streamed::read(text, T::SHAPE)
    }

    fn from_json(version: &str, document: Json) -> Result<Self, String> {
        match T::upgrade(version, document) {
            Ok(upgraded) => upgraded,
            Err(document) => document_from_json(version, document, T::SHAPE),
        }
    }
}

/// A type whose JSON is the same each time it is written: no hash map or set, whose order is chance,
/// and no float, whose shortest text differs between writers.
#[diagnostic::on_unimplemented(
    message = "[SDB0133] `{Self}` has no canonical JSON form",
    label = "this is held in a JSONB document",
    note = "use `BTreeMap` for `HashMap`, `BTreeSet` or `Vec` for `HashSet`, and an integer in a smaller unit (or a text) for a float; derive `Jsonb` with `#[jsonb(part)]` for a struct or enum of your own\nrun `stellaops-db explain SDB0133`"
)]
pub trait Canonical {}

macro_rules! canonical {
    ($($type:ty),*) => {$(impl Canonical for $type {})*};
}

canonical!(
    String,
    bool,
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    uuid::Uuid,
    crate::TenantId,
    crate::Timestamp,
    chrono::NaiveDate,
    Json
);
canonical!(serde_json::Map<String, Json>);
impl<T> Canonical for crate::Id<T> {}
impl<T: Canonical> Canonical for Option<T> {}
impl<T: Canonical> Canonical for Vec<T> {}
impl<T: Canonical> Canonical for Box<T> {}
impl<T: Canonical> Canonical for BTreeSet<T> {}
impl<T: Canonical> Canonical for BTreeMap<String, T> {}

/// NULL.
pub(super) fn json_null() -> Parameter {
    Parameter::Json(None)
}

/// The document as it is stored.
///
/// # Errors
/// [`EncodeError::Json`].
pub(super) fn json_to_parameter<T: JsonShape>(value: &T) -> Result<Parameter, EncodeError> {
    let document = value.to_json()?;
    Ok(Parameter::Json(Some(canonical_json(&document, T::DESCRIPTOR)?)))
}

/// Reads a stored document.
///
/// # Errors
/// [`DecodeError::Json`] when it is not what the shape says.
pub(super) fn json_from_row<T: JsonShape>(row: &Row<'_>, index: usize) -> Result<T, DecodeError> {
    let JsonText(text) = row.read(index)?;
    match T::from_text(text) {
        Some(document) => Ok(document),
        None => from_tree(text),
    }
}

/// Reads a document whatever its version, and says what is wrong with one that is not what the shape says.
#[cold]
fn from_tree<T: JsonShape>(text: &str) -> Result<T, DecodeError> {
    let fail = |cause: String| DecodeError::Json {
        shape: T::DESCRIPTOR.name,
        cause,
    };
    let mut document: Json = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
    let version = document
        .as_object_mut()
        .and_then(|members| members.remove(VERSION_MEMBER));
    let Some(Json::String(version)) = version else {
        return Err(fail(format!("it has no member `{VERSION_MEMBER}`")));
    };
    T::from_json(&version, document).map_err(fail)
}

#[cfg(test)]
mod tests;
