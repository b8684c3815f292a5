//! Schema `scheduler`: what is to be scanned or computed, when, by whom, and how it went.
//!
//! * Intentions: [`Schedule`]s are written by people, [`Trigger`]s hold when each fires next.
//! * Work: [`Run`]s, [`GraphJob`]s and [`PolicyJob`]s move through a status by compare-and-swap. The
//!   jobs are queues, claimed under a lease by [`Worker`]s.
//! * Facts: [`ImpactSnapshot`]s, [`GraphJobEvent`]s, [`ExecutionLog`]s and [`RunSummary`]s say what was
//!   found and what happened.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/scheduler.sql"));

mod execution_logs;
mod graph_job_events;
mod graph_jobs;
mod image_selector;
mod impact_snapshots;
mod policy_jobs;
mod run_summaries;
mod runs;
mod schedules;
mod triggers;
mod workers;

use crate::Expected;

pub use execution_logs::*;
pub use graph_job_events::*;
pub use graph_jobs::*;
pub use image_selector::*;
pub use impact_snapshots::*;
pub use policy_jobs::*;
pub use run_summaries::*;
pub use runs::*;
pub use schedules::*;
pub use triggers::*;
pub use workers::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<ExecutionLog>(),
    Expected::of::<GraphJobEvent>(),
    Expected::of::<GraphJob>(),
    Expected::of::<ImpactSnapshot>(),
    Expected::of::<PolicyJob>(),
    Expected::of::<RunSummary>(),
    Expected::of::<Run>(),
    Expected::of::<Schedule>(),
    Expected::of::<Trigger>(),
    Expected::of::<Worker>(),
];
