//! Upserts of many rows: what is new, what is changed, and what is left as it is.

use std::time::Duration;

use stellaops_db::bulk::OnConflict;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Id, TenantScope};

use super::*;
use crate::samples::*;

/// A schedule for each of these numbers, stored.
async fn stored(scope: &TenantScope, prefix: &str, from: u32, to: u32) -> Vec<Schedule> {
    let schedules = scope.repository::<ScheduleRepository>();
    let new = (from..to).map(|number| schedule(format!("{prefix} {number}")));
    schedules.insert_many(new).returning().await.expect("inserts")
}

fn again(row: &Schedule) -> NewSchedule {
    schedule(row.name.clone()).id(row.id)
}

#[tokio::test]
async fn an_upsert_writes_what_is_new_or_other_and_leaves_what_is_the_same() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let rows = stored(&scope, &format!("way {position}"), 0, 12).await;
        let marked = rows[11].id;
        schedules.soft_delete(marked).await.expect("marks");
        fixture.clock.advance(Duration::from_secs(5));
        let given = rows.iter().enumerate().map(|(number, row)| match number {
            0..4 => again(row).description(Some(format!("other {number}"))),
            4..8 => again(row),
            8..11 => schedule(format!("new {position} {number}")),
            _ => again(row).enabled(false),
        });
        let report = way
            .of(schedules.upsert_many(given))
            .keep_going()
            .await
            .expect("upserts");
        assert_eq!(numbers(&report), [3, 4, 0, 4, 1], "{way:?}");
        assert_eq!(
            (positions(&report), kind(&report.refused[0])),
            (vec![11], "not found")
        );
        for (number, before) in rows.iter().enumerate().take(8) {
            let after = schedules.get(before.id).await.expect("reads").expect("is there");
            if number >= 4 {
                assert_eq!(&after, before, "{way:?}: {number}");
                continue;
            }
            let expected = Schedule {
                description: Some(format!("other {number}")),
                row_version: before.row_version + 1,
                updated_at: fixture
                    .db
                    .tenant(&tenant("a"))
                    .begin()
                    .await
                    .expect("begins")
                    .now(),
                ..before.clone()
            };
            assert_eq!(after, expected, "{way:?}: {number}");
        }
        let all_or_nothing = way
            .of(schedules.upsert_many([schedule("fresh"), again(&rows[11])]))
            .await;
        assert_eq!(refused_row(all_or_nothing).0, 1, "{way:?}");
        let fresh = schedules.count([Schedule::NAME.eq("fresh")]).await;
        assert_eq!(fresh.expect("counts"), 0, "{way:?}");
    }
}

/// A status is set at insert and by its steps, not by an upsert; nor is what is immutable.
#[tokio::test]
async fn an_upsert_changes_no_status_and_nothing_immutable() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    for way in WAYS {
        let stored = jobs
            .insert_many((0..7).map(queued))
            .returning()
            .await
            .expect("inserts");
        let given = stored.iter().map(|job| {
            graph_job(99)
                .id(job.id)
                .status(GraphJobStatus::Running)
                .failure_reason(Some("told".into()))
        });
        let report = way.of(jobs.upsert_many(given)).await.expect("upserts");
        assert_eq!(numbers(&report), [0, 7, 0, 0, 0], "{way:?}");
        for before in stored {
            let after = jobs.get(before.id).await.expect("reads").expect("is there");
            let single = jobs
                .upsert(graph_job(99).id(before.id).failure_reason(Some("told".into())))
                .await
                .expect("upserts");
            assert_eq!(after.status, GraphJobStatus::Queued);
            let single = GraphJob {
                updated_at: after.updated_at,
                ..single
            };
            assert_eq!(after, single, "as the single verb leaves it");
        }
    }
}

#[tokio::test]
async fn what_is_skipped_counts_as_unchanged() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let rows = stored(&scope, &format!("way {position}"), 0, 6).await;
        let given = rows
            .iter()
            .map(|row| again(row).enabled(false))
            .chain((0..3).map(|number| schedule(format!("new {position} {number}"))));
        let skip = way
            .of(schedules.upsert_many(given))
            .on_conflict(OnConflict::skip());
        assert_eq!(numbers(&skip.await.expect("upserts")), [3, 0, 0, 6, 0], "{way:?}");
        for row in rows {
            assert_eq!(schedules.get(row.id).await.expect("reads"), Some(row));
        }
    }
}

/// Here a partial unique key: a name is taken by a schedule that is not deleted.
#[tokio::test]
async fn rows_meet_by_a_unique_key_of_theirs() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let rows = stored(&scope, &format!("way {position}"), 0, 8).await;
        schedules.soft_delete(rows[7].id).await.expect("marks");
        let given = || rows.iter().map(|row| schedule(row.name.clone()).enabled(false));
        let skip = OnConflict::skip().by(Schedule::UNIQUE_NAME);
        let report = way.of(schedules.upsert_many(given())).on_conflict(skip).await;
        assert_eq!(numbers(&report.expect("upserts")), [1, 0, 0, 7, 0], "{way:?}");
        let overwrite = OnConflict::overwrite().by(Schedule::UNIQUE_NAME);
        let report = way
            .of(schedules.upsert_many(given()))
            .on_conflict(overwrite)
            .await;
        assert_eq!(numbers(&report.expect("upserts")), [0, 7, 0, 1, 0], "{way:?}");
        for row in &rows[..7] {
            let after = schedules.get(row.id).await.expect("reads").expect("is there");
            assert!(!after.enabled && after.row_version == 2, "{way:?}: {after:?}");
        }
    }
}

