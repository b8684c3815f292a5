//! One row: inserted, read, upserted, patched, marked, deleted.

use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::SequentialIds;
use stellaops_db::{Error, Id};

use crate::samples::*;
use crate::support::*;

#[tokio::test]
async fn an_inserted_row_is_given_back_as_it_is_stored_with_its_defaults() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    assert_eq!(job.tenant_id, tenant("a"));
    assert_eq!(job.id.uuid().get_version_num(), 7);
    assert_eq!((job.status, job.attempts), (GraphJobStatus::Pending, 0));
    assert_eq!(
        (job.created_at, job.updated_at),
        (fixture.clock.now().into(), fixture.clock.now().into())
    );
    assert_eq!(
        (&job.result, &job.leased_by, job.lease_expires_at),
        (&None, &None, None)
    );
    assert_eq!(job.payload, GraphJobPayload::Build(build_job(1)));
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));

    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let row = schedules.insert(schedule("nightly")).await.expect("inserts");
    assert_eq!(
        (row.timezone.as_str(), row.enabled, row.row_version),
        ("UTC", true, 1)
    );
    assert_eq!(row.deleted_at, None);
}

#[tokio::test]
async fn what_a_new_row_sets_overrules_the_defaults() {
    let fixture = Fixture::start().await;
    let id: Id<GraphJob> = "0190a3c1-7d2e-7000-8000-0123456789ab".parse().expect("an id");
    let new = queued(1)
        .id(id)
        .created_at(at(5))
        .correlation_id(Some("trace".into()));
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(new).await.expect("inserts");
    assert_eq!(
        (job.id, job.created_at, job.status),
        (id, at(5), GraphJobStatus::Queued)
    );
    assert_eq!(job.correlation_id.as_deref(), Some("trace"));
    let again = jobs.insert(queued(1).id(id)).await;
    refused!(again, Error::UniqueViolation { constraint, .. } if constraint == "pk_graph_jobs");
}

#[tokio::test]
async fn ids_come_from_the_injected_source() {
    let fixture = Fixture::start().await;
    let db = fixture.db.clone().with_ids(SequentialIds::series(7));
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let rows = jobs
        .insert_many([graph_job(1), graph_job(2)])
        .returning()
        .await
        .expect("inserts");
    let expected = SequentialIds::series(7);
    assert_eq!(
        rows.iter().map(|job| job.id.uuid()).collect::<Vec<_>>(),
        [expected.next(), expected.next()]
    );
}

#[tokio::test]
async fn violations_name_their_constraint() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 1).await;
    let schedules = scope.repository::<ScheduleRepository>();
    refused!(
        schedules.insert(schedule("schedule 1")).await,
        Error::UniqueViolation { constraint, .. } if constraint == "uq_schedules_name"
    );
    refused!(
        schedules.insert(schedule("  ")).await,
        Error::CheckViolation { constraint } if constraint == "ck_schedules_name_is_not_blank"
    );
    refused!(
        scope.repository::<TriggerRepository>().insert(trigger(Id::new(rows.job.id.uuid()), at(0))).await,
        Error::ForeignKeyViolation { constraint, .. } if constraint == "fk_triggers_schedule_id"
    );
    // The database checks what a type does not: the digest's form.
    refused!(
        scope
            .repository::<ImpactSnapshotRepository>()
            .insert(ImpactSnapshot::new_row(
                selector(),
                "sha256:short".into(),
                "r".into(),
                digest(9),
                0,
                rows.snapshot.impact.clone()
            ))
            .await,
        Error::CheckViolation { .. }
    );
}

#[tokio::test]
async fn insert_many_inserts_all_in_order_or_none() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let none = workers.insert_many([]).returning().await;
    assert_eq!(none.expect("nothing to do"), []);
    let rows = workers
        .insert_many((0..500).map(worker))
        .returning()
        .await
        .expect("inserts");
    let names: Vec<_> = rows.iter().map(|worker| worker.name.clone()).collect();
    assert_eq!(
        names,
        (0..500)
            .map(|number| format!("worker {number:06}"))
            .collect::<Vec<_>>()
    );
    let clash = workers.insert_many([worker(1000), worker(3), worker(1001)]).await;
    let Err(Error::RefusedRow { position: 1, reason }) = clash else {
        panic!("{clash:?}");
    };
    refused!(Err::<(), _>(*reason), Error::UniqueViolation { constraint, .. } if constraint == "uq_workers_name");
    assert_eq!(workers.count([]).await.expect("counts"), 500);
}

