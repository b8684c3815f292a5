//! The statements as somebody writes them by hand: the same columns, conditions and orders as the
//! toolkit's, so that the plans are equal, and nothing that a single table does not need.

use std::sync::LazyLock;

use crate::verb::{CHILDREN, MANY, PAGE, Verb};

macro_rules! job {
    () => {
        "id, tenant_id, type, status, payload, result, failure_reason, correlation_id, lease_expires_at, leased_by, attempts, created_at, updated_at"
    };
}

/// How a transaction is given its tenant.
pub(crate) const BIND_TENANT: &str = "SELECT set_config('app.tenant_id', $1, true)";
/// How many children are asked for.
pub(crate) const CHILDREN_LIMIT: i64 = CHILDREN as i64;
/// One row more says whether there is a next page; every way asks for it.
pub(crate) const PAGE_LIMIT: i64 = PAGE as i64 + 1;

const GET: &str = concat!(
    "SELECT ",
    job!(),
    " FROM scheduler.graph_jobs WHERE tenant_id = $1 AND id = $2"
);
const EXISTS: &str = "SELECT EXISTS (SELECT FROM scheduler.graph_jobs WHERE tenant_id = $1 AND id = $2)";
const GET_BY_UNIQUE: &str = "SELECT id, tenant_id, name, kind, build, capacity, draining, heartbeat_seconds, last_heartbeat_at, started_at, created_at, updated_at FROM scheduler.workers WHERE tenant_id = $1 AND name = $2";
const INSERT: &str = concat!(
    "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) VALUES ($1, $2, 0, $3) RETURNING ",
    job!()
);
const UPSERT: &str = concat!(
    "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) VALUES ($1, $2, 0, $3) ",
    "ON CONFLICT (tenant_id, id) DO UPDATE SET payload = EXCLUDED.payload, updated_at = now() RETURNING ",
    job!()
);
const UPDATE: &str = concat!(
    "UPDATE scheduler.graph_jobs SET failure_reason = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2 RETURNING ",
    job!()
);
const COMPARE_AND_SWAP: &str = concat!(
    "UPDATE scheduler.graph_jobs SET status = 1, updated_at = now() WHERE tenant_id = $1 AND id = $2 AND status = 0 RETURNING ",
    job!()
);
const DELETE: &str = "DELETE FROM scheduler.graph_jobs WHERE tenant_id = $1 AND id = $2";
const FIRST_PAGE: &str = concat!(
    "SELECT ",
    job!(),
    " FROM scheduler.graph_jobs WHERE tenant_id = $1 AND status = $2 ORDER BY created_at DESC, id DESC LIMIT $3"
);
const LATER_PAGE: &str = concat!(
    "SELECT ",
    job!(),
    " FROM scheduler.graph_jobs WHERE tenant_id = $1 AND status = $2 AND (created_at, id) < ($4, $5) ",
    "ORDER BY created_at DESC, id DESC LIMIT $3"
);
const COUNT: &str = "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1 AND status = $2";
const CLAIM: &str = concat!(
    "WITH expired AS MATERIALIZED (SELECT id FROM scheduler.graph_jobs ",
    "WHERE tenant_id = $1 AND status = 2 AND lease_expires_at < statement_timestamp() ",
    "ORDER BY lease_expires_at LIMIT $4 FOR UPDATE SKIP LOCKED), ",
    "ready AS MATERIALIZED (SELECT id FROM scheduler.graph_jobs WHERE tenant_id = $1 AND status = 1 ",
    "ORDER BY created_at, id LIMIT $4 - (SELECT count(*) FROM expired) FOR UPDATE SKIP LOCKED), ",
    "picked AS (SELECT id FROM expired UNION ALL SELECT id FROM ready) ",
    "UPDATE scheduler.graph_jobs AS job SET status = 2, leased_by = $2, ",
    "lease_expires_at = statement_timestamp() + $3 * interval '1 millisecond', attempts = attempts + 1, updated_at = now() ",
    "FROM picked WHERE job.tenant_id = $1 AND job.id = picked.id RETURNING job.id, tenant_id, type, status, payload, result, ",
    "failure_reason, correlation_id, lease_expires_at, leased_by, attempts, created_at, updated_at"
);

const SCHEDULE: &str = "SELECT id, tenant_id, name, description, cron_expression, timezone, mode, selection, limits, enabled, row_version, created_by, updated_by, created_at, updated_at, deleted_at FROM scheduler.schedules WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL";
/// The children of a parent.
pub(crate) const RUNS: &str = "SELECT id, tenant_id, schedule_id, scheduled_for, reason, reason_detail, requested_by, state, impact_snapshot_id, images_selected, images_done, images_failed, new_critical, new_high, failure_reason, started_at, finished_at, created_at, updated_at FROM scheduler.runs WHERE tenant_id = $1 AND schedule_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3";
/// Ends a claim: only its holder can, and only until somebody else has claimed the job anew.
pub(crate) const COMPLETE: &str = "UPDATE scheduler.graph_jobs SET status = 3, leased_by = NULL, lease_expires_at = NULL, updated_at = now() WHERE tenant_id = $1 AND id = $2 AND status = 2 AND leased_by = $3 AND attempts = $4";
/// All rows of a status, newest first.
pub(crate) const STREAM: &str = concat!(
    "SELECT ",
    job!(),
    " FROM scheduler.graph_jobs WHERE tenant_id = $1 AND status = $2 ORDER BY created_at DESC, id DESC"
);
/// Any number of rows in arrays.
pub(crate) const INSERT_ARRAYS: &str = "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) SELECT $1, id, 0, payload FROM unnest($2::uuid[], $3::jsonb[]) AS rows (id, payload)";

static INSERT_MANY: LazyLock<String> = LazyLock::new(|| {
    let rows: Vec<String> = (0..MANY)
        .map(|row| format!("($1, ${}, 0, ${})", 2 * row + 2, 2 * row + 3))
        .collect();
    format!(
        "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) VALUES {} RETURNING {}",
        rows.join(", "),
        job!()
    )
});

/// The statement of a verb.
pub(crate) fn of(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => GET,
        Verb::Exists => EXISTS,
        Verb::GetByUnique => GET_BY_UNIQUE,
        Verb::Insert => INSERT,
        Verb::InsertMany => INSERT_MANY.as_str(),
        Verb::Upsert => UPSERT,
        Verb::Update => UPDATE,
        Verb::CompareAndSwap => COMPARE_AND_SWAP,
        Verb::Delete => DELETE,
        Verb::FirstPage | Verb::PageOne => FIRST_PAGE,
        Verb::LaterPage | Verb::DeepPage => LATER_PAGE,
        Verb::Family => SCHEDULE,
        Verb::Count => COUNT,
        Verb::Claim => CLAIM,
    }
}