/// As single verbs one after the other: each of a key's rows is its next version.
#[tokio::test]
async fn the_last_of_several_rows_with_one_key_wins() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let [one, two] = [Id::new(uuid::Uuid::now_v7()), Id::new(uuid::Uuid::now_v7())];
        let row = |id, text: &str| {
            schedule(format!("{position} {id}"))
                .id(id)
                .description(Some(text.into()))
        };
        let given = [
            row(one, "a"),
            row(two, "b"),
            row(one, "c"),
            row(one, "c"),
            row(one, "d"),
            row(two, "b"),
        ];
        let report = way.of(schedules.upsert_many(given)).await.expect("upserts");
        assert_eq!(numbers(&report), [2, 2, 0, 2, 0], "{way:?}");
        let [one, two] = [schedules.get(one).await, schedules.get(two).await];
        let one = one.expect("reads").expect("is there");
        assert_eq!((one.description.as_deref(), one.row_version), (Some("d"), 3));
        let two = two.expect("reads").expect("is there");
        assert_eq!((two.description.as_deref(), two.row_version), (Some("b"), 1));
        let name = format!("double {position}");
        let again = [row(two.id, "b"), schedule(name.clone()), schedule(name)];
        let skip = OnConflict::skip().by(Schedule::UNIQUE_NAME);
        let report = way.of(schedules.upsert_many(again)).on_conflict(skip).await;
        assert_eq!(numbers(&report.expect("upserts")), [1, 0, 0, 2, 0], "{way:?}");
    }
}

#[tokio::test]
async fn a_row_overwrites_the_version_that_it_was_read_with() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    for (position, way) in WAYS.into_iter().enumerate() {
        let rows = stored(&scope, &format!("way {position}"), 0, 6).await;
        schedules
            .update(rows[1].id, Schedule::patch().enabled(false))
            .await
            .expect("updates");
        schedules.soft_delete(rows[2].id).await.expect("marks");
        schedules.delete(rows[3].id).await.expect("deletes");
        let given = rows
            .iter()
            .map(|row| (again(row).description(Some("mine".into())), Some(1)));
        let new = (schedule(format!("new {position}")), None);
        let known = (again(&rows[4]), None);
        let given: Vec<_> = given.chain([new, known]).collect();
        let report = way
            .of(schedules.upsert_many_expecting(given))
            .keep_going()
            .await
            .expect("upserts");
        assert_eq!(numbers(&report), [1, 3, 0, 0, 4], "{way:?}");
        let refused: Vec<_> = report
            .refused
            .iter()
            .map(|row| (row.position, kind(row)))
            .collect();
        let expected = [(1, "version"), (2, "not found"), (3, "not found"), (7, "version")];
        assert_eq!(refused, expected, "{way:?}");
        let Error::VersionConflict {
            expected: 0,
            found: 2,
            ..
        } = report.refused[3].reason
        else {
            panic!("{way:?}: {:?}", report.refused[3]);
        };
        let after = schedules.get(rows[0].id).await.expect("reads").expect("is there");
        assert_eq!(
            (after.description.as_deref(), after.row_version),
            (Some("mine"), 2)
        );
        let other = schedules.get(rows[1].id).await.expect("reads").expect("is there");
        assert_eq!(other.description, None);
    }
}

/// `xmax` tells an insert from an update: also when others hold locks on the row, and change it meanwhile.
#[tokio::test]
async fn new_and_changed_rows_are_told_apart_under_locks_of_others() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = stored(&scope, "locked", 0, 4).await;
    let schedules = scope.repository::<ScheduleRepository>();
    let other = scope.begin().await.expect("begins");
    let held = other.repository::<ScheduleRepository>();
    let lock = stellaops_db::Lock::SHARE;
    held.get(rows[0].id).lock(lock).await.expect("locks");
    held.update(rows[1].id, Schedule::patch().enabled(false))
        .await
        .expect("updates");
    // A trigger refers to the schedule: its check locks the key.
    let triggers = other.repository::<TriggerRepository>();
    triggers
        .insert(trigger(rows[2].id, at(0)))
        .await
        .expect("inserts");
    let given = || {
        rows.iter()
            .map(|row| again(row).description(Some("changed".into())))
    };
    let mut waiting = Box::pin(std::future::IntoFuture::into_future(
        schedules.upsert_many(given()),
    ));
    let early = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "it waits for the lock");
    other.commit().await.expect("commits");
    assert_eq!(numbers(&waiting.await.expect("upserts")), [0, 4, 0, 0, 0]);
    let report = schedules.upsert_many(given()).await.expect("upserts");
    assert_eq!(numbers(&report), [0, 0, 0, 4, 0]);
}