#[tokio::test]
async fn upsert_sets_what_a_patch_may_set_and_nothing_else() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let id = Id::new(uuid::Uuid::now_v7());
    let first = jobs.upsert(graph_job(1).id(id)).await.expect("inserts");
    let queue = GraphJob::STATUS
        .from(GraphJobStatus::Pending)
        .to(GraphJobStatus::Queued);
    assert!(jobs.compare_and_swap(id, queue).await.expect("swaps").is_won());
    fixture.clock.advance(std::time::Duration::from_secs(9));
    let changed = jobs
        .upsert(graph_job(2).id(id).correlation_id(Some("other".into())))
        .await
        .expect("updates");
    assert_eq!(changed.payload, GraphJobPayload::Build(build_job(2)));
    // The status, what is immutable and the time of creation stay; the time of change does not.
    assert_eq!(changed.status, GraphJobStatus::Queued);
    assert_eq!(
        (&changed.correlation_id, changed.created_at),
        (&None, first.created_at)
    );
    assert_eq!(changed.updated_at, fixture.clock.now().into());

    let schedules = scope.repository::<ScheduleRepository>();
    let row = schedules.insert(schedule("nightly")).await.expect("inserts");
    let again = schedules
        .upsert(schedule("weekly").id(row.id))
        .await
        .expect("updates");
    assert_eq!((again.name.as_str(), again.row_version), ("weekly", 2));
    assert!(schedules.soft_delete(row.id).await.expect("marks"));
    refused!(
        schedules.upsert(schedule("monthly").id(row.id)).await,
        Error::NotFound {
            table: "scheduler.schedules"
        }
    );
    let day_row = scope.repository::<RunSummaryRepository>();
    let parent = schedules.insert(schedule("parent")).await.expect("inserts").id;
    day_row.upsert(summary(parent, 1)).await.expect("inserts");
    let replaced = day_row
        .upsert(RunSummary::new_row(day(1), parent, 8))
        .await
        .expect("replaces");
    assert_eq!(replaced.runs_total, 8);
    assert_eq!(day_row.count([]).await.expect("counts"), 1);
}

#[tokio::test]
async fn a_patch_leaves_sets_and_clears() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let limits = ScheduleLimits {
        max_images: Some(5),
        ..ScheduleLimits::default()
    };
    let new = schedule("nightly")
        .description(Some("first".into()))
        .limits(Some(limits.clone()));
    let row = schedules.insert(new).await.expect("inserts");
    fixture.clock.advance(std::time::Duration::from_secs(1));
    let left = schedules
        .update(row.id, Schedule::patch())
        .await
        .expect("touches");
    assert_eq!(
        (left.row_version, left.updated_at),
        (2, fixture.clock.now().into())
    );
    assert_eq!((&left.description, &left.limits), (&row.description, &row.limits));
    let patch = Schedule::patch().name("weekly".into()).description(None);
    let set = schedules.update(row.id, patch).await.expect("sets and clears");
    assert_eq!(
        (set.name.as_str(), set.description, set.limits),
        ("weekly", None, Some(limits))
    );
    assert_eq!((set.row_version, set.created_at), (3, row.created_at));
    refused!(
        schedules
            .update(Id::new(uuid::Uuid::now_v7()), Schedule::patch())
            .await,
        Error::NotFound {
            table: "scheduler.schedules"
        }
    );
    let others = fixture.tenant("b").repository::<ScheduleRepository>();
    refused!(
        others.update(row.id, Schedule::patch()).await,
        Error::NotFound { .. }
    );
}

#[tokio::test]
async fn an_expected_version_is_kept_or_the_conflict_names_both() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let row = schedules.insert(schedule("nightly")).await.expect("inserts");
    let second = schedules
        .update_expecting(row.id, 1, Schedule::patch().enabled(false))
        .await
        .expect("the version is right");
    assert_eq!((second.row_version, second.enabled), (2, false));
    refused!(
        schedules
            .update_expecting(row.id, 1, Schedule::patch().enabled(true))
            .await,
        Error::VersionConflict {
            table: "scheduler.schedules",
            expected: 1,
            found: 2
        }
    );
    assert_eq!(schedules.get(row.id).await.expect("reads"), Some(second));
    refused!(
        schedules
            .update_expecting(Id::new(uuid::Uuid::now_v7()), 1, Schedule::patch())
            .await,
        Error::NotFound { .. }
    );
    let others = fixture.tenant("b").repository::<ScheduleRepository>();
    refused!(
        others.update_expecting(row.id, 2, Schedule::patch()).await,
        Error::NotFound { .. }
    );
    assert!(schedules.soft_delete(row.id).await.expect("marks"));
    refused!(
        schedules.update_expecting(row.id, 3, Schedule::patch()).await,
        Error::NotFound { .. }
    );
}

