//! What is written equals what is read; what cannot be stored is refused before it is sent.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Timestamp};

use crate::samples::*;
use crate::support::*;

const ODD_TEXTS: [&str; 9] = [
    "'; DROP TABLE scheduler.workers; --",
    "\"quoted\" \\back\\ $1 $$ %s ?",
    "tab\tline\nreturn\r\u{1}\u{7f}",
    "ä a\u{308} ﬁ ｆｉ",
    "\u{202e}right to left\u{200b}",
    "👩‍👩‍👧‍👦 \u{10FFFF}",
    "NULL",
    "{}",
    " spaces ",
];

#[tokio::test]
async fn odd_texts_come_back_as_they_were() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    for text in ODD_TEXTS {
        let row = workers
            .insert(Worker::new_row(text.into(), WorkerKind::Graph, "1".into()))
            .await;
        let row = row.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(row.name, text);
        assert_eq!(
            workers.get_by_name(text).await.expect("reads").as_ref(),
            Some(&row)
        );
        assert_eq!(workers.count([Worker::NAME.eq(text)]).await.expect("counts"), 1);
        assert_eq!(
            workers
                .count([Worker::NAME.starts_with(text)])
                .await
                .expect("counts"),
            1
        );
    }
    assert_eq!(workers.count([]).await.expect("counts"), ODD_TEXTS.len() as u64);
}

#[tokio::test]
async fn a_nul_is_refused_wherever_it_stands() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let workers = scope.repository::<WorkerRepository>();
    let new = Worker::new_row("nul \0".into(), WorkerKind::Graph, "1".into());
    refused!(workers.insert(new).await, Error::Encode(_));
    refused!(workers.get_by_name("\0").await, Error::Encode(_));
    refused!(workers.count([Worker::NAME.eq("\0")]).await, Error::Encode(_));
    refused!(
        workers.count([Worker::NAME.is_in(["a", "\0"])]).await,
        Error::Encode(_)
    );
    let jobs = scope.repository::<GraphJobRepository>();
    refused!(jobs.claim("\0", 1, LEASE).await, Error::Encode(_));
    for metadata in [("key\0", "value"), ("key", "value\0")] {
        let metadata = BTreeMap::from([(metadata.0.to_owned(), metadata.1.to_owned())]);
        let build = GraphBuildJob {
            metadata,
            ..build_job(1)
        };
        refused!(jobs.insert_build(build, None).await, Error::Encode(_));
    }
    assert_eq!(jobs.count([]).await.expect("the connection is fine"), 0);
}

#[tokio::test]
async fn times_are_cut_to_microseconds_before_they_are_stored() {
    let fixture = Fixture::start().await;
    let fine: DateTime<Utc> = "2025-03-04T05:06:07.123456999Z".parse().expect("a time");
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs
        .insert(graph_job(1).created_at(Timestamp::new(fine)))
        .await
        .expect("inserts");
    assert_eq!(job.created_at.to_string(), "2025-03-04T05:06:07.123456Z");
    assert_eq!(
        job.created_at,
        Timestamp::new(fine),
        "what is read equals what was written"
    );
    assert_eq!(
        jobs.count([GraphJob::CREATED_AT.eq(Timestamp::new(fine))])
            .await
            .expect("counts"),
        1
    );

    struct Nanoseconds;
    impl stellaops_db::Clock for Nanoseconds {
        fn now(&self) -> DateTime<Utc> {
            "2025-03-04T05:06:07.999999999Z".parse().expect("a time")
        }
    }
    let db = fixture.db.clone().with_clock(Nanoseconds);
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    assert_eq!(job.created_at.to_string(), "2025-03-04T05:06:07.999999Z");
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
}

