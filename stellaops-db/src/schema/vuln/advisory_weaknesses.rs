use crate::schema::vuln::{Advisory, ProvenanceKind, Source};
use crate::{DbEnum, Id, Table, Timestamp};

/// The kind of mistake that a vulnerability goes back to, by CWE, as somebody classified it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisory_weaknesses")]
pub struct AdvisoryWeakness {
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// The weakness in the Common Weakness Enumeration, `CWE-787`.
    pub cwe_id: String,
    /// Who classified.
    pub assigner: String,
    /// The weakness in words, as the source writes it.
    pub name: Option<String>,
    /// Whether it is the root of the vulnerability.
    pub role: WeaknessRole,
    /// The source that published the classification.
    pub source_id: Id<Source>,
    /// What the statement was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the statement was taken over.
    pub recorded_at: Timestamp,
}

/// Whether a weakness is the root of a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.weakness_role")]
pub enum WeaknessRole {
    /// It is the root.
    Primary,
    /// It follows from another.
    Secondary,
    /// Nobody says.
    Unspecified,
}
