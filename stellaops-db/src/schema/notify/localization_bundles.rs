use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::notify::Origin;
use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// Words and phrases that templates share, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.localization_bundles")]
pub struct LocalizationBundle {
    /// The id; UUIDv7, made by the client.
    pub id: Id<LocalizationBundle>,
    /// Whose bundle it is.
    pub tenant_id: TenantId,
    /// What templates name the bundle by, in every language.
    pub key: String,
    /// The language of the phrases, a BCP 47 tag: `en`, `pt-BR`, `zh-Hant-TW`.
    pub locale: String,
    /// The language looked up next for a phrase that is missing here.
    pub fallback_locale: Option<String>,
    /// What the phrases are for, for those who translate them.
    pub description: Option<String>,
    /// The phrases by name.
    pub phrases: LocalizationPhrases,
    /// Whether the row is kept here or in a manifest.
    pub origin: Origin,
    /// Counts the versions of the bundle; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the bundle.
    pub created_by: String,
    /// The subject that changed the bundle last.
    pub updated_by: String,
    /// When the bundle was created.
    pub created_at: Timestamp,
    /// When the bundle was changed last.
    pub updated_at: Timestamp,
}

/// The phrases of one bundle in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.localization_phrases")]
#[serde(rename_all = "camelCase")]
pub struct LocalizationPhrases {
    /// The phrases by name, with placeholders.
    pub phrases: BTreeMap<String, String>,
}
