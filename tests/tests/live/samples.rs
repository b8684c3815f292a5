//! Rows of all ten tables.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Id, TenantScope, Timestamp};

pub(crate) fn digest(number: u32) -> String {
    format!("sha256:{number:064x}")
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2025-01-01T00:00:00Z".parse().expect("a time");
    Timestamp::new(start.utc() + TimeDelta::seconds(seconds))
}

pub(crate) fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day") + chrono::Days::new(u64::from(number))
}

pub(crate) fn build_job(number: u32) -> GraphBuildJob {
    GraphBuildJob {
        sbom_id: "sbom".into(),
        sbom_version_id: format!("version {number}"),
        sbom_digest: digest(number % 3),
        trigger: "manual".into(),
        metadata: BTreeMap::from([("project".into(), "demo".into())]),
    }
}

pub(crate) fn overlay_job() -> GraphOverlayJob {
    GraphOverlayJob {
        graph_revision_id: format!("grv_{:064x}", 1),
        build_job_id: None,
        overlay_kind: GraphOverlayKind::Policy,
        overlay_key: "policy 1".into(),
        subjects: None,
        trigger: "policy".into(),
        metadata: BTreeMap::new(),
    }
}

pub(crate) fn graph_job(number: u32) -> NewGraphJob {
    GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build_job(number)))
}

pub(crate) fn queued(number: u32) -> NewGraphJob {
    graph_job(number).status(GraphJobStatus::Queued)
}

pub(crate) fn graph_result() -> GraphResult {
    GraphResult {
        graph_revision_id: format!("grv_{:064x}", 2),
        node_count: 1,
        edge_count: 0,
        graph: None,
    }
}

pub(crate) fn selector() -> ImageSelector {
    ImageSelector {
        scope: SelectionScope::AllImages,
        namespaces: None,
        repositories: None,
        digests: None,
        labels: None,
        include_tags: None,
    }
}

pub(crate) fn schedule(name: impl Into<String>) -> NewSchedule {
    Schedule::new_row(
        name.into(),
        ScheduleMode::AnalysisOnly,
        selector(),
        "user".into(),
        "user".into(),
    )
}

pub(crate) fn policy_job(number: u32) -> NewPolicyJob {
    let inputs = PolicyJobInputs {
        sbom_set: vec![],
        advisory_cursor: None,
        vex_cursor: None,
        environment: BTreeMap::new(),
    };
    let priority = match number % 3 {
        0 => PolicyJobPriority::Emergency,
        1 => PolicyJobPriority::High,
        _ => PolicyJobPriority::Normal,
    };
    let policy = match number % 4 {
        0 => "policy".into(),
        other => format!("policy {other}"),
    };
    PolicyJob::new_row(policy, PolicyJobMode::Full, inputs)
        .run_id(Some(format!("run {number}")))
        .priority(priority)
}

pub(crate) fn snapshot(number: u32) -> NewImpactSnapshot {
    let impact = Impact {
        images: vec![],
        usage_only: false,
    };
    let (own, asked) = (digest(number), digest(number % 4));
    ImpactSnapshot::new_row(selector(), asked, "revision".into(), own, 0, impact)
}

pub(crate) fn worker(number: u32) -> NewWorker {
    let kind = match number % 4 {
        0 => WorkerKind::Graph,
        _ => WorkerKind::Runner,
    };
    Worker::new_row(format!("worker {number:06}"), kind, "1.0".into())
}

pub(crate) fn run_of(schedule: Id<Schedule>, snapshot: Id<ImpactSnapshot>) -> NewRun {
    Run::new_row(RunReason::Manual)
        .schedule_id(Some(schedule))
        .impact_snapshot_id(Some(snapshot))
}

pub(crate) fn trigger(schedule: Id<Schedule>, next: Timestamp) -> NewTrigger {
    Trigger::new_row(schedule, next).kind(TriggerKind::Once)
}

pub(crate) fn event(job: Id<GraphJob>) -> NewGraphJobEvent {
    GraphJobEvent::new_row(job, GraphJobStatus::Queued, GraphJobEventPayload::default())
}

pub(crate) fn log(run: Id<Run>) -> NewExecutionLog {
    ExecutionLog::new_row(run, "live".into(), "a line".into())
}

pub(crate) fn summary(schedule: Id<Schedule>, number: u32) -> NewRunSummary {
    RunSummary::new_row(day(number), schedule, 3)
}

