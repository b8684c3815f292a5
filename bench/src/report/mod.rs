//! What is printed.

mod markdown;
mod target;

use serde::Serialize;

use crate::options::{Format, Options};
use crate::outcome::{Measured, Outcome, Subject, Survival};
use crate::statistics::{median, spread};
use crate::way::Kind;

use target::Target;

/// The outcome of a run; what `--format json` prints.
#[derive(Serialize)]
pub(crate) struct Report {
    postgresql: String,
    processors: usize,
    rows: usize,
    many: usize,
    tenants: usize,
    operations: usize,
    rounds: usize,
    ways: Vec<WayReport>,
    works: Vec<WorkReport>,
    killed_workers: Vec<Survival>,
}

/// What a way is.
#[derive(Serialize)]
struct WayReport {
    name: &'static str,
    explanation: &'static str,
}

/// One work on one network, all ways.
#[derive(Serialize)]
struct WorkReport {
    work: String,
    network: String,
    unit: &'static str,
    #[serde(skip)]
    yardstick: Option<Kind>,
    ways: Vec<SeriesReport>,
    targets: Vec<Target>,
}

/// One work, one way.
#[derive(Serialize)]
struct SeriesReport {
    #[serde(skip)]
    kind: Kind,
    way: &'static str,
    /// A number each round.
    rounds: Vec<f64>,
    /// The median of the rounds.
    median: f64,
    /// Largest round minus smallest, as a part of the median.
    spread: f64,
    /// How many times as much as the yardstick, where there is one.
    of_yardstick: Option<f64>,
    /// How many times as much as the toolkit.
    of_toolkit: Option<f64>,
    /// Network exchanges a call, where a proxy counts them.
    exchanges: Option<f64>,
}

impl Report {
    /// Puts together what was measured.
    pub(crate) fn new(version: &str, options: &Options, outcome: Outcome) -> Self {
        let is_measured = |kind: &Kind| {
            let mut works = outcome.measured.iter();
            works.any(|measured| measured.rounds(*kind).is_some())
        };
        let kinds = [Kind::Floor, Kind::Copy, Kind::Toolkit]
            .into_iter()
            .chain(Kind::PEERS);
        let ways = kinds.filter(is_measured).map(|kind| WayReport {
            name: kind.name(),
            explanation: kind.explanation(),
        });
        Report {
            postgresql: version.into(),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            rows: options.rows(),
            many: options.many(),
            tenants: options.tenants,
            operations: options.operations(),
            rounds: options.rounds(),
            ways: ways.collect(),
            works: works(&outcome.measured),
            killed_workers: outcome.survivals,
        }
    }

    /// In that format.
    pub(crate) fn print(&self, format: Format) -> String {
        match format {
            Format::Markdown => markdown::print(self),
            Format::Json => serde_json::to_string_pretty(self)
                .expect("numbers and texts have a JSON form, and all keys are texts"),
        }
    }
}

impl WorkReport {
    fn way(&self, kind: Kind) -> Option<&SeriesReport> {
        self.ways.iter().find(|series| series.kind == kind)
    }
}

fn works(all: &[Measured]) -> Vec<WorkReport> {
    let report = |measured: &Measured| WorkReport {
        work: measured.name.clone(),
        network: measured.network.clone(),
        unit: unit(measured),
        yardstick: measured.yardstick(),
        ways: series(measured),
        targets: target::judge(measured, all),
    };
    all.iter().map(report).collect()
}

/// The unit of the rounds; the table has larger ones for large numbers.
fn unit(measured: &Measured) -> &'static str {
    match measured.subject {
        Subject::Memory => "MiB",
        _ => "us",
    }
}

fn series(measured: &Measured) -> Vec<SeriesReport> {
    let of = |kind: Kind, other: Kind| measured.quotient(kind, other);
    let report = |kind: Kind, rounds: &[f64], exchanges| SeriesReport {
        kind,
        way: kind.name(),
        median: median(rounds),
        spread: spread(rounds),
        of_yardstick: measured.yardstick().and_then(|yardstick| of(kind, yardstick)),
        of_toolkit: of(kind, Kind::Toolkit),
        rounds: rounds.to_vec(),
        exchanges,
    };
    let ways = measured.ways.iter();
    ways.map(|series| report(series.kind, &series.rounds, series.exchanges))
        .collect()
}
