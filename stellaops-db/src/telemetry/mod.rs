//! What is told of each statement: a span with OpenTelemetry's names for databases, metrics where the feature is
//! on, and an event when a statement was slow. Never a value of a row or a parameter.

mod operation;
mod slow;

use std::future::Future;
use std::time::{Duration, Instant};

use tracing::{Instrument as _, Span, field};

use crate::error::Error;

pub(crate) use operation::Operation;
pub(crate) use slow::{Slow, plan};

/// Runs a statement inside a span, and says how it went. `rows` are those that came back, or changed.
///
/// The attributes are those of OpenTelemetry's semantic conventions for database client spans, 1.33:
/// `db.system.name`, `db.namespace`, `db.collection.name`, `db.operation.name`, `db.response.returned_rows` and
/// `error.type`.
pub(crate) async fn observed<R>(
    namespace: &str,
    operation: &Operation<'_>,
    work: impl Future<Output = Result<R, Error>>,
    rows: impl FnOnce(&R) -> u64,
) -> (Result<R, Error>, Duration) {
    let span = span(namespace, operation);
    let started = Instant::now();
    let result = work.instrument(span.clone()).await;
    let took = started.elapsed();
    match &result {
        Ok(value) => {
            span.record("db.response.returned_rows", rows(value));
        }
        Err(error) => {
            span.record("error.type", error.kind());
        }
    }
    count(operation, took, result.as_ref().err());
    (result, took)
}

fn span(namespace: &str, operation: &Operation<'_>) -> Span {
    let span = tracing::info_span!(
        target: "stellaops_db",
        "statement",
        otel.name = field::Empty,
        otel.kind = "client",
        db.system.name = "postgresql",
        db.namespace = namespace,
        db.collection.name = operation.table,
        db.operation.name = operation.verb,
        db.response.returned_rows = field::Empty,
        error.type = field::Empty,
    );
    // A text is made only where somebody listens.
    if !span.is_disabled() {
        span.record("otel.name", field::display(operation));
    }
    span
}

/// Each statement: how long it took in seconds, by verb and table, and by kind of error where it failed.
#[cfg(feature = "metrics")]
fn count(operation: &Operation<'_>, took: Duration, error: Option<&Error>) {
    let mut labels = vec![
        ("db.operation.name", operation.verb.to_owned()),
        ("db.collection.name", operation.table.to_owned()),
    ];
    labels.extend(error.map(|error| ("error.type", error.kind().to_owned())));
    metrics::histogram!("db.client.operation.duration", &labels).record(took.as_secs_f64());
    metrics::counter!("db.client.operation.count", &labels).increment(1);
}

#[cfg(not(feature = "metrics"))]
fn count(_: &Operation<'_>, _: Duration, _: Option<&Error>) {}
