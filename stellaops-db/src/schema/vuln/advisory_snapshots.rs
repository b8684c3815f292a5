use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::digest::sha256_of_json;
use crate::schema::vuln::{DocumentFormat, FeedSnapshot, ProvenanceKind, SignatureState, Source};
use crate::{Id, Jsonb, Table, Timestamp};

/// A version of a document as its source published it: the evidence that advisories are merged from.
/// Never changed.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("vuln.advisory_snapshots")]
pub struct AdvisorySnapshot {
    /// The id; UUIDv7, made by the client.
    pub id: Id<AdvisorySnapshot>,
    /// Who published the document.
    pub source_id: Id<Source>,
    /// The state of the feed in which this version was first found.
    pub feed_snapshot_id: Id<FeedSnapshot>,
    /// The publisher's own id of the document, the same for all its versions.
    pub document_key: String,
    /// The version as the publisher numbers it.
    pub document_version: Option<String>,
    /// SHA-256 of the canonical JSON of the document's content.
    pub content_digest: String,
    /// The version before this one; none: this is the first that was seen.
    pub supersedes_id: Option<Id<AdvisorySnapshot>>,
    /// The format in which the document was published.
    pub format: DocumentFormat,
    /// The document.
    pub document: AdvisoryDocument,
    /// Whether the signature of the document was verified.
    pub signature: SignatureState,
    /// What the document was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the address of the document, or its path in a bundle.
    pub provenance_value: String,
    /// When the publisher says that it made this version.
    pub published_at: Option<Timestamp>,
    /// When this version was first found.
    pub recorded_at: Timestamp,
}

/// A document as published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.advisory_document")]
#[serde(rename_all = "camelCase")]
pub struct AdvisoryDocument {
    /// The media type in which it was published.
    pub media_type: String,
    /// SHA-256 of the bytes as received, where they are kept in another store.
    pub original_digest: Option<String>,
    /// The document.
    pub content: Map<String, Value>,
}

impl AdvisoryDocument {
    /// SHA-256 of the canonical JSON of the content: equal for equal content, however it was written.
    ///
    /// ```
    /// use stellaops_db::schema::vuln::AdvisoryDocument;
    /// let read = |text| -> Result<AdvisoryDocument, serde_json::Error> {
    ///     let content = serde_json::from_str(text)?;
    ///     Ok(AdvisoryDocument { media_type: "application/json".into(), original_digest: None, content })
    /// };
    /// let digest = read(r#"{"id": "CVE-2026-10001", "score": 9.8}"#)?.content_digest()?;
    /// assert_eq!(read(r#"{"score":9.80,"id":"CVE-2026-10001"}"#)?.content_digest()?, digest);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a number of the content has no canonical form.
    pub fn content_digest(&self) -> Result<String, serde_json::Error> {
        sha256_of_json(&self.content)
    }
}
