use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::vuln::{ProvenanceKind, Severity, Source};
use crate::{DbEnum, Id, Jsonb, Table, Timestamp};

/// What is known of one vulnerability, merged from all sources.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisories")]
pub struct Advisory {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Advisory>,
    /// The id that the vulnerability goes by: its CVE, or the id of the first source that knew it.
    pub advisory_key: String,
    /// Whether the advisory stands.
    pub state: AdvisoryState,
    /// One line for people.
    pub title: String,
    /// A few sentences.
    pub summary: Option<String>,
    /// Everything that the leading source says in prose, Markdown.
    pub description: Option<String>,
    /// The language of the texts, a BCP 47 tag.
    pub language: String,
    /// How bad it is, by the preferred rating.
    pub severity: Severity,
    /// Who found, reported and mended the vulnerability.
    pub credits: Option<AdvisoryCredits>,
    /// When the first source published it.
    pub published_at: Option<Timestamp>,
    /// When a source last changed what it says.
    pub modified_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// SHA-256 of the canonical JSON of the merged advisory with all its parts.
    pub content_digest: String,
    /// The leading source, whose texts were taken.
    pub source_id: Id<Source>,
    /// What the texts were taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the texts were taken over.
    pub recorded_at: Timestamp,
    /// Counts the versions of the row; a merge names the one that it began with.
    pub row_version: i64,
    /// When the vulnerability was first known here.
    pub created_at: Timestamp,
    /// When a merge changed the advisory last.
    pub updated_at: Timestamp,
}

/// Whether an advisory stands. It follows the sources, so every step is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.advisory_state")]
pub enum AdvisoryState {
    /// It stands.
    Published,
    /// Its vendor contests it.
    Disputed,
    /// All sources took it back.
    Withdrawn,
}

/// Who found, reported and mended a vulnerability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.advisory_credits")]
#[serde(rename_all = "camelCase")]
pub struct AdvisoryCredits {
    /// One entry for each person or group and role; [`AdvisoryCredits::new`] sorts them.
    pub credits: Vec<AdvisoryCredit>,
}

/// A person or group, and what they did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.advisory_credit")]
#[serde(rename_all = "camelCase")]
pub struct AdvisoryCredit {
    /// The name, as the source writes it.
    pub name: String,
    /// What they did.
    pub role: CreditRole,
    /// Addresses of profiles that the source published with the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<BTreeSet<String>>,
}

/// What somebody did about a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum CreditRole {
    /// Found it.
    Finder,
    /// Told the vendor.
    Reporter,
    /// Looked into it.
    Analyst,
    /// Brought everybody together.
    Coordinator,
    /// Made the fix.
    RemediationDeveloper,
    /// Read the fix.
    RemediationReviewer,
    /// Tried the fix.
    RemediationVerifier,
    /// Is a program that found it.
    Tool,
    /// Paid for it.
    Sponsor,
    /// Something else.
    Other,
}

impl AdvisoryCredits {
    /// The credits, sorted by name, then role, each once.
    pub fn new(credits: impl IntoIterator<Item = AdvisoryCredit>) -> Self {
        let sorted: BTreeSet<AdvisoryCredit> = credits.into_iter().collect();
        AdvisoryCredits {
            credits: sorted.into_iter().collect(),
        }
    }
}
