//! Every verb of every table, each ready to run once.

use std::future::Future;

use futures_util::future::BoxFuture;
use stellaops_db::__private::{Changeable, Deletable, Patchable, Table, Upsertable};
use stellaops_db::schema::scheduler::*;
use stellaops_db::tenancy::{TenantAccess, Writes};
use stellaops_db::{Error, Id, Insert, Repository, TenantScope, Update};

use crate::lists::lists;
use crate::samples::*;

/// A verb of a table, with rows to work on.
pub(crate) struct Verb {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    pub(crate) run: BoxFuture<'static, ()>,
}

/// Prepares rows as `setup` and gives each verb as `scope`. Verbs of another `number` do not clash.
pub(crate) async fn verbs(scope: &TenantScope, setup: &TenantScope, number: u32) -> Vec<Verb> {
    let number = number * 100;
    let rows = fill(setup, number).await;
    let victims = fill(setup, number + 1).await;
    let parents = fill(setup, number + 2).await;
    populate(setup, &parents, number + 10, number + 16).await;
    let mut all = Verbs(Vec::new());
    base_verbs(&mut all, scope, &rows, &parents, number + 50);
    delete_verbs(&mut all, scope, &victims);
    change_verbs(&mut all, scope, &rows, number + 80);
    schedule_verbs(&mut all, scope, setup, number).await;
    queue_verbs(&mut all, scope, &rows);
    find_verbs(&mut all, scope, &rows);
    for list in lists(scope, &parents) {
        let next = list.page(1, None).await.expect("a page").1;
        let first = list.page(3, None);
        all.add(list.table, "first page", first);
        all.add(list.table, "next page", list.page(3, next));
    }
    all.0
}

struct Verbs(Vec<Verb>);

impl Verbs {
    fn add<R, E: std::fmt::Display>(
        &mut self,
        table: &'static str,
        name: &'static str,
        work: impl Future<Output = Result<R, E>> + Send + 'static,
    ) {
        let run = Box::pin(async move {
            if let Err(error) = work.await {
                panic!("{table}: {name}: {error}");
            }
        });
        self.0.push(Verb { table, name, run });
    }

    /// A verb of a repository.
    fn on<T: Table, R, W>(
        &mut self,
        repository: &Repository<T>,
        name: &'static str,
        work: impl FnOnce(Repository<T>) -> W,
    ) where
        W: Future<Output = Result<R, Error>> + Send + 'static,
    {
        self.add(T::DESCRIPTOR.name, name, work(repository.clone()));
    }

    /// What every table has.
    fn base<T: Table>(
        &mut self,
        repository: &Repository<T>,
        key: &T::Key,
        new: T::Assignments<Insert>,
        more: [T::Assignments<Insert>; 2],
    ) where
        TenantAccess: Writes<T::Tenancy>,
    {
        let (first, second) = (key.clone(), key.clone());
        self.on(repository, "get", |of| async move { of.get(first).await });
        self.on(repository, "exists", |of| async move { of.exists(second).await });
        self.on(repository, "count", |of| async move { of.count([]).await });
        self.on(repository, "insert", |of| async move { of.insert(new).await });
        self.on(repository, "insert_many", |of| async move {
            of.insert_many(more).await
        });
    }

    fn delete<T: Changeable + Deletable>(&mut self, repository: &Repository<T>, key: T::Key)
    where
        TenantAccess: Writes<T::Tenancy>,
    {
        let again = key.clone();
        self.on(repository, "delete", |of| async move { of.delete(key).await });
        self.on(repository, "delete_many", |of| async move {
            of.delete_many([again]).keep_going().await
        });
    }

    fn change<T: Patchable + Upsertable>(
        &mut self,
        repository: &Repository<T>,
        key: T::Key,
        patch: T::Assignments<Update>,
        row: T::Assignments<Insert>,
    ) where
        TenantAccess: Writes<T::Tenancy>,
    {
        self.on(
            repository,
            "update",
            |of| async move { of.update(key, patch).await },
        );
        self.on(repository, "upsert", |of| async move { of.upsert(row).await });
    }
}

