use crate::schema::digest::sha256_of;
use crate::schema::vuln::{Advisory, ProvenanceKind, Source};
use crate::{DbEnum, Id, Table, Timestamp};

/// An address where more can be read about a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisory_references")]
pub struct AdvisoryReference {
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// SHA-256 of the address; see [`AdvisoryReference::digest_of`].
    pub url_digest: String,
    /// The address, as the source gives it, percent-encoded.
    pub url: String,
    /// What is found there.
    pub kind: ReferenceKind,
    /// What the source calls it.
    pub title: Option<String>,
    /// The source's own words for what is found there, sorted.
    pub tags: Vec<String>,
    /// The source that gives the address.
    pub source_id: Id<Source>,
    /// What the statement was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the statement was taken over.
    pub recorded_at: Timestamp,
}

/// What is found at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.reference_kind")]
pub enum ReferenceKind {
    /// Somebody's advisory.
    Advisory,
    /// A text about it.
    Article,
    /// The change that mends it.
    Fix,
    /// What helps without mending it.
    Mitigation,
    /// How it is exploited.
    Exploit,
    /// How it was reported.
    Report,
    /// How it is detected.
    Detection,
    /// The package.
    Package,
    /// A page of the vendor.
    Vendor,
    /// Something else.
    Other,
}

impl AdvisoryReference {
    /// The digest that stands for an address in the key.
    ///
    /// ```
    /// use stellaops_db::schema::vuln::AdvisoryReference;
    /// let digest = AdvisoryReference::digest_of("https://example.com/");
    /// assert_eq!(digest.len(), "sha256:".len() + 64);
    /// ```
    pub fn digest_of(url: &str) -> String {
        sha256_of(url.as_bytes())
    }
}
