use crate::schema::vuln::{Advisory, CvssVersion, ProvenanceKind, Severity, Source};
use crate::{Id, Table, Timestamp};

/// A rating of a vulnerability by CVSS: who gave it, its vector, and the score that follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisory_cvss")]
pub struct AdvisoryCvss {
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// The version of CVSS.
    pub version: CvssVersion,
    /// Who rated. A source passes on the ratings of others.
    pub assigner: String,
    /// The vector in the order of its standard; [`crate::schema::vuln::CvssVector`] writes it so.
    pub vector: String,
    /// The base score in tenths: 9.8 is 98.
    pub base_score_tenths: i16,
    /// The word of the standard for the score.
    pub severity: Severity,
    /// Whether this is the rating that the advisory is shown and sorted by.
    pub preferred: bool,
    /// The source that published the rating.
    pub source_id: Id<Source>,
    /// What the statement was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the statement was taken over.
    pub recorded_at: Timestamp,
}