fn base_verbs(all: &mut Verbs, scope: &TenantScope, rows: &Rows, parents: &Rows, number: u32) {
    let (schedule_id, run, job) = (parents.schedule.id, parents.run.id, parents.job.id);
    let numbers = [number + 1, number + 2];
    all.base(
        &scope.repository::<ScheduleRepository>(),
        &rows.schedule.id,
        schedule(format!("new {number}")),
        numbers.map(|number| schedule(format!("new {number}"))),
    );
    all.base(
        &scope.repository::<TriggerRepository>(),
        &rows.trigger.id,
        trigger(schedule_id, at(0)),
        numbers.map(|_| trigger(schedule_id, at(0))),
    );
    all.base(
        &scope.repository::<ImpactSnapshotRepository>(),
        &rows.snapshot.id,
        snapshot(number),
        numbers.map(snapshot),
    );
    let new_run = |_| run_of(schedule_id, parents.snapshot.id);
    all.base(
        &scope.repository::<RunRepository>(),
        &rows.run.id,
        new_run(0),
        numbers.map(new_run),
    );
    all.base(
        &scope.repository::<ExecutionLogRepository>(),
        &rows.log.id,
        log(run),
        numbers.map(|_| log(run)),
    );
    all.base(
        &scope.repository::<GraphJobRepository>(),
        &rows.job.id,
        graph_job(number),
        numbers.map(queued),
    );
    all.base(
        &scope.repository::<GraphJobEventRepository>(),
        &rows.event.id,
        event(job),
        numbers.map(|_| event(job)),
    );
    all.base(
        &scope.repository::<PolicyJobRepository>(),
        &rows.policy_job.id,
        policy_job(number),
        numbers.map(policy_job),
    );
    all.base(
        &scope.repository::<WorkerRepository>(),
        &rows.worker.id,
        worker(number),
        numbers.map(worker),
    );
    all.base(
        &scope.repository::<RunSummaryRepository>(),
        &(rows.summary.day, rows.summary.schedule_id),
        summary(schedule_id, number),
        numbers.map(|number| summary(schedule_id, number)),
    );
}

fn delete_verbs(all: &mut Verbs, scope: &TenantScope, rows: &Rows) {
    all.delete(&scope.repository::<ScheduleRepository>(), rows.schedule.id);
    all.delete(&scope.repository::<TriggerRepository>(), rows.trigger.id);
    all.delete(&scope.repository::<RunRepository>(), rows.run.id);
    all.delete(&scope.repository::<ExecutionLogRepository>(), rows.log.id);
    all.delete(&scope.repository::<GraphJobRepository>(), rows.job.id);
    all.delete(&scope.repository::<GraphJobEventRepository>(), rows.event.id);
    all.delete(&scope.repository::<PolicyJobRepository>(), rows.policy_job.id);
    all.delete(&scope.repository::<WorkerRepository>(), rows.worker.id);
    let key = (rows.summary.day, rows.summary.schedule_id);
    all.delete(&scope.repository::<RunSummaryRepository>(), key);
}

fn change_verbs(all: &mut Verbs, scope: &TenantScope, rows: &Rows, number: u32) {
    all.change(
        &scope.repository::<ScheduleRepository>(),
        rows.schedule.id,
        Schedule::patch().enabled(false),
        schedule(format!("upserted {number}")).id(rows.schedule.id),
    );
    all.change(
        &scope.repository::<TriggerRepository>(),
        rows.trigger.id,
        Trigger::patch().enabled(false),
        trigger(rows.schedule.id, at(1)).id(rows.trigger.id),
    );
    all.change(
        &scope.repository::<RunRepository>(),
        rows.run.id,
        Run::patch().new_high(1),
        run_of(rows.schedule.id, rows.snapshot.id).id(rows.run.id),
    );
    all.change(
        &scope.repository::<GraphJobRepository>(),
        rows.job.id,
        GraphJob::patch().failure_reason(None),
        graph_job(number).id(rows.job.id),
    );
    all.change(
        &scope.repository::<PolicyJobRepository>(),
        rows.policy_job.id,
        PolicyJob::patch().priority(PolicyJobPriority::High),
        policy_job(number).id(rows.policy_job.id),
    );
    all.change(
        &scope.repository::<WorkerRepository>(),
        rows.worker.id,
        Worker::patch().draining(true),
        worker(number).id(rows.worker.id),
    );
    let key = (rows.summary.day, rows.summary.schedule_id);
    all.change(
        &scope.repository::<RunSummaryRepository>(),
        key,
        RunSummary::patch().runs_completed(1),
        RunSummary::new_row(key.0, key.1, 4),
    );
}

