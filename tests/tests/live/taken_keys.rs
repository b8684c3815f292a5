//! A key that is taken is told as the spec declares it, by whichever verb meets it.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, TakenKey};

use crate::samples::*;
use crate::support::*;

/// The key that the refusal names, which tells no value of the row.
fn taken<R: std::fmt::Debug>(result: Result<R, Error>, values: &[&str]) -> TakenKey {
    let error = match result {
        Err(Error::RefusedRow { reason, .. }) => *reason,
        Err(error) => error,
        Ok(row) => panic!("{row:?}"),
    };
    let told = format!("{error} {error:?}");
    assert!(!values.iter().any(|value| told.contains(value)), "{told}");
    match error {
        Error::UniqueViolation { key: Some(key), .. } => key,
        other => panic!("{other:?}"),
    }
}

fn told(key: &TakenKey) -> (&str, Option<&str>, &[&str]) {
    (key.table, key.name, &key.columns)
}

const NAME_OF_A_SCHEDULE: (&str, Option<&str>, &[&str]) = ("scheduler.schedules", Some("name"), &["name"]);

#[tokio::test]
async fn the_primary_key_is_told_apart_and_has_all_its_columns() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 1).await;
    let jobs = scope.repository::<GraphJobRepository>();
    let key = taken(jobs.insert(graph_job(2).id(rows.job.id)).await, &[]);
    assert!(key.is_primary());
    assert_eq!(told(&key), ("scheduler.graph_jobs", None, &["id"][..]));
    let days = scope.repository::<RunSummaryRepository>();
    let again = RunSummary::new_row(rows.summary.day, rows.schedule.id, 1);
    let again = days.insert(again).await;
    let message = again.as_ref().expect_err("the day is there").to_string();
    assert_eq!(
        message,
        "`pk_run_summaries`: the primary key of `scheduler.run_summaries` (day, schedule_id) is taken"
    );
    let key = taken(again, &[]);
    assert_eq!(
        told(&key),
        ("scheduler.run_summaries", None, &["day", "schedule_id"][..])
    );
}

#[tokio::test]
async fn a_unique_key_has_its_declared_name_and_columns_for_all_rows_and_for_some() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 1).await;
    let policy_jobs = scope.repository::<PolicyJobRepository>();
    let again = policy_jobs.insert(policy_job(1)).await;
    let message = again.as_ref().expect_err("the run is there").to_string();
    assert_eq!(
        message,
        "`uq_policy_jobs_run_id`: the key `run_id` of `scheduler.policy_jobs` (run_id) is taken"
    );
    let key = taken(again, &["run 1"]);
    assert!(!key.is_primary());
    assert_eq!(
        told(&key),
        ("scheduler.policy_jobs", Some("run_id"), &["run_id"][..])
    );
    // Of the rows that its condition names.
    let schedules = scope.repository::<ScheduleRepository>();
    let key = taken(schedules.insert(schedule("schedule 1")).await, &["schedule 1"]);
    assert_eq!(told(&key), NAME_OF_A_SCHEDULE);
    let runs = scope.repository::<RunRepository>();
    let occurrence = || run_of(rows.schedule.id, rows.snapshot.id).scheduled_for(Some(at(7)));
    runs.insert(occurrence()).await.expect("is the first");
    let key = taken(runs.insert(occurrence()).await, &[]);
    assert_eq!(
        told(&key),
        (
            "scheduler.runs",
            Some("occurrence"),
            &["schedule_id", "scheduled_for"][..]
        )
    );
}

#[tokio::test]
async fn every_verb_that_can_meet_a_taken_key_names_it() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let schedules = scope.repository::<ScheduleRepository>();
    schedules.insert(schedule("nightly")).await.expect("inserts");
    let other = schedules.insert(schedule("weekly")).await.expect("inserts");
    let named = |key| assert_eq!(told(&key), NAME_OF_A_SCHEDULE);

    let fresh = Id::new(uuid::Uuid::now_v7());
    let upserted = schedules.upsert(schedule("nightly").id(fresh)).await;
    named(taken(upserted, &["nightly"]));
    let renamed = || Schedule::patch().name("nightly".into());
    named(taken(schedules.update(other.id, renamed()).await, &["nightly"]));
    let expected = schedules.update_expecting(other.id, 1, renamed()).await;
    named(taken(expected, &["nightly"]));
    let many = schedules
        .insert_many([schedule("monthly"), schedule("nightly")])
        .await;
    named(taken(many, &["nightly", "monthly"]));
    let many = schedules.update_many([(other.id, renamed())]).await;
    named(taken(many, &["nightly"]));

    assert!(schedules.soft_delete(other.id).await.expect("marks"));
    let third = schedules.insert(schedule("weekly")).await;
    third.expect("the name is free");
    named(taken(schedules.restore(other.id).await, &["weekly"]));

    let transaction = scope.begin().await.expect("begins");
    let schedules = transaction.repository::<ScheduleRepository>();
    named(taken(schedules.insert(schedule("nightly")).await, &["nightly"]));
}

#[tokio::test]
async fn a_load_that_keeps_going_names_the_key_of_each_refused_row() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    workers.insert(worker(3)).await.expect("inserts");
    let report = workers.insert_many((0..6_000).map(worker)).keep_going().await;
    let report = report.expect("goes on");
    let [refused] = report.refused.as_slice() else {
        panic!("{:?}", report.refused);
    };
    let Error::UniqueViolation { key: Some(key), .. } = &refused.reason else {
        panic!("{:?}", refused.reason);
    };
    assert_eq!(refused.position, 3);
    assert_eq!(told(key), ("scheduler.workers", Some("name"), &["name"][..]));
}

#[tokio::test]
async fn of_own_sql_the_constraint_is_known_and_no_key() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    fill(&scope, 1).await;
    let twice = "INSERT INTO scheduler.workers SELECT * FROM scheduler.workers";
    refused!(
        scope.query(twice).execute().await,
        Error::UniqueViolation { key: None, constraint } if constraint == "pk_workers"
    );
}
