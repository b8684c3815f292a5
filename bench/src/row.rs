//! The rows as a program without the toolkit would read them: by position, documents by serde.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

use crate::document::{Payload, Selector};

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($position:literal $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        // The fields are read and then only counted.
        #[allow(dead_code)]
        pub(crate) struct $name { $(pub(crate) $field: $type),* }

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

row! {
    /// A row of scheduler.schedules.
    ScheduleRow {
        0 id: Uuid,
        1 tenant_id: String,
        2 name: String,
        3 description: Option<String>,
        4 cron_expression: Option<String>,
        5 timezone: String,
        6 mode: String,
        7 selection: Document<Selector>,
        8 limits: Option<Document<serde_json::Value>>,
        9 enabled: bool,
        10 row_version: i64,
        11 created_by: String,
        12 updated_by: String,
        13 created_at: DateTime<Utc>,
        14 updated_at: DateTime<Utc>,
        15 deleted_at: Option<DateTime<Utc>>,
    }
}

row! {
    /// A row of scheduler.runs.
    RunRow {
        0 id: Uuid,
        1 tenant_id: String,
        2 schedule_id: Option<Uuid>,
        3 scheduled_for: Option<DateTime<Utc>>,
        4 reason: String,
        5 reason_detail: Option<String>,
        6 requested_by: Option<String>,
        7 state: String,
        8 impact_snapshot_id: Option<Uuid>,
        9 images_selected: i32,
        10 images_done: i32,
        11 images_failed: i32,
        12 new_critical: i32,
        13 new_high: i32,
        14 failure_reason: Option<String>,
        15 started_at: Option<DateTime<Utc>>,
        16 finished_at: Option<DateTime<Utc>>,
        17 created_at: DateTime<Utc>,
        18 updated_at: DateTime<Utc>,
    }
}

/// A `jsonb` value; each driver has a wrapper of its own for it.
#[allow(dead_code)]
pub(crate) struct Document<T>(T);

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
