//! The rows as a program without the toolkit would read them: by position, documents by serde.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use stellaops_db::schema::scheduler::GraphBuildJob;
use uuid::Uuid;

/// The document of a build job.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($position:literal $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        // The fields are read and then only counted.
        #[allow(dead_code)]
        pub(crate) struct $name { $($field: $type),* }

        impl FromRow<'_, PgRow> for $name {
            fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: row.try_get($position)?),* })
            }
        }

        impl TryFrom<&tokio_postgres::Row> for $name {
            type Error = tokio_postgres::Error;

            fn try_from(row: &tokio_postgres::Row) -> Result<Self, Self::Error> {
                Ok($name { $($field: row.try_get($position)?),* })
            }
        }
    };
}

row! {
    /// A row of scheduler.graph_jobs.
    JobRow {
        0 id: Uuid,
        1 tenant_id: String,
        2 kind: i16,
        3 status: i16,
        4 payload: Document<Payload>,
        5 result: Option<Document<serde_json::Value>>,
        6 failure_reason: Option<String>,
        7 correlation_id: Option<String>,
        8 lease_expires_at: Option<DateTime<Utc>>,
        9 leased_by: Option<String>,
        10 attempts: i32,
        11 created_at: DateTime<Utc>,
        12 updated_at: DateTime<Utc>,
    }
}

row! {
    /// A row of scheduler.workers.
    WorkerRow {
        0 id: Uuid,
        1 tenant_id: String,
        2 name: String,
        3 kind: String,
        4 build: String,
        5 capacity: i32,
        6 draining: bool,
        7 heartbeat_seconds: i32,
        8 last_heartbeat_at: DateTime<Utc>,
        9 started_at: DateTime<Utc>,
        10 created_at: DateTime<Utc>,
        11 updated_at: DateTime<Utc>,
    }
}

/// A `jsonb` value; each driver has a wrapper of its own for it.
#[allow(dead_code)]
struct Document<T>(T);

impl<T> sqlx::Type<sqlx::Postgres> for Document<T> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <sqlx::types::Json<T> as sqlx::Type<sqlx::Postgres>>::type_info()
    }
}

impl<'r, T: Deserialize<'r> + 'r> sqlx::Decode<'r, sqlx::Postgres> for Document<T> {
    fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <sqlx::types::Json<T> as sqlx::Decode<'r, sqlx::Postgres>>::decode(value).map(|json| Document(json.0))
    }
}

impl<'r, T: Deserialize<'r>> tokio_postgres::types::FromSql<'r> for Document<T> {
    fn from_sql(
        kind: &tokio_postgres::types::Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        tokio_postgres::types::Json::<T>::from_sql(kind, raw).map(|json| Document(json.0))
    }

    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        <tokio_postgres::types::Json<T> as tokio_postgres::types::FromSql<'r>>::accepts(kind)
    }
}
