//! One line of the feed.

use chrono::NaiveDate;
use serde::Deserialize;
use stellaops_db::schema::vuln::{KevFlag, NewKevFlag, ProvenanceKind, RansomwareUse};

use crate::feed::Catalogue;

/// An entry, under the names that the catalogue's publisher gives its members. What else it says is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    vendor_project: String,
    product: String,
    vulnerability_name: String,
    date_added: NaiveDate,
    short_description: Option<String>,
    required_action: Option<String>,
    due_date: Option<NaiveDate>,
    known_ransomware_campaign_use: Option<String>,
}

impl Entry {
    /// Reads a line.
    ///
    /// # Errors
    /// What it misses.
    pub fn read(line: &[u8]) -> Result<Self, String> {
        // Each line is a text of its own: that it is the first of that text tells nothing.
        serde_json::from_slice(line)
            .map_err(|error| error.to_string().replace(" at line 1 column", " at column"))
    }

    /// The row of the entry. It says nothing of the moment at which it is read, so that reading an edition of the
    /// catalogue again changes nothing.
    pub fn into_row(self, catalogue: &Catalogue) -> NewKevFlag {
        let ransomware = match self.known_ransomware_campaign_use.as_deref() {
            Some("Known") => RansomwareUse::Known,
            _ => RansomwareUse::Unknown,
        };
        KevFlag::new_row(
            self.cve_id,
            catalogue.source_id,
            self.vendor_project,
            self.product,
            self.vulnerability_name,
            self.date_added,
            catalogue.provenance.clone(),
        )
        .description(self.short_description)
        .required_action(self.required_action)
        .ransomware_use(ransomware)
        .due_on(self.due_date)
        .provenance_kind(ProvenanceKind::Feed)
        .recorded_at(catalogue.edition)
    }
}
