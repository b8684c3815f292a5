use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::schema::vex::digest::{canonical, hex_of_json, written};
use crate::schema::vex::{Project, merkle_root};
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A sealed list of the artifacts that a graph, a decision or an export rests on, provable by one Merkle
/// root. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.evidence_manifests")]
pub struct EvidenceManifest {
    /// The id; UUIDv7, made by the client.
    pub id: Id<EvidenceManifest>,
    /// Whose manifest it is.
    pub tenant_id: TenantId,
    /// What kind of thing it is about.
    pub subject_kind: EvidenceSubjectKind,
    /// What it is about: the stable id of a graph, a snapshot's digest, or a row's UUID.
    pub subject_id: String,
    /// The project that it concerns; none: the whole tenant.
    pub project_id: Option<Id<Project>>,
    /// The artifacts.
    pub manifest: EvidenceList,
    /// SHA-256 of the list's canonical JSON.
    pub manifest_digest: String,
    /// How the tree is hashed.
    pub merkle_scheme: MerkleScheme,
    /// The root of the tree over the entries.
    pub merkle_root: String,
    /// How many entries the list has.
    pub entry_count: i32,
    /// How large the artifacts are together.
    pub total_bytes: i64,
    /// Where the artifacts lie, without any credentials.
    pub storage_uri: Option<String>,
    /// The key that signed the digest, as the issuer service names it.
    pub signing_key_id: Option<String>,
    /// SHA-256 of the DSSE envelope with the signature.
    pub envelope_digest: Option<String>,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// The transparency log that holds the envelope.
    pub log_uri: Option<String>,
    /// The place of the envelope in that log.
    pub log_index: Option<i64>,
    /// The subject that sealed it.
    pub created_by: String,
    /// When it was sealed.
    pub created_at: Timestamp,
}

/// What a manifest is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.evidence_subject_kind")]
pub enum EvidenceSubjectKind {
    /// A graph revision, by its stable id.
    GraphRevision,
    /// A statement.
    Statement,
    /// A consensus.
    Consensus,
    /// A snapshot of unknowns, by its digest.
    UnknownsSnapshot,
    /// An export of several.
    Export,
}

/// How a Merkle tree is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.merkle_scheme")]
pub enum MerkleScheme {
    /// As RFC 6962 does, with SHA-256: [`merkle_root`].
    #[value("rfc6962_sha256")]
    Rfc6962Sha256,
}

/// The artifacts of a manifest, sorted by path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.evidence_manifest")]
#[serde(rename_all = "camelCase")]
pub struct EvidenceList {
    /// One entry for each artifact, sorted by path in byte order.
    pub entries: Vec<EvidenceEntry>,
    /// The program that sealed the manifest, with its version.
    pub tool: String,
}

/// An artifact of a manifest; its canonical JSON is the leaf of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.evidence_entry")]
#[serde(rename_all = "camelCase")]
pub struct EvidenceEntry {
    /// Its name in the bundle, with forward slashes.
    pub path: String,
    /// What it is.
    pub media_type: String,
    /// SHA-256 of its bytes, `sha256:…`.
    pub digest: String,
    /// How large it is.
    pub size_bytes: u64,
}

/// Why artifacts make no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEvidence {
    /// There are none.
    #[error("a manifest lists one artifact at least")]
    Empty,
    /// Two artifacts have one path.
    #[error("two artifacts have the path `{path}`")]
    SamePath {
        /// The path.
        path: String,
    },
    /// The sizes, or the number of artifacts, are more than a row can say.
    #[error("the artifacts are too many or too large for one manifest")]
    TooLarge,
}

