use std::sync::Arc;

use crate::source::Place;

/// A declared JSONB shape.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Shape {
    /// The schema that declares it.
    pub schema: String,
    /// The name.
    pub name: String,
    /// What the document says.
    pub doc: String,
    /// What it consists of.
    pub body: ShapeBody,
    /// Where it is specified.
    pub place: Place,
}

/// What a shape consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum ShapeBody {
    /// One kind of document.
    Document {
        /// The versioned name in the member `schemaVersion`.
        version: String,
        /// What happens to members that are not declared.
        unknown: Unknown,
        /// The members in declared order, without `schemaVersion`.
        members: Vec<Member>,
    },
    /// One of several documents, told apart by `schemaVersion`.
    OneOf(Vec<Arc<Shape>>),
}

/// What happens to members that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The document is refused.
    Refuse,
    /// They are kept.
    Keep,
}

/// A member of a document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The name in the JSON.
    pub name: String,
    /// What it means.
    pub doc: Option<String>,
    /// Its type.
    pub member_type: MemberType,
    /// Whether it may be absent.
    pub optional: bool,
    /// The regular expression of a text.
    pub pattern: Option<String>,
    /// Where it is specified.
    pub place: Place,
}

/// The JSON type of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberType {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list of items.
    List(Item),
    /// An object with free keys.
    Map(Item),
    /// A free object.
    Object,
}

/// The type of the items of a list, or of the values of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Strings.
    Text,
    /// Whole numbers.
    Integer,
    /// Booleans.
    Boolean,
    /// Objects.
    Object,
}

impl Shape {
    /// `<schema>.<name>`.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// The single documents that the shape allows: itself, or its alternatives in declared order.
    pub fn documents(&self) -> Vec<&Shape> {
        match &self.body {
            ShapeBody::Document { .. } => vec![self],
            ShapeBody::OneOf(shapes) => shapes.iter().map(Arc::as_ref).collect(),
        }
    }

    /// The versioned name of a single document; none for a choice.
    pub fn version(&self) -> Option<&str> {
        match &self.body {
            ShapeBody::Document { version, .. } => Some(version),
            ShapeBody::OneOf(_) => None,
        }
    }

    /// The members of a single document; none for a choice.
    pub fn members(&self) -> &[Member] {
        match &self.body {
            ShapeBody::Document { members, .. } => members,
            ShapeBody::OneOf(_) => &[],
        }
    }

    /// What happens to undeclared members of a single document.
    pub fn unknown(&self) -> Unknown {
        match &self.body {
            ShapeBody::Document { unknown, .. } => *unknown,
            ShapeBody::OneOf(_) => Unknown::Refuse,
        }
    }
}