/// One row of each table, which belong together.
pub(crate) struct Rows {
    pub(crate) schedule: Schedule,
    pub(crate) trigger: Trigger,
    pub(crate) snapshot: ImpactSnapshot,
    pub(crate) run: Run,
    pub(crate) log: ExecutionLog,
    pub(crate) job: GraphJob,
    pub(crate) event: GraphJobEvent,
    pub(crate) policy_job: PolicyJob,
    pub(crate) worker: Worker,
    pub(crate) summary: RunSummary,
}

/// Inserts a row into each table. Rows of another number do not clash with them.
pub(crate) async fn fill(scope: &TenantScope, number: u32) -> Rows {
    let text = "inserts";
    let schedules = scope.repository::<ScheduleRepository>();
    let schedule = schedules
        .insert(schedule(format!("schedule {number}")))
        .await
        .expect(text);
    let triggers = scope.repository::<TriggerRepository>();
    let trigger = triggers
        .insert(trigger(schedule.id, at(i64::from(number))))
        .await
        .expect(text);
    let snapshots = scope.repository::<ImpactSnapshotRepository>();
    let snapshot = snapshots.insert(snapshot(number)).await.expect(text);
    let runs = scope.repository::<RunRepository>();
    let run = runs.insert(run_of(schedule.id, snapshot.id)).await.expect(text);
    let logs = scope.repository::<ExecutionLogRepository>();
    let log = logs.insert(log(run.id)).await.expect(text);
    let jobs = scope.repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(number)).await.expect(text);
    let events = scope.repository::<GraphJobEventRepository>();
    let event = events.insert(event(job.id)).await.expect(text);
    let policy_jobs = scope.repository::<PolicyJobRepository>();
    let policy_job = policy_jobs.insert(policy_job(number)).await.expect(text);
    let workers = scope.repository::<WorkerRepository>();
    let worker = workers.insert(worker(number)).await.expect(text);
    let summaries = scope.repository::<RunSummaryRepository>();
    let summary = summaries.insert(summary(schedule.id, number)).await.expect(text);
    Rows {
        schedule,
        trigger,
        snapshot,
        run,
        log,
        job,
        event,
        policy_job,
        worker,
        summary,
    }
}

/// Inserts rows `from..to` into each table, under the same parents: all of one call have the same
/// times, so that orders meet ties.
pub(crate) async fn populate(scope: &TenantScope, parents: &Rows, from: u32, to: u32) {
    let text = "inserts";
    let numbers = from..to;
    let (schedule_id, job, run) = (parents.schedule.id, parents.job.id, parents.run.id);
    let snapshot_id = parents.snapshot.id;
    let schedules = scope.repository::<ScheduleRepository>();
    let names = numbers
        .clone()
        .map(|number| schedule(format!("name {number:06}")));
    schedules.insert_many(names).await.expect(text);
    let triggers = scope.repository::<TriggerRepository>();
    let times = numbers
        .clone()
        .map(|number| trigger(schedule_id, at(i64::from(number / 4))));
    triggers.insert_many(times).await.expect(text);
    let snapshots = scope.repository::<ImpactSnapshotRepository>();
    snapshots
        .insert_many(numbers.clone().map(snapshot))
        .await
        .expect(text);
    let runs = scope.repository::<RunRepository>();
    runs.insert_many(numbers.clone().map(|_| run_of(schedule_id, snapshot_id)))
        .await
        .expect(text);
    let logs = scope.repository::<ExecutionLogRepository>();
    let level = |number| match number % 4 {
        0 => LogLevel::Info,
        _ => LogLevel::Warning,
    };
    logs.insert_many(numbers.clone().map(|number| log(run).level(level(number))))
        .await
        .expect(text);
    let jobs = scope.repository::<GraphJobRepository>();
    jobs.insert_many(numbers.clone().map(queued)).await.expect(text);
    let events = scope.repository::<GraphJobEventRepository>();
    events
        .insert_many(numbers.clone().map(|_| event(job)))
        .await
        .expect(text);
    let policy_jobs = scope.repository::<PolicyJobRepository>();
    policy_jobs
        .insert_many(numbers.clone().map(policy_job))
        .await
        .expect(text);
    let workers = scope.repository::<WorkerRepository>();
    workers
        .insert_many(numbers.clone().map(worker))
        .await
        .expect(text);
    let summaries = scope.repository::<RunSummaryRepository>();
    summaries
        .insert_many(numbers.map(|number| summary(schedule_id, number)))
        .await
        .expect(text);
}

pub(crate) const LEASE: Duration = Duration::from_secs(60);