#[tokio::test]
async fn documents_are_stored_with_their_version_and_canonical() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let metadata =
        [("z", "1"), ("a", "ä"), ("B", "\u{1F600}")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let build = GraphBuildJob {
        metadata: metadata.into(),
        ..build_job(1)
    };
    let job = jobs.insert_build(build, None).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    let stored: String = value(&mut superuser, "SELECT payload::text FROM scheduler.graph_jobs").await;
    let stored: serde_json::Value = serde_json::from_str(&stored).expect("JSON");
    assert_eq!(
        stored,
        serde_json::json!({
            "schemaVersion": "scheduler.graph-build-job@1",
            "sbomId": "sbom",
            "sbomVersionId": "version 1",
            "sbomDigest": digest(1),
            "trigger": "manual",
            "metadata": {"z": "1", "a": "ä", "B": "\u{1F600}"},
        })
    );
    assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));
    // An absent member is absent, never null.
    jobs.insert_overlay(overlay_job(), None).await.expect("inserts");
    let absent = "SELECT payload ? 'buildJobId' FROM scheduler.graph_jobs WHERE type = 1";
    assert!(!value::<bool>(&mut superuser, absent).await);
}

/// What another writer stored is refused with the column's shape, not read halfway.
#[tokio::test]
async fn a_document_of_another_version_or_with_unknown_members_is_refused() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let job = jobs.insert(graph_job(1)).await.expect("inserts");
    let mut superuser = fixture.superuser().await;
    let spoil = |expression: &str| format!("UPDATE scheduler.graph_jobs SET payload = {expression}");
    // The database's own check keeps such documents out; here it is gone.
    let unknown = "payload || '{\"surprise\": 1}'";
    assert_eq!(code(run(&mut superuser, spoil(unknown)).await), "23514");
    let drop_checks = "DO $$ DECLARE name text; BEGIN FOR name IN SELECT conname FROM pg_constraint \
        WHERE conrelid = 'scheduler.graph_jobs'::regclass AND contype = 'c' LOOP \
        EXECUTE format('ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT %I', name); END LOOP; END $$";
    run(&mut superuser, drop_checks).await.expect("drops");
    for expression in [
        unknown,
        "payload - 'surprise' || '{\"schemaVersion\": \"scheduler.graph-build-job@2\"}'",
        "payload - 'schemaVersion'",
        "'[]'",
        "'null'",
        "'{\"schemaVersion\": 1}'",
    ] {
        run(&mut superuser, spoil(expression)).await.expect("spoils");
        refused!(
            jobs.get(job.id).await,
            Error::Decode { table: "scheduler.graph_jobs", cause } if cause.to_string().contains("scheduler.graph_")
        );
    }
    run(
        &mut superuser,
        "ALTER TABLE scheduler.graph_jobs DISABLE TRIGGER ALL",
    )
    .await
    .expect("disables");
    run(&mut superuser, "UPDATE scheduler.graph_jobs SET status = 99")
        .await
        .expect("spoils");
    let error = jobs
        .list_by_newest()
        .await
        .expect_err("99 is no status")
        .to_string();
    assert!(
        error.contains("`99` is no value of the enum `scheduler.graph_job_status`"),
        "{error}"
    );
}

fn text() -> impl Strategy<Value = String> {
    // Any characters but NUL, and a first one that no check takes for blank.
    "[^\0]{0,40}".prop_map(|text| format!("x{text}"))
}

