//! What an export holds: written last, so that a folder without it is unfinished.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The form of a folder.
pub const FORMAT: &str = "stellaops-db.tenant-export@1";

/// The manifest of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The database that the rows come from.
    pub database: String,
    /// The tenant.
    pub tenant: String,
    /// The moment of the snapshot, by the database's clock.
    pub taken_at: String,
    /// The schemas that were exported.
    pub schemas: Vec<String>,
    /// The schemas of the specs that the database has not, or that were not asked for.
    pub left_out: Vec<String>,
    /// A file for each table whose rows have a tenant, parents before children.
    pub files: Vec<ManifestFile>,
    /// Rows without a tenant, or of `@global`, that rows of the export point at, and that are not in it.
    pub needs: Vec<Need>,
    /// SHA-256 of all of the above in canonical JSON (RFC 8785), in hexadecimal digits.
    pub digest: String,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManifestFile {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// The file's name in the folder.
    pub file: String,
    /// The columns of its lines.
    pub columns: Vec<ManifestColumn>,
    /// SHA-256 of names and types of the columns.
    pub spec: String,
    /// How many rows, and lines, it has.
    pub rows: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// The columns whose values are secrets or made from one.
    pub sensitive: Vec<String>,
}

/// A column of an exported table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManifestColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the catalog prints it.
    #[serde(rename = "type")]
    pub sql_type: String,
}

/// A row that is not the tenant's own, and that one of the tenant's rows points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Need {
    /// Its table.
    pub table: String,
    /// Its tenant, `@global`; none where the table has no tenants.
    pub tenant: Option<String>,
    /// The columns that are pointed at, as texts.
    pub key: BTreeMap<String, String>,
    /// The table that points at it.
    pub by: String,
}

impl Manifest {
    /// How many rows all files have.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// How many bytes all files have.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The digest of what it says now.
    pub(super) fn own_digest(&self) -> String {
        digest_without(self, "digest")
    }
}

/// SHA-256 of the canonical JSON of a value, without one of its members.
pub(super) fn digest_without(value: &impl Serialize, member: &str) -> String {
    let mut value = serde_json::to_value(value).expect("maps with text keys always serialize");
    if let Some(members) = value.as_object_mut() {
        members.remove(member);
    }
    let canonical = serde_jcs::to_vec(&value).expect("a value of JSON has a canonical form");
    hexadecimal(&Sha256::digest(canonical))
}

/// Bytes as digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
