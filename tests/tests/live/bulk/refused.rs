//! Rows that are refused: where they were in the input, and why.

use stellaops_db::Id;
use stellaops_db::schema::scheduler::*;

use super::*;
use crate::samples::*;

/// Thirty schedules, of which five cannot be stored; `taken` is a name that is taken already.
fn some_bad(prefix: &str, taken: &str) -> Vec<NewSchedule> {
    let good = (0..30).map(|number| schedule(format!("{prefix} {number}")));
    let mut rows: Vec<_> = good.collect();
    rows[4] = schedule(taken);
    rows[5] = schedule("  ");
    rows[17] = schedule("a\0b");
    rows[18] = schedule(format!("{prefix} 2"));
    rows[29] = schedule("");
    rows
}

const BAD: [(u64, &str); 5] = [
    (4, "unique"),
    (5, "check"),
    (17, "encode"),
    (18, "unique"),
    (29, "check"),
];

#[tokio::test]
async fn without_a_word_the_first_refused_row_ends_the_call_and_nothing_is_stored() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    schedules.insert(schedule("taken")).await.expect("inserts");
    for way in WAYS {
        let mut rows = some_bad("row", "taken");
        for (position, kind) in BAD {
            let failed = way.of(schedules.insert_many(std::mem::take(&mut rows))).await;
            let (at, reason) = refused_row(failed);
            assert_eq!((at, kind_of(&reason)), (position, kind), "{way:?}");
            assert_eq!(schedules.count([]).await.expect("counts"), 1, "{way:?}");
            // What was refused is mended; the next one is found.
            rows = some_bad("row", "taken");
            for (place, _) in BAD.iter().filter(|(place, _)| *place <= position) {
                let place = usize::try_from(*place).expect("few");
                rows[place] = schedule(format!("mended {place}"));
            }
        }
        let report = way.of(schedules.insert_many(rows)).await;
        assert_eq!(report.expect("inserts").inserted, 30);
        let all = schedules.list_by_name().limit(100).await.expect("lists").rows;
        let keys = all.iter().filter(|row| row.name != "taken").map(|row| row.id);
        schedules.delete_many(keys).await.expect("deletes");
    }
}

#[tokio::test]
async fn told_to_keep_going_a_call_stores_the_others_and_reports_each_refused_row() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    schedules.insert(schedule("taken")).await.expect("inserts");
    for (position, way) in WAYS.into_iter().enumerate() {
        let rows = some_bad(&format!("way {position}"), "taken");
        let mut told = Vec::new();
        let report = way
            .of(schedules.insert_many(rows))
            .keep_going()
            .progress(|so_far| told.push(so_far))
            .await
            .expect("inserts");
        assert_eq!(numbers(&report), [25, 0, 0, 0, 5], "{way:?}");
        let refused: Vec<_> = report
            .refused
            .iter()
            .map(|row| (row.position, kind(row)))
            .collect();
        assert_eq!(refused, BAD, "{way:?}");
        assert_eq!(report.total(), 30);
        let last = told.last().expect("it was told");
        assert_eq!((last.done, last.inserted, last.refused), (30, 25, 5), "{way:?}");
        assert!(told.is_sorted_by_key(|so_far| (so_far.done, so_far.inserted, so_far.refused)));
        for (number, there) in [(0, 1), (2, 1), (5, 0), (18, 0), (28, 1)] {
            let name = format!("way {position} {number}");
            let found = schedules.count([Schedule::NAME.eq(name)]).await;
            assert_eq!(found.expect("counts"), there, "{way:?}: {number}");
        }
    }
}

#[tokio::test]
async fn a_row_that_misses_its_parent_is_refused_with_the_parents_name() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let triggers = scope.repository::<TriggerRepository>();
    let parent = fill(&scope, 1).await.schedule.id;
    let foreign = fill(&fixture.tenant("b"), 1).await.schedule.id;
    let nobody = Id::new(uuid::Uuid::now_v7());
    for way in WAYS {
        let parents = [parent, parent, foreign, parent, nobody, parent, parent];
        let new = parents.map(|parent| trigger(parent, at(7)));
        let report = way
            .of(triggers.insert_many(new))
            .keep_going()
            .await
            .expect("inserts");
        assert_eq!((positions(&report), report.inserted), (vec![2, 4], 5), "{way:?}");
        for row in &report.refused {
            let Error::ForeignKeyViolation { parent, .. } = &row.reason else {
                panic!("{row:?}");
            };
            assert_eq!(*parent, Some("scheduler.schedules"));
            assert_eq!(row.reason.code(), Some("SDB0809"));
        }
    }
}

/// Where every row is bad nothing is stored, and every row is told.
#[tokio::test]
async fn rows_may_all_be_refused() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    for way in WAYS {
        let rows = (0..40).map(|_| schedule(" "));
        let report = way
            .of(schedules.insert_many(rows))
            .keep_going()
            .await
            .expect("runs");
        assert_eq!(numbers(&report), [0, 0, 0, 0, 40], "{way:?}");
        assert_eq!(positions(&report), (0..40).collect::<Vec<_>>());
    }
    assert_eq!(schedules.count([]).await.expect("counts"), 0);
}

/// A value that PostgreSQL reads and refuses before it looks at any row.
#[tokio::test]
async fn a_value_out_of_range_is_refused_on_arrival() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let far = chrono::DateTime::<chrono::Utc>::MIN_UTC;
    for (position, way) in (0..).zip(WAYS) {
        let from = position * 100;
        let rows = (from..from + 9).map(|number| match number % 100 {
            6 => worker(number).started_at(stellaops_db::Timestamp::new(far)),
            _ => worker(number),
        });
        let report = way
            .of(workers.insert_many(rows))
            .keep_going()
            .await
            .expect("inserts");
        assert_eq!((positions(&report), report.inserted), (vec![6], 8), "{way:?}");
        assert!(matches!(report.refused[0].reason, Error::Database(_)), "{way:?}");
    }
}

/// An error in a log says where and why, and quotes nothing.
#[tokio::test]
async fn the_error_names_the_position_and_the_rule_and_no_value() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let rows = ["one", "secret name", "secret name"].map(schedule);
    let error = schedules.insert_many(rows).await.expect_err("is refused");
    let text = format!("{error} {error:?}");
    assert!(
        error
            .to_string()
            .starts_with("row 2 of the input is refused: `uq_schedules_name`")
    );
    assert!(!text.contains("secret"), "{text}");
    let bulk = format!("{:?}", schedules.insert_many([schedule("secret")]));
    assert_eq!(bulk, "Bulk(scheduler.schedules, Insert)");
}
