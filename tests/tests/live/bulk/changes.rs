//! Updates and deletions of many rows.

use std::time::Duration;

use stellaops_db::Id;
use stellaops_db::schema::scheduler::*;

use super::*;
use crate::samples::*;

#[tokio::test]
async fn updates_set_what_each_patch_sets_and_count_versions() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let names = (0..9).map(|number| schedule(format!("{position} {number}")));
        let rows = schedules.insert_many(names).returning().await.expect("inserts");
        schedules.soft_delete(rows[8].id).await.expect("marks");
        fixture.clock.advance(Duration::from_secs(1));
        let now = scope.begin().await.expect("begins").now();
        let patch = |number: usize| match number % 3 {
            0 => Schedule::patch().description(Some("said".into())).enabled(false),
            1 => Schedule::patch().limits(None).selection(selector()),
            _ => Schedule::patch(),
        };
        let changes = rows
            .iter()
            .enumerate()
            .map(|(number, row)| (row.id, patch(number)));
        let unknown = (Id::new(uuid::Uuid::now_v7()), Schedule::patch());
        let report = way
            .of(schedules.update_many(changes.chain([unknown]).collect::<Vec<_>>()))
            .keep_going()
            .await
            .expect("updates");
        assert_eq!(numbers(&report), [0, 8, 0, 0, 2], "{way:?}");
        assert_eq!(positions(&report), [8, 9], "{way:?}");
        assert!(report.refused.iter().all(|row| kind(row) == "not found"));
        for (number, before) in rows.into_iter().enumerate().take(8) {
            let after = schedules.get(before.id).await.expect("reads").expect("is there");
            let mut expected = Schedule {
                row_version: 2,
                updated_at: now,
                ..before
            };
            if number % 3 == 0 {
                (expected.description, expected.enabled) = (Some("said".into()), false);
            }
            assert_eq!(after, expected, "{way:?}: {number}");
        }
    }
}

#[tokio::test]
async fn updates_that_expect_a_version_find_it_or_say_which_they_found() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let names = (0..6).map(|number| schedule(format!("{position} {number}")));
        let rows = schedules.insert_many(names).returning().await.expect("inserts");
        let given = |version: fn(usize) -> i64| {
            let rows = rows.iter().enumerate();
            rows.map(|(number, row)| (row.id, version(number), Schedule::patch().enabled(false)))
                .collect::<Vec<_>>()
        };
        let some = |number| if number == 3 { 7 } else { 1 };
        let failed = way.of(schedules.update_many_expecting(given(some))).await;
        let (at, reason) = refused_row(failed);
        assert_eq!(at, 3, "{way:?}");
        refused!(
            Err::<(), _>(reason),
            Error::VersionConflict {
                expected: 7,
                found: 1,
                ..
            }
        );
        // The second of a key finds the version that the first one left.
        let mut twice = given(|_| 1);
        twice.push((rows[0].id, 2, Schedule::patch().enabled(true)));
        let report = way
            .of(schedules.update_many_expecting(twice))
            .await
            .expect("updates");
        assert_eq!(numbers(&report), [0, 7, 0, 0, 0], "{way:?}");
        let first = schedules.get(rows[0].id).await.expect("reads").expect("is there");
        assert_eq!((first.enabled, first.row_version), (true, 3), "{way:?}");
    }
}

#[tokio::test]
async fn patches_of_one_key_are_made_one_after_the_other() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    for (position, way) in (0..).zip(WAYS) {
        let row = workers.insert(worker(position)).await.expect("inserts");
        let patches = [
            (row.id, Worker::patch().capacity(5)),
            (row.id, Worker::patch().draining(true)),
            (row.id, Worker::patch().capacity(6)),
        ];
        way.of(workers.update_many(patches)).await.expect("updates");
        let row = workers.get(row.id).await.expect("reads").expect("is there");
        assert_eq!((row.capacity, row.draining), (6, true), "{way:?}");
    }
}

