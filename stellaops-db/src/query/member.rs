//! Members of documents: what filters look at inside a JSONB column, and what an edit changes in place.

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value as Json;

use crate::column::{Column, Editable, Marker};
use crate::query::{Comparison, Condition, Filter};
use crate::table::Table;
use crate::value::{EncodeError, JsonShape, Parameter, ShapeDescriptor, canonical_member};

/// A member of a document, by the fields of its Rust type: made by [`path!`](crate::path).
pub struct Path<D, V> {
    fields: Vec<&'static str>,
    marker: Marker<(D, V)>,
}

impl<D, V> std::fmt::Debug for Path<D, V> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Path({})", self.fields.join("."))
    }
}

impl<D: JsonShape, V> Path<D, V> {
    /// Called by `path!`; the function proves that there are such fields, and says of which type.
    #[doc(hidden)]
    pub fn new(fields: &[&'static str], _: fn(&D) -> &V) -> Self {
        Path {
            fields: fields.to_vec(),
            marker: PhantomData,
        }
    }
}

/// Names a member of a document: the type, a colon, and its field, or fields within fields.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::path;
/// use stellaops_db::schema::scheduler::{GraphBuildJob, GraphJob};
///
/// let manual = GraphJob::PAYLOAD.at(path!(GraphBuildJob: trigger)).eq("manual");
/// # let _ = manual; }
/// ```
#[macro_export]
macro_rules! path {
    ($document:ty : $($field:ident).+) => {
        $crate::Path::<$document, _>::new(&[$(::core::stringify!($field)),+], |document: &$document| &document.$($field).+)
    };
}

/// Documents of which `D` is one: `D` itself, or one of the alternatives of an enum. Derived.
#[diagnostic::on_unimplemented(
    message = "[SDB0722] `{D}` is no document of `{Self}`",
    label = "the column holds other documents",
    note = "begin the path with the type of the column's document, or of one of its alternatives\nrun `stellaops-db explain SDB0722`"
)]
pub trait HasDocument<D> {}
impl<D: JsonShape> HasDocument<D> for D {}

/// What a member can be compared with: its own type, what is inside its `Option`, and `&str` for a text.
#[diagnostic::on_unimplemented(
    message = "[SDB0715] a member of `{V}` is not compared with `{Self}`",
    label = "this is no value of the member",
    note = "pass a value of the member's type\nrun `stellaops-db explain SDB0715`"
)]
pub trait ComparableMember<V>: Serialize {}
impl<V: Serialize> ComparableMember<V> for V {}
impl<V: Serialize> ComparableMember<Option<V>> for V {}
impl ComparableMember<String> for &str {}
impl ComparableMember<Option<String>> for &str {}

/// A member of the documents of a column. `K` says whether it can be changed in place.
pub struct Member<T, V, K> {
    position: usize,
    /// The names in JSON; or why there are none.
    path: Result<Vec<&'static str>, String>,
    shape: &'static ShapeDescriptor,
    marker: Marker<(T, V, K)>,
}

impl<T: Table, V, K> std::fmt::Debug for Member<T, V, K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column = T::DESCRIPTOR.column_name(self.position);
        write!(formatter, "Member({column}, {:?})", self.path)
    }
}

impl<T: Table, V: JsonShape, K> Column<T, V, K> {
    /// A member of the column's documents. Filters on it are evaluated row by row, since no index under row-level
    /// security serves them: what is searched often is promoted by `paths` in the spec.
    pub fn at<D: JsonShape, X>(self, path: Path<D, X>) -> Member<T, X, K>
    where
        V: HasDocument<D>,
    {
        Member {
            position: self.0,
            path: names(D::DESCRIPTOR, &path.fields),
            shape: D::DESCRIPTOR,
            marker: PhantomData,
        }
    }
}

/// The names of fields in JSON. A field that is flattened has none of its own.
fn names(shape: &'static ShapeDescriptor, fields: &[&'static str]) -> Result<Vec<&'static str>, String> {
    let (mut names, mut part) = (Vec::new(), Some(shape));
    for field in fields {
        let field = field.strip_prefix("r#").unwrap_or(field);
        let Some(inside) = part else {
            return Err(format!("`{field}` is a field of a part that no shape declares"));
        };
        let renamed = inside.fields.iter().find(|(known, _)| *known == field);
        let name = renamed.map_or(field, |(_, name)| name);
        if name.is_empty() {
            continue;
        }
        names.push(name);
        part = inside
            .parts
            .iter()
            .find(|held| held.name == name)
            .and_then(|held| held.part);
    }
    Ok(names)
}

/// How a member is held against a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MemberTest {
    /// As JSON: equal or not; or, of numbers, which is greater.
    Json(Comparison, Parameter),
    /// As a text, in the order of its bytes.
    Text(Comparison, Parameter),
    OneOf(Vec<Parameter>),
    Absent,
    Present,
}

