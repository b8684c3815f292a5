//! Storing what a merge came to: nothing when it came to the same, and never over another merge.

use crate::schema::vuln::{
    Advisory, AdvisoryCredits, AdvisoryPatch, AdvisoryState, NewAdvisory, ProvenanceKind, Severity, Source,
};
use crate::table::tenancy::SystemAccess;
use crate::{Error, Id, Repository, Timestamp};

/// An advisory as a merge has come to it, without its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedAdvisory {
    /// The id that the vulnerability goes by.
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
}

/// What became of an advisory that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// There was none of its key.
    Created(Advisory),
    /// It says something else than before.
    Updated(Advisory),
    /// The merge came to what was there; nothing was written.
    Unchanged(Advisory),
}

impl Repository<Advisory, SystemAccess> {
    /// Stores what a merge came to that began with `before`, or with nothing. Its parts and the merge event
    /// belong into the same transaction ([`crate::SystemScope::begin`]).
    ///
    /// # Errors
    /// When another merge was faster, and this one is to be done again: [`Error::UniqueViolation`] for a
    /// new advisory, [`Error::VersionConflict`] for one that was there. Otherwise what a write can say.
    pub async fn put(&self, before: Option<&Advisory>, merged: MergedAdvisory) -> Result<Merged, Error> {
        match before {
            None => Ok(Merged::Created(self.insert(merged.row()).await?)),
            Some(before) if before.content_digest == merged.content_digest => {
                Ok(Merged::Unchanged(before.clone()))
            }
            Some(before) => {
                let updated = self.update_expecting(before.id, before.row_version, merged.patch());
                Ok(Merged::Updated(updated.await?))
            }
        }
    }
}

impl MergedAdvisory {
    fn row(self) -> NewAdvisory {
        Advisory::new_row(
            self.advisory_key,
            self.title,
            self.modified_at,
            self.content_digest,
            self.source_id,
            self.provenance_value,
        )
        .state(self.state)
        .summary(self.summary)
        .description(self.description)
        .language(self.language)
        .severity(self.severity)
        .credits(self.credits)
        .published_at(self.published_at)
        .withdrawn_at(self.withdrawn_at)
        .provenance_kind(self.provenance_kind)
        .recorded_at(self.recorded_at)
    }

    /// The key never changes.
    fn patch(self) -> AdvisoryPatch {
        Advisory::patch()
            .state(self.state)
            .title(self.title)
            .summary(self.summary)
            .description(self.description)
            .language(self.language)
            .severity(self.severity)
            .credits(self.credits)
            .published_at(self.published_at)
            .modified_at(self.modified_at)
            .withdrawn_at(self.withdrawn_at)
            .content_digest(self.content_digest)
            .source_id(self.source_id)
            .provenance_kind(self.provenance_kind)
            .provenance_value(self.provenance_value)
            .recorded_at(self.recorded_at)
    }
}