#[tokio::test]
async fn rows_of_composite_keys_are_changed_and_deleted() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let parent = fill(&scope, 1).await.schedule.id;
    let summaries = scope.repository::<RunSummaryRepository>();
    for way in WAYS {
        let new = (10..20).map(|number| summary(parent, number));
        summaries.insert_many(new).await.expect("inserts");
        let keys = || (10..20).map(|number| (day(number), parent));
        let patch = |key| (key, RunSummary::patch().runs_failed(1));
        let report = way.of(summaries.update_many(keys().map(patch))).await;
        assert_eq!(numbers(&report.expect("updates")), [0, 10, 0, 0, 0], "{way:?}");
        let row = summaries.get((day(12), parent)).await.expect("reads");
        assert_eq!(row.map(|row| row.runs_failed), Some(1));
        let report = way
            .of(summaries.delete_many(keys().chain(keys())))
            .keep_going()
            .await;
        let report = report.expect("deletes");
        assert_eq!(numbers(&report), [0, 0, 10, 0, 10], "{way:?}");
        assert_eq!(positions(&report), (10..20).collect::<Vec<_>>(), "{way:?}");
        let again = way.of(summaries.delete_many(keys())).await;
        assert_eq!(refused_row(again).0, 0);
    }
    assert_eq!(summaries.count([]).await.expect("counts"), 1);
}

/// The same ids in two tenants, and ids of another tenant.
#[tokio::test]
async fn no_bulk_verb_meets_the_rows_of_another_tenant() {
    let fixture = Fixture::start().await;
    let [ours, theirs] = ["a", "b"].map(|name| fixture.tenant(name).repository::<WorkerRepository>());
    for (position, way) in (0..).zip(WAYS) {
        let from = position * 100;
        let rows = ours
            .insert_many((from..from + 9).map(worker))
            .returning()
            .await
            .expect("inserts");
        let keys = || rows.iter().map(|row| row.id);
        let patches = keys().map(|key| (key, Worker::patch().capacity(9)));
        let report = way
            .of(theirs.update_many(patches))
            .keep_going()
            .await
            .expect("runs");
        assert_eq!(numbers(&report), [0, 0, 0, 0, 9], "{way:?}");
        assert!(report.refused.iter().all(|row| kind(row) == "not found"));
        let report = way
            .of(theirs.delete_many(keys()))
            .keep_going()
            .await
            .expect("runs");
        assert_eq!(numbers(&report), [0, 0, 0, 0, 9], "{way:?}");
        // The same ids are new there.
        let same = (from..)
            .zip(keys())
            .map(|(number, key)| worker(number).id(key).capacity(3));
        let report = way.of(theirs.upsert_many(same)).await.expect("upserts");
        assert_eq!(numbers(&report), [9, 0, 0, 0, 0], "{way:?}");
        way.of(theirs.delete_many(keys())).await.expect("deletes");
        for row in rows {
            assert_eq!(ours.get(row.id).await.expect("reads"), Some(row));
        }
    }
    assert_eq!(theirs.count([]).await.expect("counts"), 0);
}

#[tokio::test]
async fn rows_that_are_pointed_at_are_not_deleted() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let pinned = workers.insert(worker(9_999)).await.expect("inserts").id;
    let mut superuser = fixture.superuser().await;
    let pin = format!(
        "CREATE TABLE pins (tenant_id text, worker_id uuid, CONSTRAINT fk_pins FOREIGN KEY (tenant_id, worker_id) REFERENCES scheduler.workers (tenant_id, id)); INSERT INTO pins VALUES ('a', '{pinned}')"
    );
    run(&mut superuser, pin).await.expect("pins");
    for (position, way) in (0..).zip(WAYS) {
        let from = position * 100;
        let rows = workers
            .insert_many((from..from + 9).map(worker))
            .returning()
            .await;
        let mut keys: Vec<_> = rows.expect("inserts").into_iter().map(|row| row.id).collect();
        keys.insert(4, pinned);
        let (at, reason) = refused_row(way.of(workers.delete_many(keys.clone())).await);
        assert_eq!((at, kind_of(&reason)), (4, "reference"), "{way:?}");
        assert_eq!(workers.count([]).await.expect("counts"), 10);
        let report = way
            .of(workers.delete_many(keys))
            .keep_going()
            .await
            .expect("deletes");
        assert_eq!(numbers(&report), [0, 0, 9, 0, 1], "{way:?}");
        assert_eq!(
            (positions(&report), kind(&report.refused[0])),
            (vec![4], "reference")
        );
    }
}
