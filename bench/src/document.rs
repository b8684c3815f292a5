//! Documents as a program without the toolkit would have them: structs with serde.

use std::collections::BTreeMap;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Jsonb;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use stellaops_db::schema::scheduler::GraphBuildJob;

/// The document of a build job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromJsonQueryResult, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    schema_version: String,
    sbom_id: String,
    sbom_version_id: String,
    sbom_digest: String,
    trigger: String,
    metadata: BTreeMap<String, String>,
}

impl Payload {
    /// The document number so and so.
    pub(crate) fn numbered(number: usize) -> Self {
        let project = ("project".to_string(), format!("example/project-{}", number % 100));
        Payload {
            schema_version: "scheduler.graph-build-job@1".into(),
            sbom_id: format!("sbom-{number}"),
            sbom_version_id: format!("sbom-{number}-version-1"),
            sbom_digest: format!("sha256:{number:064x}"),
            trigger: "manual".into(),
            metadata: BTreeMap::from([project]),
        }
    }
}

impl From<Payload> for GraphBuildJob {
    fn from(payload: Payload) -> Self {
        GraphBuildJob {
            sbom_id: payload.sbom_id,
            sbom_version_id: payload.sbom_version_id,
            sbom_digest: payload.sbom_digest,
            trigger: payload.trigger,
            metadata: payload.metadata,
        }
    }
}

/// The document that says which images a schedule looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromJsonQueryResult, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    schema_version: String,
    scope: String,
    namespaces: Option<Vec<String>>,
    repositories: Option<Vec<String>>,
    digests: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    include_tags: Option<Vec<String>>,
}
