//! The rows as Diesel's structs.

// The fields are read and then only counted.
#![allow(dead_code)]

use std::io::Write as _;

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::{Associations, Identifiable, Insertable, Queryable, QueryableByName, Selectable};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Jsonb;
use uuid::Uuid;

use crate::document::{Payload, Selector};
use crate::way::diesel::schema::{graph_jobs, runs, schedules, workers};

/// A row of scheduler.graph_jobs.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = graph_jobs, check_for_backend(Pg))]
pub(crate) struct Job {
    pub(crate) id: Uuid,
    tenant_id: String,
    #[diesel(column_name = "kind")]
    kind: i16,
    status: i16,
    payload: Payload,
    result: Option<serde_json::Value>,
    failure_reason: Option<String>,
    correlation_id: Option<String>,
    lease_expires_at: Option<DateTime<Utc>>,
    leased_by: Option<String>,
    pub(crate) attempts: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A new row of scheduler.graph_jobs.
#[derive(Insertable)]
#[diesel(table_name = graph_jobs)]
pub(crate) struct NewJob<'a> {
    pub(crate) tenant_id: &'a str,
    pub(crate) id: Uuid,
    pub(crate) kind: i16,
    pub(crate) payload: Payload,
}

/// A row of scheduler.workers.
#[derive(Queryable, Selectable)]
#[diesel(table_name = workers, check_for_backend(Pg))]
pub(crate) struct Worker {
    id: Uuid,
    tenant_id: String,
    name: String,
    kind: String,
    build: String,
    capacity: i32,
    draining: bool,
    heartbeat_seconds: i32,
    last_heartbeat_at: DateTime<Utc>,
    started_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A row of scheduler.schedules.
#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = schedules, primary_key(id), check_for_backend(Pg))]
pub(crate) struct Schedule {
    id: Uuid,
    tenant_id: String,
    name: String,
    description: Option<String>,
    cron_expression: Option<String>,
    timezone: String,
    mode: String,
    selection: Selector,
    limits: Option<serde_json::Value>,
    enabled: bool,
    row_version: i64,
    created_by: String,
    updated_by: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

/// A row of scheduler.runs.
#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = runs, primary_key(id), belongs_to(Schedule), check_for_backend(Pg))]
pub(crate) struct Run {
    id: Uuid,
    tenant_id: String,
    schedule_id: Option<Uuid>,
    scheduled_for: Option<DateTime<Utc>>,
    reason: String,
    reason_detail: Option<String>,
    requested_by: Option<String>,
    state: String,
    impact_snapshot_id: Option<Uuid>,
    images_selected: i32,
    images_done: i32,
    images_failed: i32,
    new_critical: i32,
    new_high: i32,
    failure_reason: Option<String>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The first byte of a `jsonb` value on the wire.
const VERSION: u8 = 1;

macro_rules! document {
    ($name:ty) => {
        impl FromSql<Jsonb, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                match value.as_bytes() {
                    [VERSION, text @ ..] => Ok(serde_json::from_slice(text)?),
                    _ => Err("another version of jsonb".into()),
                }
            }
        }

        impl ToSql<Jsonb, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(&[VERSION])?;
                serde_json::to_writer(out, self)?;
                Ok(IsNull::No)
            }
        }
    };
}

document!(Payload);
document!(Selector);
