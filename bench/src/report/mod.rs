//! What is printed.

mod markdown;
mod target;

use serde::Serialize;

use crate::measure::{Measured, Network};
use crate::options::{Format, Options};
use crate::statistics::{median, quotient, spread};
use crate::way::Kind;

pub(crate) use target::Target;

/// The outcome of a run; what `--format json` prints.
#[derive(Serialize)]
pub(crate) struct Report {
    postgresql: String,
    processors: usize,
    rows: usize,
    tenants: usize,
    operations: usize,
    rounds: usize,
    ways: Vec<WayReport>,
    networks: Vec<NetworkReport>,
    targets: Vec<Target>,
}

/// What a way is.
#[derive(Serialize)]
struct WayReport {
    name: &'static str,
    explanation: &'static str,
}

/// One network's verbs.
#[derive(Serialize)]
struct NetworkReport {
    name: String,
    verbs: Vec<VerbReport>,
}

/// One verb, all ways.
#[derive(Serialize)]
struct VerbReport {
    verb: String,
    ways: Vec<SeriesReport>,
}

/// One verb, one way.
#[derive(Serialize)]
struct SeriesReport {
    way: &'static str,
    /// The median of each round, in microseconds.
    rounds: Vec<f64>,
    /// The median of the rounds, in microseconds.
    median: f64,
    /// Largest round minus smallest, as a part of the median.
    spread: f64,
    /// How many times as long as the floor.
    of_floor: f64,
    /// How many times as fast as the usual way.
    faster_than_usual: f64,
    /// Network exchanges a call, where a proxy counts them.
    exchanges: Option<f64>,
}

impl Report {
    /// Puts together what was measured.
    pub(crate) fn new(version: &str, options: &Options, measured: Vec<Network>) -> Self {
        let ways = Kind::ALL.map(|kind| WayReport {
            name: kind.name(),
            explanation: kind.explanation(),
        });
        Report {
            postgresql: version.into(),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            rows: options.rows,
            tenants: options.tenants,
            operations: options.operations,
            rounds: options.rounds,
            ways: ways.into(),
            targets: target::judge(&measured),
            networks: measured.into_iter().map(network).collect(),
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

fn network(network: Network) -> NetworkReport {
    NetworkReport {
        name: network.name,
        verbs: network.verbs.iter().map(verb).collect(),
    }
}

fn verb(measured: &Measured) -> VerbReport {
    let of = |kind: Kind| measured.rounds(kind);
    let ways = measured.ways.iter().map(|series| SeriesReport {
        way: series.kind.name(),
        median: median(&series.rounds),
        spread: spread(&series.rounds),
        of_floor: quotient(&series.rounds, of(Kind::Floor)),
        faster_than_usual: quotient(of(Kind::Usual), &series.rounds),
        rounds: series.rounds.clone(),
        exchanges: series.exchanges,
    });
    VerbReport {
        verb: measured.verb.name(),
        ways: ways.collect(),
    }
}
