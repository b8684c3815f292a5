use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::vex::VexFormat;
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// A product of the tenant whose vulnerabilities are assessed over all its builds.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.projects")]
pub struct Project {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Project>,
    /// Whose project it is.
    pub tenant_id: TenantId,
    /// Its name in addresses and manifests; unique among those that are not deleted.
    pub slug: String,
    /// What people call it.
    pub display_name: String,
    /// What it is for, in its owner's words.
    pub description: Option<String>,
    /// What its own statements name as their product; none: it publishes none.
    pub product_key: Option<String>,
    /// The team or person that answers for it.
    pub owner: Option<String>,
    /// How its statements are weighed and published; none: as the service does by default.
    pub settings: Option<ProjectSettings>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that created the project.
    pub created_by: String,
    /// The subject that changed it last.
    pub updated_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// How a project's statements are weighed and published; an absent member leaves it to the service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.project_settings")]
#[serde(rename_all = "camelCase")]
pub struct ProjectSettings {
    /// The only providers whose claims count; none: all of them.
    pub providers: Option<BTreeSet<String>>,
    /// The trust, in thousandths, that a provider needs for its claims to count.
    pub minimum_trust: Option<u32>,
    /// The format that the project's own statements are published in.
    pub publish_as: Option<VexFormat>,
    /// How many unknowns a release may have.
    pub unknowns_budget: Option<u32>,
}
