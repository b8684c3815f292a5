//! What was measured.

use serde::Serialize;

use crate::statistics::quotient;
use crate::verb::Verb;
use crate::way::Kind;

/// Everything.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) measured: Vec<Measured>,
    pub(crate) survivals: Vec<Survival>,
}

/// One work on one network, in all ways.
pub(crate) struct Measured {
    pub(crate) subject: Subject,
    /// The name in the table.
    pub(crate) name: String,
    pub(crate) network: String,
    pub(crate) ways: Vec<Series>,
}

/// What a measurement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Verb(Verb),
    /// So many callers' calls: the time of one, all callers together.
    Mixed,
    /// As some of the callers saw it.
    MixedLatency,
    /// So many rows inserted.
    Bulk(usize),
    /// All rows of a tenant read.
    Stream,
    /// A job claimed and completed, all workers together.
    Queue,
    /// What a process needed beyond what it had when it was connected.
    Memory,
}

/// One work, one way.
pub(crate) struct Series {
    pub(crate) kind: Kind,
    /// One number a round: microseconds; of memory, MiB.
    pub(crate) rounds: Vec<f64>,
    /// Network exchanges a call, where a proxy counts them.
    pub(crate) exchanges: Option<f64>,
}

/// What became of a queue's jobs while its workers were killed.
#[derive(Serialize)]
pub(crate) struct Survival {
    pub(crate) way: &'static str,
    pub(crate) jobs: usize,
    /// Workers that ended in the middle of something.
    pub(crate) dropped: usize,
    /// Connections that the server ended.
    pub(crate) terminated: usize,
    /// Jobs that were claimed more than once, because whoever had them was gone.
    pub(crate) claimed_again: usize,
    /// Jobs that are not completed in the end.
    pub(crate) lost: usize,
    /// Jobs that two workers were told they had completed.
    pub(crate) twice: usize,
}

impl Measured {
    /// Nothing yet, for these ways.
    pub(crate) fn new(subject: Subject, name: impl Into<String>, network: &str, kinds: &[Kind]) -> Self {
        Measured {
            subject,
            name: name.into(),
            network: network.into(),
            ways: kinds.iter().copied().map(Series::empty).collect(),
        }
    }

    /// Takes a round's number.
    pub(crate) fn push(&mut self, kind: Kind, number: f64) {
        if let Some(series) = self.ways.iter_mut().find(|series| series.kind == kind) {
            series.rounds.push(number);
        }
    }

    /// The rounds of one way; none where it was not measured.
    pub(crate) fn rounds(&self, kind: Kind) -> Option<&[f64]> {
        let series = self.ways.iter().find(|series| series.kind == kind);
        series.map(|series| series.rounds.as_slice())
    }

    /// What the toolkit is measured by; memory has a limit instead.
    pub(crate) fn yardstick(&self) -> Option<Kind> {
        if self.subject == Subject::Memory {
            return None;
        }
        let mut kinds = self.ways.iter().map(|series| series.kind);
        kinds.find(|kind| kind.is_yardstick())
    }

    /// How many times as much one way takes as another.
    pub(crate) fn quotient(&self, numerator: Kind, denominator: Kind) -> Option<f64> {
        Some(quotient(self.rounds(numerator)?, self.rounds(denominator)?))
    }
}

impl Series {
    fn empty(kind: Kind) -> Self {
        Series {
            kind,
            rounds: Vec::new(),
            exchanges: None,
        }
    }
}
