use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Jsonb;

/// Which images of the tenant are meant. Lists are sorted and free of duplicates, so that equal
/// selectors have equal digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.image_selector")]
#[serde(rename_all = "camelCase")]
pub struct ImageSelector {
    /// What the selection goes by.
    pub scope: SelectionScope,
    /// Namespaces whose images are meant, for [`SelectionScope::ByNamespace`].
    pub namespaces: Option<Vec<String>>,
    /// Repositories whose images are meant, for [`SelectionScope::ByRepository`].
    pub repositories: Option<Vec<String>>,
    /// Image digests, `sha256:…`, for [`SelectionScope::ByDigest`].
    pub digests: Option<Vec<String>>,
    /// Label values that an image must carry, all of them, for [`SelectionScope::ByLabels`].
    pub labels: Option<BTreeMap<String, String>>,
    /// Tag patterns that narrow the selection further; none means every tag.
    pub include_tags: Option<Vec<String>>,
}

/// What an [`ImageSelector`] goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum SelectionScope {
    /// Every image of the tenant.
    AllImages,
    /// Those of some namespaces.
    ByNamespace,
    /// Those of some repositories.
    ByRepository,
    /// Those with some digests.
    ByDigest,
    /// Those with some labels.
    ByLabels,
}
