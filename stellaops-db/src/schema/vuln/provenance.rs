use crate::DbEnum;

/// What a statement was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.provenance_kind")]
pub enum ProvenanceKind {
    /// A published document.
    Document,
    /// The listing of a feed.
    Feed,
    /// An offline bundle.
    Bundle,
    /// The answer of an interface.
    Api,
    /// A merge of several.
    Merge,
    /// The decision of a person.
    Manual,
}