impl<T: Table, V, K> Member<T, V, K> {
    /// Rows whose member is that value.
    pub fn eq(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.equality(Comparison::Equal, &value)
    }

    /// Rows whose member is another value; not those without one.
    pub fn ne(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.equality(Comparison::NotEqual, &value)
    }

    /// Rows whose member, a text or a number, is less.
    pub fn lt(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.order(Comparison::Less, &value)
    }

    /// Rows whose member, a text or a number, is less or equal.
    pub fn le(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.order(Comparison::LessOrEqual, &value)
    }

    /// Rows whose member, a text or a number, is greater.
    pub fn gt(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.order(Comparison::Greater, &value)
    }

    /// Rows whose member, a text or a number, is greater or equal.
    pub fn ge(self, value: impl ComparableMember<V>) -> Filter<T> {
        self.order(Comparison::GreaterOrEqual, &value)
    }

    /// Rows whose member is one of the values; none when there is no value.
    pub fn is_in<C: ComparableMember<V>>(self, values: impl IntoIterator<Item = C>) -> Filter<T> {
        let values = values.into_iter().map(|value| self.parameter(&value));
        let values = values.collect::<Result<Vec<_>, _>>();
        self.filter(values.map(MemberTest::OneOf))
    }

    /// Rows whose text begins so; `%` and `_` mean themselves.
    pub fn starts_with(self, prefix: &str) -> Filter<T>
    where
        for<'a> &'a str: ComparableMember<V>,
    {
        self.order(Comparison::StartsWith, &prefix)
    }

    /// Rows without that member.
    pub fn is_absent(self) -> Filter<T> {
        self.filter(Ok(MemberTest::Absent))
    }

    /// Rows with that member, whatever it is.
    pub fn is_present(self) -> Filter<T> {
        self.filter(Ok(MemberTest::Present))
    }

    fn equality(self, comparison: Comparison, value: &impl Serialize) -> Filter<T> {
        let value = self.parameter(value);
        self.filter(value.map(|value| MemberTest::Json(comparison, value)))
    }

    fn order(self, comparison: Comparison, value: &impl Serialize) -> Filter<T> {
        let test = self.json(value).and_then(|json| match json {
            Json::String(text) if text.contains('\0') => Err(EncodeError::Nul),
            Json::String(text) => Ok(MemberTest::Text(comparison, Parameter::Text(Some(text)))),
            Json::Number(_) => Ok(MemberTest::Json(comparison, self.parameter(&json)?)),
            _ => Err(self.misfit("texts and numbers have an order, and nothing else".into())),
        });
        self.filter(test)
    }

    fn filter(self, test: Result<MemberTest, EncodeError>) -> Filter<T> {
        let (position, shape) = (self.position, self.shape);
        let path = self.path.map_err(|cause| EncodeError::Json {
            shape: shape.name,
            cause,
        });
        let condition = path.and_then(|path| Ok(Condition::Member(position, path, test?)));
        Filter::new(condition)
    }

    fn json(&self, value: &impl Serialize) -> Result<Json, EncodeError> {
        serde_json::to_value(value).map_err(|error| self.misfit(error.to_string()))
    }

    fn parameter(&self, value: &impl Serialize) -> Result<Parameter, EncodeError> {
        canonical_member(self.json(value)?, self.shape)
    }

    fn misfit(&self, cause: String) -> EncodeError {
        EncodeError::Json {
            shape: self.shape.name,
            cause,
        }
    }
}

/// Columns whose documents can be changed in place.
#[diagnostic::on_unimplemented(
    message = "[SDB0709] the documents of this column are not changed in place",
    label = "the column is immutable, or set by a verb of its own",
    note = "insert a new row, or let the spec say otherwise\nrun `stellaops-db explain SDB0709`"
)]
pub trait IsEditable {}
impl IsEditable for Editable {}

/// A change of one member, in place: the rest of the document stays as it is, whoever changes it meanwhile.
#[must_use = "an edit does nothing until `Repository::edit` has it"]
pub struct Edit<T> {
    pub(crate) position: usize,
    /// The path, and the new value; none to remove the member.
    pub(crate) change: Result<(Vec<&'static str>, Option<Parameter>), EncodeError>,
    marker: Marker<T>,
}

impl<T: Table> std::fmt::Debug for Edit<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Edit({})", T::DESCRIPTOR.column_name(self.position))
    }
}

impl<T: Table, V: Serialize, K> Member<T, V, K> {
    /// Sets the member; `None` removes it.
    pub fn set(self, value: V) -> Edit<T>
    where
        K: IsEditable,
    {
        let value = self.json(&value).and_then(|json| match json {
            Json::Null => Ok(None),
            json => canonical_member(json, self.shape).map(Some),
        });
        let shape = self.shape.name;
        let path = self.path.map_err(|cause| EncodeError::Json { shape, cause });
        Edit {
            position: self.position,
            change: path.and_then(|path| Ok((path, value?))),
            marker: PhantomData,
        }
    }
}
