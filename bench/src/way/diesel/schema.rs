//! The tables as Diesel's.

use diesel::sql_types::{Bool, Text};

diesel::define_sql_function! {
    /// PostgreSQL's.
    fn set_config(name: Text, value: Text, is_local: Bool) -> Text;
}

diesel::table! {
    scheduler.graph_jobs (tenant_id, id) {
        id -> Uuid,
        tenant_id -> Text,
        #[sql_name = "type"]
        kind -> SmallInt,
        status -> SmallInt,
        payload -> Jsonb,
        result -> Nullable<Jsonb>,
        failure_reason -> Nullable<Text>,
        correlation_id -> Nullable<Text>,
        lease_expires_at -> Nullable<Timestamptz>,
        leased_by -> Nullable<Text>,
        attempts -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    scheduler.workers (tenant_id, id) {
        id -> Uuid,
        tenant_id -> Text,
        name -> Text,
        kind -> Text,
        build -> Text,
        capacity -> Integer,
        draining -> Bool,
        heartbeat_seconds -> Integer,
        last_heartbeat_at -> Timestamptz,
        started_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    scheduler.schedules (tenant_id, id) {
        id -> Uuid,
        tenant_id -> Text,
        name -> Text,
        description -> Nullable<Text>,
        cron_expression -> Nullable<Text>,
        timezone -> Text,
        mode -> Text,
        selection -> Jsonb,
        limits -> Nullable<Jsonb>,
        enabled -> Bool,
        row_version -> BigInt,
        created_by -> Text,
        updated_by -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    scheduler.runs (tenant_id, id) {
        id -> Uuid,
        tenant_id -> Text,
        schedule_id -> Nullable<Uuid>,
        scheduled_for -> Nullable<Timestamptz>,
        reason -> Text,
        reason_detail -> Nullable<Text>,
        requested_by -> Nullable<Text>,
        state -> Text,
        impact_snapshot_id -> Nullable<Uuid>,
        images_selected -> Integer,
        images_done -> Integer,
        images_failed -> Integer,
        new_critical -> Integer,
        new_high -> Integer,
        failure_reason -> Nullable<Text>,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}
