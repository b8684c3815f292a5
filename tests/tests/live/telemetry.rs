//! What is told of statements: by names that OpenTelemetry knows, and never with a value.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use crate::events::Events;
use crate::samples::*;
use crate::support::*;

#[tokio::test]
async fn each_statement_is_a_span_with_its_table_verb_rows_and_error() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("acme-tenant").repository::<GraphJobRepository>();
    let rows = jobs
        .insert_many((0..3).map(queued))
        .returning()
        .await
        .expect("inserts");
    let events = Events::listen();
    jobs.list_by_newest().await.expect("lists");
    let taken = jobs.insert(queued(1).id(rows[0].id)).await;
    refused!(taken, Error::UniqueViolation { .. });
    let streamed = jobs.list_by_newest().limit(2).stream();
    assert_eq!(streamed.try_collect::<Vec<_>>().await.expect("streams").len(), 2);
    jobs.insert_many((0..6000).map(queued)).await.expect("loads");
    let told = events.told();
    for field in [
        "otel.name=copy scheduler.graph_jobs",
        "db.response.returned_rows=2",
        "otel.name=list scheduler.graph_jobs",
        "otel.kind=\"client\"",
        "db.system.name=\"postgresql\"",
        &format!("db.namespace={:?}", fixture.database.name()),
        "db.collection.name=\"scheduler.graph_jobs\"",
        "db.operation.name=\"list\"",
        "db.operation.name=\"insert\"",
        "db.response.returned_rows=3",
        "error.type=\"unique_violation\"",
    ] {
        assert!(told.contains(field), "{field} is not in\n{told}");
    }
    assert!(
        !told.contains("acme-tenant") && !told.contains(&rows[0].id.to_string()),
        "{told}"
    );
}

#[tokio::test]
async fn a_slow_statement_is_told_with_its_plan_on_request_and_without_values() {
    let fixture = Fixture::start().await;
    for (with_plan, threshold, is_told) in [
        (true, Duration::ZERO, true),
        (false, Duration::ZERO, true),
        (true, Duration::from_secs(60), false),
    ] {
        let database = fixture.db.clone().with_slow_statements(threshold, with_plan);
        let jobs = database
            .tenant(&tenant("acme-tenant"))
            .repository::<GraphJobRepository>();
        let events = Events::listen();
        jobs.list_by_status_newest(GraphJobStatus::Queued)
            .await
            .expect("lists");
        jobs.insert(queued(1))
            .await
            .expect("a write is explained and not repeated");
        let told = events.told();
        assert_eq!(
            told.contains("statement=list scheduler.graph_jobs"),
            is_told,
            "{told}"
        );
        assert_eq!(told.contains("plan=\"Limit"), is_told && with_plan, "{told}");
        assert_eq!(told.contains("on graph_jobs"), is_told && with_plan, "{told}");
        assert!(!told.contains("acme-tenant"), "{told}");
    }
    let jobs = fixture.tenant("acme-tenant").repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("counts"), 3);
}

/// Remembers the names and labels that are asked for.
#[derive(Default)]
struct Names(Mutex<BTreeSet<String>>);

impl Names {
    fn hear(&self, key: &Key) {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let labels = labels.collect::<Vec<_>>().join(",");
        self.0
            .lock()
            .expect("no panic")
            .insert(format!("{}{{{labels}}}", key.name()));
    }
}

impl Recorder for Names {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.hear(key);
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.hear(key);
        Histogram::noop()
    }
}

#[tokio::test]
async fn each_verb_counts_by_table_and_kind_of_error() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let names = Names::default();
    let guard = metrics::set_default_local_recorder(&names);
    let job = jobs.insert(queued(1)).await.expect("inserts");
    refused!(
        jobs.insert(queued(1).id(job.id)).await,
        Error::UniqueViolation { .. }
    );
    drop(guard);
    let heard = names.0.into_inner().expect("no panic");
    for metric in ["db.client.operation.duration", "db.client.operation.count"] {
        for labels in ["", ",error.type=unique_violation"] {
            let name = format!(
                "{metric}{{db.operation.name=insert,db.collection.name=scheduler.graph_jobs{labels}}}"
            );
            assert!(heard.contains(&name), "{name} is not in {heard:?}");
        }
    }
}