#[tokio::test]
async fn of_many_who_expect_one_version_one_wins() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let id = schedules.insert(schedule("nightly")).await.expect("inserts").id;
    let updates = (0..8).map(|_| schedules.update_expecting(id, 1, Schedule::patch().enabled(false)));
    let results = futures_util::future::join_all(updates).await;
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        1,
        "{results:?}"
    );
    for error in results.into_iter().filter_map(Result::err) {
        assert!(
            matches!(error, Error::VersionConflict { expected: 1, .. }),
            "{error:?}"
        );
    }
    assert_eq!(
        schedules
            .get(id)
            .await
            .expect("reads")
            .expect("a row")
            .row_version,
        2
    );
}

#[tokio::test]
async fn a_deleted_row_is_gone_with_its_children_and_deleting_it_again_says_so() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 1).await;
    let schedules = scope.repository::<ScheduleRepository>();
    assert!(
        !fixture
            .tenant("b")
            .repository::<ScheduleRepository>()
            .delete(rows.schedule.id)
            .await
            .expect("runs")
    );
    assert!(schedules.exists(rows.schedule.id).await.expect("asks"));
    assert!(schedules.delete(rows.schedule.id).await.expect("deletes"));
    assert!(!schedules.delete(rows.schedule.id).await.expect("runs"));
    assert!(!schedules.exists(rows.schedule.id).await.expect("asks"));
    assert_eq!(schedules.get(rows.schedule.id).await.expect("reads"), None);
    assert_eq!(
        scope
            .repository::<TriggerRepository>()
            .get(rows.trigger.id)
            .await
            .expect("reads"),
        None
    );
    let run = scope
        .repository::<RunRepository>()
        .get(rows.run.id)
        .await
        .expect("reads");
    assert_eq!(run.expect("a run outlives its schedule").schedule_id, None);
}

#[tokio::test]
async fn a_marked_row_is_hidden_until_it_is_restored() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let row = schedules.insert(schedule("nightly")).await.expect("inserts");
    fixture.clock.advance(std::time::Duration::from_secs(1));
    assert!(schedules.soft_delete(row.id).await.expect("marks"));
    assert!(!schedules.soft_delete(row.id).await.expect("is marked"));
    assert_eq!(schedules.get(row.id).await.expect("reads"), None);
    assert_eq!(schedules.get_by_name("nightly").await.expect("reads"), None);
    assert!(!schedules.exists(row.id).await.expect("asks"));
    assert_eq!(schedules.count([]).await.expect("counts"), 0);
    assert_eq!(schedules.list_by_newest().await.expect("lists").rows, []);
    let every = schedules.list_by_newest_with_deleted();
    assert_eq!(every.await.expect("lists").rows, []);
    let every = schedules.list_by_newest_with_deleted().with_deleted();
    let marked = every.await.expect("lists").rows;
    assert_eq!(
        marked.iter().map(|marked| marked.id).collect::<Vec<_>>(),
        [row.id]
    );
    assert_eq!(marked[0].deleted_at, Some(fixture.clock.now().into()));
    refused!(
        schedules.update(row.id, Schedule::patch()).await,
        Error::NotFound { .. }
    );

    let second = schedules
        .insert(schedule("nightly"))
        .await
        .expect("the name is free");
    refused!(
        schedules.restore(row.id).await,
        Error::UniqueViolation { constraint, .. } if constraint == "uq_schedules_name"
    );
    assert!(schedules.delete(second.id).await.expect("deletes"));
    fixture.clock.advance(std::time::Duration::from_secs(1));
    assert!(schedules.restore(row.id).await.expect("unmarks"));
    assert!(!schedules.restore(row.id).await.expect("is not marked"));
    let restored = schedules.get(row.id).await.expect("reads").expect("it is back");
    assert_eq!((restored.deleted_at, restored.row_version), (None, 3));
    assert_eq!(restored.updated_at, fixture.clock.now().into());
}

#[tokio::test]
async fn unique_finders_find_the_row_of_the_tenant() {
    let fixture = Fixture::start().await;
    let rows = fill(&fixture.tenant("a"), 1).await;
    for (name, found) in [("a", true), ("b", false)] {
        let scope = fixture.tenant(name);
        let worker = scope
            .repository::<WorkerRepository>()
            .get_by_name("worker 000001")
            .await;
        assert_eq!(worker.expect("reads").is_some(), found);
        let job = scope
            .repository::<PolicyJobRepository>()
            .get_by_run_id("run 1")
            .await;
        assert_eq!(job.expect("reads").is_some(), found);
        let snapshots = scope.repository::<ImpactSnapshotRepository>();
        let snapshot = snapshots.get_by_snapshot_digest(digest(1)).await.expect("reads");
        assert_eq!(snapshot.as_ref(), Some(&rows.snapshot).filter(|_| found));
    }
}
