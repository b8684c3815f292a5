//! What can be asked on the command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::verb::Verb;

/// Calls of each way before a round is measured: statements are prepared, plans cached.
pub(crate) const WARM_UP: usize = 20;

/// Measures each verb beside plain sqlx, the usual transaction, and tokio-postgres pipelined.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Rows of scheduler.graph_jobs.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) rows: usize,
    /// Tenants that the rows are spread over.
    #[arg(long, default_value_t = 20)]
    pub(crate) tenants: usize,
    /// Calls of each verb and way in a round.
    #[arg(long, default_value_t = 200)]
    pub(crate) operations: usize,
    /// Rounds.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// What the second network adds to a round trip, in microseconds.
    #[arg(long, default_value_t = 500)]
    pub(crate) delay: u64,
    /// Only these verbs.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) verbs: Vec<Verb>,
    /// How the outcome is written.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub(crate) format: Format,
}

/// How the outcome is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for people.
    Markdown,
    /// All rounds, for programs.
    Json,
}

impl Options {
    /// The verbs that are measured.
    pub(crate) fn verbs(&self) -> Vec<Verb> {
        match self.verbs.as_slice() {
            [] => Verb::value_variants().to_vec(),
            some => some.to_vec(),
        }
    }

    /// The added delay.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_micros(self.delay)
    }

    /// How many rows a run uses up at most, all ways and networks together: a row is deleted, claimed
    /// or moved to its next status once only.
    pub(crate) fn used_up(&self) -> usize {
        if !self.verbs().iter().any(|verb| verb.uses_up()) {
            return 0;
        }
        let networks = 2;
        networks * crate::way::Kind::ALL.len() * self.rounds * (WARM_UP + self.operations)
    }
}
