//! Every verb of the runtime that talks to the server.

mod bulk;
mod changes;
mod queue;
mod reads;
mod systems;
mod units;

use crate::stage::{Effect, Verb};

/// All of them.
pub(crate) fn all() -> Vec<Verb> {
    [of_rows(), of_units(), of_systems()]
        .into_iter()
        .flatten()
        .collect()
}

/// Those of a tenant's rows.
pub(crate) fn of_rows() -> Vec<Verb> {
    [reads::verbs(), changes::verbs(), queue::verbs()]
        .into_iter()
        .flatten()
        .collect()
}

/// Those of many rows, transactions, locks and own SQL.
pub(crate) fn of_units() -> Vec<Verb> {
    [bulk::verbs(), units::verbs()].into_iter().flatten().collect()
}

/// Those across tenants, on global tables, and of outboxes.
pub(crate) fn of_systems() -> Vec<Verb> {
    systems::verbs()
}

/// How many jobs were made by the call.
const fn new_jobs(after: i64) -> Effect {
    Effect::Writes {
        look: "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1 AND correlation_id = 'new'",
        before: 0,
        after,
    }
}

/// How many jobs were changed by the call.
const fn changed_jobs(after: i64) -> Effect {
    Effect::Writes {
        look: "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1 AND failure_reason = 'changed'",
        before: 0,
        after,
    }
}

/// How many jobs are left.
const fn jobs_left(before: i64) -> Effect {
    Effect::Writes {
        look: "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1",
        before,
        after: 0,
    }
}

/// The code of the tenant's only job's status.
const fn status(before: i64, after: i64) -> Effect {
    Effect::Writes {
        look: "SELECT status::bigint FROM scheduler.graph_jobs WHERE tenant_id = $1",
        before,
        after,
    }
}

const PENDING: i64 = 0;
const QUEUED: i64 = 1;
const RUNNING: i64 = 2;
const COMPLETED: i64 = 3;
const FAILED: i64 = 4;
