use chrono::NaiveDate;

use crate::schema::vuln::{ProvenanceKind, Source};
use crate::{DbEnum, Id, Table, Timestamp};

/// That a vulnerability is known to be exploited, as a catalogue says.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.kev_flags")]
pub struct KevFlag {
    /// The vulnerability, by name: a catalogue may list it before any advisory is here.
    pub cve_id: String,
    /// The catalogue that lists it.
    pub source_id: Id<Source>,
    /// The vendor, as the catalogue names it.
    pub vendor: String,
    /// The product, as the catalogue names it.
    pub product: String,
    /// The vulnerability in a few words.
    pub vulnerability_name: String,
    /// What is exploited and how, for a person.
    pub description: Option<String>,
    /// What the catalogue's authority demands to be done.
    pub required_action: Option<String>,
    /// Whether ransomware campaigns are known to use it.
    pub ransomware_use: RansomwareUse,
    /// The day on which the catalogue listed it.
    pub added_on: NaiveDate,
    /// The day until which the authority demands action.
    pub due_on: Option<NaiveDate>,
    /// When the entry was found to be gone from the catalogue.
    pub removed_at: Option<Timestamp>,
    /// What the entry was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the address and version of the catalogue.
    pub provenance_value: String,
    /// When the entry was taken over.
    pub recorded_at: Timestamp,
    /// When the entry was changed last, its removal included.
    pub updated_at: Timestamp,
}

/// Whether ransomware campaigns are known to use a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.ransomware_use")]
pub enum RansomwareUse {
    /// They are.
    Known,
    /// Nothing is known of it.
    Unknown,
}

impl KevFlag {
    /// Whether the catalogue lists it now.
    pub fn is_listed(&self) -> bool {
        self.removed_at.is_none()
    }

    /// Whether it is listed and the day until which action was demanded has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.is_listed() && self.due_on.is_some_and(|due| due < today)
    }
}