fn time() -> impl Strategy<Value = Timestamp> {
    // From the year 1 to the year 9999, in microseconds.
    (-62_135_596_800_000_000_i64..253_402_300_799_999_999)
        .prop_map(|micros| Timestamp::new(DateTime::from_timestamp_micros(micros).expect("in range")))
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn every_kind_of_value_comes_back_as_it_was_written() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _entered = runtime.enter();
    let fixture = runtime.block_on(Fixture::start());
    let scope = fixture.tenant("a");
    let (jobs, workers) = (
        scope.repository::<GraphJobRepository>(),
        scope.repository::<WorkerRepository>(),
    );
    let (schedules, summaries) = (
        scope.repository::<ScheduleRepository>(),
        scope.repository::<RunSummaryRepository>(),
    );
    let parent = runtime
        .block_on(schedules.insert(schedule("parent")))
        .expect("inserts")
        .id;
    let strategy = (
        (any::<u128>(), time(), proptest::option::of(text())),
        (
            proptest::collection::btree_map(text(), text(), 0..4),
            1..10_000_i32,
            any::<bool>(),
        ),
        (
            0..3_000_000_i32,
            0..i64::MAX,
            proptest::option::of(proptest::collection::vec(text(), 0..3)),
        ),
    );
    let outcome = runner(120).run(
        &strategy,
        |((id, time, maybe), (map, number, flag), (days, big, list))| {
            runtime.block_on(async {
                let uuid = uuid::Uuid::from_u128(id);
                let build = GraphBuildJob {
                    metadata: map.clone(),
                    ..build_job(1)
                };
                let new = GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build))
                    .id(Id::new(uuid))
                    .created_at(time)
                    .correlation_id(maybe.clone());
                let job = jobs.upsert(new).await.expect("inserts");
                assert_eq!(
                    (job.id.uuid(), job.created_at, &job.correlation_id),
                    (uuid, time, &maybe)
                );
                let GraphJobPayload::Build(stored) = &job.payload else {
                    panic!("it was a build")
                };
                assert_eq!(stored.metadata, map);
                assert_eq!(jobs.get(job.id).await.expect("reads"), Some(job));

                let new = Worker::new_row(format!("w {uuid}"), WorkerKind::Runner, "1".into());
                let worker = workers
                    .insert(new.capacity(number).draining(flag).started_at(time))
                    .await
                    .expect("inserts");
                assert_eq!(
                    (worker.capacity, worker.draining, worker.started_at),
                    (number, flag, time)
                );

                let day = NaiveDate::from_num_days_from_ce_opt(days + 1).expect("in range");
                let summary = summaries
                    .upsert(RunSummary::new_row(day, parent, number).images_done(big))
                    .await
                    .expect("inserts");
                assert_eq!(
                    (summary.day, summary.runs_total, summary.images_done),
                    (day, number, big)
                );
                assert_eq!(summaries.get((day, parent)).await.expect("reads"), Some(summary));

                let selection = ImageSelector {
                    namespaces: list.clone(),
                    labels: Some(map),
                    ..selector()
                };
                let new = Schedule::new_row(
                    format!("s {uuid}"),
                    ScheduleMode::ContentRefresh,
                    selection.clone(),
                    "u".into(),
                    "u".into(),
                );
                let row = schedules.insert(new.enabled(flag)).await.expect("inserts");
                assert_eq!(
                    (&row.selection, row.mode),
                    (&selection, ScheduleMode::ContentRefresh)
                );
            });
            Ok(())
        },
    );
    outcome.expect("all values come back");
}

#[tokio::test]
async fn free_members_and_free_documents_come_back() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let rows = fill(&scope, 0).await;
    let context = ExecutionLogContext {
        image_digest: Some(digest(1)),
        duration_millis: Some(9_007_199_254_740_991),
        more: BTreeMap::from([(
            "nested".into(),
            serde_json::json!({"b": [1, null, "x"], "a": true}),
        )]),
    };
    let logs = scope.repository::<ExecutionLogRepository>();
    let line = logs
        .insert(
            log(rows.run.id)
                .level(LogLevel::Warning)
                .context(Some(context.clone())),
        )
        .await;
    assert_eq!(line.expect("inserts").context, Some(context));
    let serde_json::Value::Object(graph) = serde_json::json!({"nodes": [{"id": 1}], "edges": []}) else {
        unreachable!("it is an object")
    };
    let jobs = scope.repository::<GraphJobRepository>();
    let result = GraphResult {
        graph: Some(graph),
        ..graph_result()
    };
    let job = jobs
        .update(rows.job.id, GraphJob::patch().result(Some(result.clone())))
        .await
        .expect("updates");
    assert_eq!(job.result, Some(result));
    let cleared = jobs
        .update(rows.job.id, GraphJob::patch().result(None))
        .await
        .expect("updates");
    assert_eq!(cleared.result, None);
}
