//! Recording a document: once for each content, at the end of its chain of versions.

use crate::schema::vuln::{
    AdvisoryDocument, AdvisorySnapshot, DocumentFormat, FeedSnapshot, NewAdvisorySnapshot, ProvenanceKind,
    SignatureState, Source,
};
use crate::table::tenancy::SystemAccess;
use crate::value::EncodeError;
use crate::{Error, Id, Repository, Timestamp};

/// A document as a connector has read it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedDocument {
    /// Who published it.
    pub source_id: Id<Source>,
    /// The state of the feed that it was found in.
    pub feed_snapshot_id: Id<FeedSnapshot>,
    /// The publisher's own id of the document.
    pub document_key: String,
    /// The version as the publisher numbers it.
    pub document_version: Option<String>,
    /// The format in which it was published.
    pub format: DocumentFormat,
    /// The document.
    pub document: AdvisoryDocument,
    /// Whether its signature was verified.
    pub signature: SignatureState,
    /// What it was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: its address, or its path in a bundle.
    pub provenance_value: String,
    /// When the publisher says that it made this version.
    pub published_at: Option<Timestamp>,
}

/// What became of a document that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// It is a new version.
    New(AdvisorySnapshot),
    /// This very content was there already; nothing was written.
    Known(AdvisorySnapshot),
}

impl PublishedDocument {
    fn row(&self, content_digest: String, predecessor: Option<Id<AdvisorySnapshot>>) -> NewAdvisorySnapshot {
        AdvisorySnapshot::new_row(
            self.source_id,
            self.feed_snapshot_id,
            self.document_key.clone(),
            content_digest,
            self.format,
            self.document.clone(),
            self.provenance_kind,
            self.provenance_value.clone(),
        )
        .document_version(self.document_version.clone())
        .supersedes_id(predecessor)
        .signature(self.signature)
        .published_at(self.published_at)
    }
}

impl Recorded {
    /// The stored version.
    pub fn into_snapshot(self) -> AdvisorySnapshot {
        match self {
            Recorded::New(snapshot) | Recorded::Known(snapshot) => snapshot,
        }
    }
}

/// How often a version is tried to be put at the end of its chain while others extend it.
const ATTEMPTS: usize = 5;

impl Repository<AdvisorySnapshot, SystemAccess> {
    /// Stores a document as the newest version of its chain, unless this very content is there. Safe when
    /// several connectors read the same feed at once. Not for use in a transaction, which a lost race ends.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] when others extended the chain each time it was tried; otherwise as
    /// [`Repository::insert`].
    pub async fn record(&self, document: &PublishedDocument) -> Result<Recorded, Error> {
        let content_digest = document.document.content_digest();
        let content_digest = content_digest.map_err(|error| EncodeError::Json {
            shape: "vuln.advisory_document",
            cause: error.to_string(),
        })?;
        let mut attempts = 0;
        loop {
            if let Some(known) = self.version_of(document, &content_digest).await? {
                return Ok(Recorded::Known(known));
            }
            let predecessor = self.newest_version(document).await?.map(|snapshot| snapshot.id);
            attempts += 1;
            match self
                .insert(document.row(content_digest.clone(), predecessor))
                .await
            {
                Err(Error::UniqueViolation { .. }) if attempts < ATTEMPTS => {}
                inserted => return inserted.map(Recorded::New),
            }
        }
    }

    async fn version_of(
        &self,
        document: &PublishedDocument,
        content_digest: &str,
    ) -> Result<Option<AdvisorySnapshot>, Error> {
        let same = AdvisorySnapshot::UNIQUE_CONTENT_DIGEST;
        self.find(same.of(document.source_id, &document.document_key, content_digest))
            .await
    }

    /// The end of the chain. The clocks of writers differ, so that the latest time may belong to an older
    /// version: from there the successors are followed.
    async fn newest_version(&self, document: &PublishedDocument) -> Result<Option<AdvisorySnapshot>, Error> {
        let order =
            AdvisorySnapshot::BY_DOCUMENT_NEWEST.of(document.source_id, document.document_key.clone());
        let page = self.list(order).limit(1).await?;
        let mut newest = page.rows.into_iter().next();
        while let Some(snapshot) = &newest {
            match self
                .find(AdvisorySnapshot::UNIQUE_SUPERSEDES.of(snapshot.id))
                .await?
            {
                Some(successor) => newest = Some(successor),
                None => break,
            }
        }
        Ok(newest)
    }
}
