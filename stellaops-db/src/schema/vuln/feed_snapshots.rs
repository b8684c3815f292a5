use std::collections::BTreeMap;

use crate::schema::digest::sha256_of_json;
use crate::schema::vuln::Source;
use crate::{DbEnum, Id, Table, Timestamp};

/// The state of a source's feed that one read found. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.feed_snapshots")]
pub struct FeedSnapshot {
    /// The id; UUIDv7, made by the client.
    pub id: Id<FeedSnapshot>,
    /// The source that was read.
    pub source_id: Id<Source>,
    /// How the state came here.
    pub origin: FeedOrigin,
    /// The address that was read, or the id of the offline bundle.
    pub origin_reference: String,
    /// The state as the publisher names it.
    pub revision: Option<String>,
    /// SHA-256 of the canonical list of document keys and content digests, sorted.
    pub manifest_digest: String,
    /// How many documents the feed held.
    pub document_count: i32,
    /// How many of them were new.
    pub added_count: i32,
    /// How many of them had changed.
    pub changed_count: i32,
    /// How many documents of the snapshot before were gone.
    pub removed_count: i32,
    /// Whether the signature of the feed or bundle was verified.
    pub signature: SignatureState,
    /// When the publisher says that it made this state.
    pub published_at: Option<Timestamp>,
    /// When this state was first found.
    pub fetched_at: Timestamp,
}

/// How the state of a feed came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.feed_origin")]
pub enum FeedOrigin {
    /// Read from the publisher.
    Publisher,
    /// Read from a mirror.
    Mirror,
    /// Out of an offline bundle.
    Bundle,
}

/// What became of a publisher's signature. What fails verification is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.signature_state")]
pub enum SignatureState {
    /// There was none.
    Unsigned,
    /// It was verified.
    Verified,
    /// It was there, and nobody could verify it.
    Unverified,
}

impl FeedSnapshot {
    /// The digest of a feed's state: of the keys of its documents with their content digests, in the order of
    /// the keys. Equal states have equal digests, in whatever order they were read.
    ///
    /// # Errors
    /// None in practice: texts always have a canonical form.
    pub fn digest_of_manifest(documents: &BTreeMap<String, String>) -> Result<String, serde_json::Error> {
        sha256_of_json(documents)
    }
}