/// Soft deletion and row versions, on rows of their own.
async fn schedule_verbs(all: &mut Verbs, scope: &TenantScope, setup: &TenantScope, number: u32) {
    let made = setup.repository::<ScheduleRepository>();
    let names = ["versioned", "marked", "unmarked"].map(|name| schedule(format!("{name} {number}")));
    let rows = made.insert_many(names).returning().await.expect("inserts");
    let [versioned, marked, unmarked] = [&rows[0], &rows[1], &rows[2]].map(|row| row.id);
    assert!(made.soft_delete(unmarked).await.expect("marks"));
    let schedules = scope.repository::<ScheduleRepository>();
    all.on(&schedules, "update_expecting", |of| async move {
        of.update_expecting(versioned, 1, Schedule::patch().enabled(false))
            .await
    });
    all.on(&schedules, "soft_delete", |of| async move {
        of.soft_delete(marked).await
    });
    all.on(
        &schedules,
        "restore",
        |of| async move { of.restore(unmarked).await },
    );
}

fn queue_verbs(all: &mut Verbs, scope: &TenantScope, rows: &Rows) {
    let (job, policy_job, run) = (rows.job.id, rows.policy_job.id, rows.run.id);
    let jobs = scope.repository::<GraphJobRepository>();
    all.on(
        &jobs,
        "claim",
        |of| async move { of.claim("worker", 1, LEASE).await },
    );
    all.on(&jobs, "compare_and_swap", |of| async move {
        let step = GraphJob::STATUS
            .from(GraphJobStatus::Pending)
            .to(GraphJobStatus::Queued);
        of.compare_and_swap(job, step).await
    });
    all.on(&jobs, "compare_and_swap_with", |of| async move {
        let step = GraphJob::STATUS
            .from(GraphJobStatus::Running)
            .to(GraphJobStatus::Failed);
        let patch = GraphJob::patch().failure_reason(Some("why".into()));
        of.compare_and_swap_with(job, step, patch).await
    });
    let jobs = scope.repository::<PolicyJobRepository>();
    all.on(
        &jobs,
        "claim",
        |of| async move { of.claim("worker", 1, LEASE).await },
    );
    all.on(&jobs, "compare_and_swap", |of| async move {
        let step = PolicyJob::STATUS
            .from(PolicyJobStatus::Running)
            .to(PolicyJobStatus::Cancelled);
        of.compare_and_swap(policy_job, step).await
    });
    all.on(
        &scope.repository::<RunRepository>(),
        "compare_and_swap",
        |of| async move {
            let step = Run::STATE.from(RunState::Planning).to(RunState::Queued);
            of.compare_and_swap(run, step).await
        },
    );
    let trigger = rows.trigger.clone();
    all.on(
        &scope.repository::<TriggerRepository>(),
        "compare_and_swap",
        |of| async move {
            let step = Trigger::NEXT_FIRE_AT.from(trigger.next_fire_at).to(at(1_000_000));
            of.compare_and_swap(trigger.id, step).await
        },
    );
}

fn find_verbs(all: &mut Verbs, scope: &TenantScope, rows: &Rows) {
    let name = "get_by_unique";
    let schedules = scope.repository::<ScheduleRepository>();
    let text = rows.schedule.name.clone();
    all.add(
        "schedules",
        name,
        async move { schedules.get_by_name(text).await },
    );
    let triggers = scope.repository::<TriggerRepository>();
    let schedule: Id<Schedule> = rows.schedule.id;
    all.add("triggers", name, async move {
        triggers.get_by_cron_schedule(schedule).await
    });
    let snapshots = scope.repository::<ImpactSnapshotRepository>();
    let text = rows.snapshot.snapshot_digest.clone();
    all.add("impact_snapshots", name, async move {
        snapshots.get_by_snapshot_digest(text).await
    });
    let runs = scope.repository::<RunRepository>();
    all.add("runs", name, async move {
        runs.get_by_occurrence(schedule, at(0)).await
    });
    let jobs = scope.repository::<PolicyJobRepository>();
    let text = rows.policy_job.run_id.clone().expect("it has one");
    all.add("policy_jobs", name, async move { jobs.get_by_run_id(text).await });
    let workers = scope.repository::<WorkerRepository>();
    let text = rows.worker.name.clone();
    all.add("workers", name, async move { workers.get_by_name(text).await });
}
