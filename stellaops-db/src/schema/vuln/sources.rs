use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{DbEnum, Id, Jsonb, Table, Timestamp};

/// A publisher of advisories that this installation reads, and how far it is trusted.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("vuln.sources")]
pub struct Source {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Source>,
    /// The stable name, which its connector, its documents and people use.
    pub key: String,
    /// What people call the source.
    pub name: String,
    /// What sort of publisher it is.
    pub kind: SourceKind,
    /// The format in which it publishes.
    pub format: DocumentFormat,
    /// Where the feed begins.
    pub base_url: String,
    /// Which secret of the vault opens the source; never the secret itself.
    pub credential_reference: Option<String>,
    /// Whose word counts when sources disagree: the least number.
    pub precedence: i16,
    /// Whether the source is read and merged.
    pub enabled: bool,
    /// How long to wait after a read before the next one, in seconds.
    pub poll_seconds: i32,
    /// The SPDX expression under which the content is published.
    pub license: Option<String>,
    /// The words that must stand beside the content wherever it is shown.
    pub attribution: Option<String>,
    /// What this connector needs beside the columns.
    pub settings: Option<SourceSettings>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that changed the source last.
    pub updated_by: String,
    /// When the source was added.
    pub created_at: Timestamp,
    /// When the source was changed last.
    pub updated_at: Timestamp,
}

/// What sort of publisher a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.source_kind")]
pub enum SourceKind {
    /// Of a country or of the world.
    NationalDatabase,
    /// Speaks of its own products.
    Vendor,
    /// Speaks of the packages that it ships.
    Distribution,
    /// Speaks of the packages of a language.
    Ecosystem,
    /// Coordinates between finders and vendors.
    ResponseTeam,
    /// Lists what is exploited.
    ExploitCatalog,
}

/// The format in which advisories are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.document_format")]
pub enum DocumentFormat {
    /// CVE JSON records.
    CveJson,
    /// Open Source Vulnerability records.
    Osv,
    /// Common Security Advisory Framework documents.
    Csaf,
    /// GitHub advisories.
    Ghsa,
    /// OVAL definitions.
    Oval,
    /// A catalogue of what is exploited.
    KevJson,
    /// Items of a news feed.
    Rss,
    /// Pages for people.
    Html,
}

/// Settings of a connector; each may keep its own beside these. No secrets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.source_settings")]
#[serde(rename_all = "camelCase")]
pub struct SourceSettings {
    /// How many documents to ask for at once.
    pub page_size: Option<u32>,
    /// How far to reach back behind the cursor, in seconds.
    pub overlap_seconds: Option<u32>,
    /// The parts of the feed that are read; none: all.
    pub include: Option<BTreeSet<String>>,
    /// What the connector adds.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}