impl EvidenceList {
    /// Sorts the artifacts, so that the same ones make the same manifest.
    ///
    /// # Errors
    /// [`InvalidEvidence`].
    pub fn new(mut entries: Vec<EvidenceEntry>, tool: impl Into<String>) -> Result<Self, InvalidEvidence> {
        if entries.is_empty() {
            return Err(InvalidEvidence::Empty);
        }
        entries.sort_by(|left, right| left.path.cmp(&right.path));
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(InvalidEvidence::SamePath {
                path: pair[0].path.clone(),
            });
        }
        Ok(EvidenceList {
            entries,
            tool: tool.into(),
        })
    }

    /// The row of the manifest, to which a signature may be added before it is inserted.
    ///
    /// # Errors
    /// [`InvalidEvidence::TooLarge`].
    pub fn seal(
        self,
        subject_kind: EvidenceSubjectKind,
        subject_id: impl Into<String>,
        created_by: impl Into<String>,
    ) -> Result<NewEvidenceManifest, InvalidEvidence> {
        let (digest, root) = (self.digest(), self.merkle_root());
        let too_large = |_| InvalidEvidence::TooLarge;
        let count = i32::try_from(self.entries.len()).map_err(too_large)?;
        let mut sizes = self.entries.iter().map(|entry| entry.size_bytes);
        let total = sizes
            .try_fold(0_u64, u64::checked_add)
            .ok_or(InvalidEvidence::TooLarge)?;
        let total = i64::try_from(total).map_err(too_large)?;
        Ok(EvidenceManifest::new_row(
            subject_kind,
            subject_id.into(),
            self,
            digest,
            root,
            count,
            total,
            created_by.into(),
        ))
    }

    /// SHA-256 of the canonical JSON, as `manifest_digest` holds it.
    pub fn digest(&self) -> String {
        let entries: Vec<serde_json::Value> = self.entries.iter().map(EvidenceEntry::json).collect();
        format!(
            "sha256:{}",
            hex_of_json(&json!({ "entries": entries, "tool": self.tool }))
        )
    }

    /// The root of the tree over the entries, as `merkle_root` holds it.
    pub fn merkle_root(&self) -> String {
        written(&merkle_root(&self.leaves()))
    }

    /// The leaves of the tree, for [`crate::schema::vex::merkle_proof`].
    pub fn leaves(&self) -> Vec<String> {
        self.entries.iter().map(EvidenceEntry::leaf).collect()
    }
}

impl EvidenceEntry {
    /// The leaf of the tree: the entry's canonical JSON.
    pub fn leaf(&self) -> String {
        canonical(&self.json())
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "digest": self.digest,
            "mediaType": self.media_type,
            "path": self.path,
            "sizeBytes": self.size_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> EvidenceEntry {
        EvidenceEntry {
            path: path.into(),
            media_type: "application/json".into(),
            digest: format!("sha256:{}", "0".repeat(64)),
            size_bytes: 2,
        }
    }

    #[test]
    fn the_same_artifacts_make_the_same_manifest_in_any_order() {
        let list = |paths: [&str; 3]| {
            EvidenceList::new(paths.map(entry).into(), "sealer/1").expect("distinct paths")
        };
        let (one, other) = (list(["a", "b", "c"]), list(["c", "a", "b"]));
        assert_eq!(one, other);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one.merkle_root(), other.merkle_root());
        assert_ne!(one.merkle_root(), list(["a", "b", "d"]).merkle_root());
    }

    #[test]
    fn a_path_names_one_artifact() {
        let refused = EvidenceList::new(vec![entry("a"), entry("a")], "sealer/1");
        assert_eq!(refused, Err(InvalidEvidence::SamePath { path: "a".into() }));
        assert_eq!(
            EvidenceList::new(Vec::new(), "sealer/1"),
            Err(InvalidEvidence::Empty)
        );
    }

    #[test]
    fn sizes_that_no_row_can_say_are_refused() {
        let huge = EvidenceEntry {
            size_bytes: u64::MAX,
            ..entry("a")
        };
        let list = EvidenceList::new(vec![huge, entry("b")], "sealer/1").expect("distinct paths");
        let refused = list.seal(EvidenceSubjectKind::Export, "export-1", "tests");
        assert_eq!(refused.err(), Some(InvalidEvidence::TooLarge));
    }
}
