use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::scheduler::ImageSelector;
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// The images that a selector meant at one revision of the image index: the evidence of what a run
/// was planned on. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.impact_snapshots")]
pub struct ImpactSnapshot {
    /// The id; UUIDv7, made by the client.
    pub id: Id<ImpactSnapshot>,
    /// Whose snapshot it is.
    pub tenant_id: TenantId,
    /// What was asked.
    pub selector: ImageSelector,
    /// SHA-256 of the selector's canonical JSON.
    pub selector_digest: String,
    /// The revision of the image index that answered.
    pub index_revision: String,
    /// SHA-256 of the canonical JSON of selector, index revision and impact.
    pub snapshot_digest: String,
    /// How many images the impact lists.
    pub image_count: i32,
    /// The images.
    pub impact: Impact,
    /// When this content was first seen.
    pub created_at: Timestamp,
}

/// The images that a selector meant, sorted by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.impact")]
#[serde(rename_all = "camelCase")]
pub struct Impact {
    /// The images.
    pub images: Vec<ImpactImage>,
    /// Whether only images were asked for that an entry point uses.
    pub usage_only: bool,
}

/// An image of an [`Impact`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.impact_image")]
#[serde(rename_all = "camelCase")]
pub struct ImpactImage {
    /// The digest, `sha256:…`.
    pub digest: String,
    /// The registry.
    pub registry: String,
    /// The repository.
    pub repository: String,
    /// The tags that point at it.
    pub tags: BTreeSet<String>,
    /// The namespaces that run it.
    pub namespaces: BTreeSet<String>,
    /// Whether an entry point uses what was looked for.
    pub used_by_entrypoint: bool,
}
