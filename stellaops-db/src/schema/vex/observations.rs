use serde::{Deserialize, Serialize};

use crate::{DbEnum, Error, Id, Jsonb, Table, TenantId, Timestamp};

/// A VEX document as a provider published it at one moment: who said it, what was received, and whether
/// its signature held. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.observations")]
pub struct Observation {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Observation>,
    /// Whose observation it is.
    pub tenant_id: TenantId,
    /// Who published the document.
    pub provider: String,
    /// The document's own id, the same in all its versions.
    pub document_id: String,
    /// The document's own version, for people.
    pub document_version: Option<String>,
    /// The observation of the same document that this one takes the place of; none: it is the first.
    pub supersedes_id: Option<Id<Observation>>,
    /// The format of the document.
    pub format: VexFormat,
    /// The document.
    pub content: VexDocument,
    /// SHA-256 of the bytes as they were received.
    pub content_digest: String,
    /// How many claims were read from it.
    pub statement_count: i32,
    /// When the provider says that this version was issued.
    pub issued_at: Option<Timestamp>,
    /// When a connector received the bytes.
    pub received_at: Timestamp,
    /// Where it was read, without any credentials.
    pub source_uri: Option<String>,
    /// What is known of its signature.
    pub signature: SignatureState,
    /// The key that signed, as the issuer service names it.
    pub signing_key_id: Option<String>,
    /// How it came here.
    pub provenance: ObservationProvenance,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// The format of a VEX document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum, Serialize, Deserialize)]
#[db_enum("vex.vex_format")]
#[serde(rename_all = "lowercase")]
pub enum VexFormat {
    /// OpenVEX.
    #[value("openvex")]
    OpenVex,
    /// The VEX profile of CSAF.
    Csaf,
    /// CycloneDX.
    #[value("cyclonedx")]
    CycloneDx,
    /// The security profile of SPDX.
    Spdx,
}

/// What is known of a document's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.signature_state")]
pub enum SignatureState {
    /// There is none.
    Absent,
    /// It was not checked.
    Unchecked,
    /// It held.
    Valid,
    /// It held, and its key is not trusted.
    Untrusted,
    /// It did not hold.
    Invalid,
}

/// A VEX document as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.vex_document")]
#[serde(rename_all = "camelCase")]
pub struct VexDocument {
    /// The provider's JSON, every member kept.
    pub document: serde_json::Map<String, serde_json::Value>,
}

/// How a document came here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.observation_provenance")]
#[serde(rename_all = "camelCase")]
pub struct ObservationProvenance {
    /// The connector that read it.
    pub connector: String,
    /// The version of the connector.
    pub connector_version: String,
    /// The offline bundle that it was imported from, `sha256:…`.
    pub bundle_digest: Option<String>,
    /// What the server called this version of the document.
    pub entity_tag: Option<String>,
    /// The entry of a transparency log that shows the signature.
    pub transparency_log_uri: Option<String>,
}

/// How many of a document's latest observations are looked through for the last one: clocks of connectors
/// differ by less than so many versions of a document.
const LATEST: u32 = 20;

/// What became of a document that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// It is new, or has other content than before.
    New(Observation),
    /// The latest observation has this content already; nothing was stored.
    Known(Observation),
}

impl ObservationRepository {
    /// Stores a document as its provider published it: as the first observation of the document, or as the
    /// one that supersedes the last. Content that has not changed is not stored again.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] when another connector published the document meanwhile: publish it again.
    pub async fn publish(&self, row: NewObservation) -> Result<Published, Error> {
        let assigned = |column| row.0.text(column).unwrap_or_default();
        let (provider, document) = (
            assigned(Observation::PROVIDER),
            assigned(Observation::DOCUMENT_ID),
        );
        let latest = self.list_by_document_newest(provider, document);
        let latest = latest.limit(LATEST).await?.rows;
        let Some(last) = last_of_line(latest) else {
            return Ok(Published::New(self.insert(row).await?));
        };
        if last.content_digest == assigned(Observation::CONTENT_DIGEST) {
            return Ok(Published::Known(last));
        }
        let row = row.supersedes_id(Some(last.id));
        Ok(Published::New(self.insert(row).await?))
    }
}

/// The observation that none supersedes. Not always the one with the latest time: that is the writers'.
fn last_of_line(rows: Vec<Observation>) -> Option<Observation> {
    let superseded: Vec<Id<Observation>> = rows.iter().filter_map(|row| row.supersedes_id).collect();
    rows.into_iter().find(|row| !superseded.contains(&row.id))
}
