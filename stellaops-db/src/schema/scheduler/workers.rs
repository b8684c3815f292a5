use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A process that works for a tenant: what it can do, and when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("scheduler.workers")]
pub struct Worker {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Worker>,
    /// The tenant that it works for.
    pub tenant_id: TenantId,
    /// The worker's own name, the same after a restart; what leases name it by.
    pub name: String,
    /// What the worker does.
    pub kind: WorkerKind,
    /// The version of the program that runs.
    pub build: String,
    /// How many pieces of work it does at once.
    pub capacity: i32,
    /// Whether it finishes what it has and takes nothing new.
    pub draining: bool,
    /// How often it promises to be heard of, in seconds; silent for three times as long it counts as lost.
    pub heartbeat_seconds: i32,
    /// When it was last heard of, by its own clock.
    pub last_heartbeat_at: Timestamp,
    /// When the process began, by its own clock.
    pub started_at: Timestamp,
    /// When the worker first registered.
    pub created_at: Timestamp,
    /// When the row was changed last, a heartbeat included.
    pub updated_at: Timestamp,
}

/// What a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.worker_kind")]
pub enum WorkerKind {
    /// Plans runs.
    Planner,
    /// Scans images.
    Runner,
    /// Builds and overlays graphs.
    Graph,
    /// Evaluates policies.
    Policy,
}
