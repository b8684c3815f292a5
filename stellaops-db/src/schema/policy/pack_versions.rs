use crate::schema::digest::sha256_of;
use crate::schema::policy::Pack;
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A version of a pack: its content, which never changes, and how far it has come from draft to active.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.pack_versions")]
pub struct PackVersion {
    /// The id; UUIDv7, made by the client.
    pub id: Id<PackVersion>,
    /// Whose version it is.
    pub tenant_id: TenantId,
    /// The pack.
    pub pack_id: Id<Pack>,
    /// The semantic version; [`crate::schema::policy::SemanticVersion`] compares it.
    pub version: String,
    /// SHA-256 of the source; see [`PackVersion::digest_of`].
    pub digest: String,
    /// The language of the source, with its version.
    pub syntax: String,
    /// The source in the language of policies, as it was handed in.
    pub source: String,
    /// How far the version has come; changes by compare-and-swap.
    pub status: PackVersionStatus,
    /// What is new, Markdown.
    pub release_notes: Option<String>,
    /// Where the signature over the digest is kept, as a URI.
    pub signature_reference: Option<String>,
    /// The subject that wrote the version.
    pub created_by: String,
    /// When it was handed in for review.
    pub submitted_at: Option<Timestamp>,
    /// The subject that approved it or sent it back last.
    pub decided_by: Option<String>,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
    /// What the reviewer wrote.
    pub decision_note: Option<String>,
    /// When it became active last.
    pub activated_at: Option<Timestamp>,
    /// When the version was handed in.
    pub created_at: Timestamp,
    /// When the version was changed last.
    pub updated_at: Timestamp,
}

/// How far a version of a pack has come. Archived is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.pack_version_status")]
pub enum PackVersionStatus {
    /// Written.
    Draft,
    /// Handed in for review.
    Submitted,
    /// Approved by a second person.
    Approved,
    /// In force.
    Active,
    /// Out of use.
    Archived,
}

impl PackVersion {
    /// The digest of a source, as [`PackVersion::digest`] holds it.
    ///
    /// ```
    /// use stellaops_db::schema::policy::PackVersion;
    /// let digest = PackVersion::digest_of("policy \"baseline\" syntax \"stella-dsl@1\" {}");
    /// assert!(digest.starts_with("sha256:"));
    /// assert_eq!(digest.len(), 71);
    /// ```
    pub fn digest_of(source: &str) -> String {
        sha256_of(source.as_bytes())
    }
}
