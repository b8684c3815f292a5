use std::sync::Arc;

use crate::model::Member;
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
        /// The shapes of former versions, whose documents may be stored and are read too.
        former: Vec<Arc<Shape>>,
        /// What happens to members that are not declared.
        unknown: Unknown,
        /// The members in declared order, without `schemaVersion`.
        members: Vec<Member>,
    },
    /// An object inside documents, without a version of its own.
    Part {
        /// What happens to members that are not declared.
        unknown: Unknown,
        /// The members in declared order.
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

impl Shape {
    /// `<schema>.<name>`.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Whether it stands inside documents only.
    pub fn is_part(&self) -> bool {
        matches!(self.body, ShapeBody::Part { .. })
    }

    /// The single documents that the shape allows: itself, or its alternatives in declared order.
    pub fn documents(&self) -> Vec<&Shape> {
        match &self.body {
            ShapeBody::Document { .. } | ShapeBody::Part { .. } => vec![self],
            ShapeBody::OneOf(shapes) => shapes.iter().map(Arc::as_ref).collect(),
        }
    }

    /// All documents that a column of the shape may hold: those that it allows, each followed by its former
    /// versions.
    pub fn stored_documents(&self) -> Vec<&Shape> {
        let documents = self.documents().into_iter();
        let with_former = documents.flat_map(|document| std::iter::once(document).chain(document.former()));
        with_former.collect()
    }

    /// The shapes of a document's former versions.
    pub fn former(&self) -> impl Iterator<Item = &Shape> {
        let former = match &self.body {
            ShapeBody::Document { former, .. } => former.as_slice(),
            ShapeBody::Part { .. } | ShapeBody::OneOf(_) => &[],
        };
        former.iter().map(Arc::as_ref)
    }

    /// The versioned name of a single document; none for a part or a choice.
    pub fn version(&self) -> Option<&str> {
        match &self.body {
            ShapeBody::Document { version, .. } => Some(version),
            ShapeBody::Part { .. } | ShapeBody::OneOf(_) => None,
        }
    }

    /// The members of a single document or part; none for a choice.
    pub fn members(&self) -> &[Member] {
        match &self.body {
            ShapeBody::Document { members, .. } | ShapeBody::Part { members, .. } => members,
            ShapeBody::OneOf(_) => &[],
        }
    }

    /// What happens to undeclared members of a single document or part.
    pub fn unknown(&self) -> Unknown {
        match &self.body {
            ShapeBody::Document { unknown, .. } | ShapeBody::Part { unknown, .. } => *unknown,
            ShapeBody::OneOf(_) => Unknown::Refuse,
        }
    }
}
