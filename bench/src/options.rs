//! What can be asked on the command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::verb::{PAGE, Verb};
use crate::way::Kind;
use crate::work::Work;

/// Calls of each way before a round is measured: statements are prepared, plans cached.
pub(crate) const WARM_UP: usize = 20;
/// Which page the deep one is, where there are so many rows; the first is 1.
const DEEP_PAGE: usize = 10_000;

/// Measures stellaops-db beside plain sqlx, the usual transaction, tokio-postgres pipelined, SeaORM and
/// diesel-async.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// A short run: fewer rows and rounds, where no other setting says how many.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these works.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) works: Vec<Work>,
    /// Only these verbs.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) verbs: Vec<Verb>,
    /// Only these ways; the toolkit and the floor are always there.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) ways: Vec<Kind>,
    /// How many rows are inserted at once.
    #[arg(long, value_delimiter = ',')]
    pub(crate) sizes: Vec<usize>,
    /// How many workers a queue has.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    pub(crate) workers: Vec<usize>,
    /// Rows of scheduler.graph_jobs [default: 200000, quick: 100000].
    #[arg(long)]
    rows: Option<usize>,
    /// Rows of one more tenant: they are streamed, and have the deep page [default: 1000000, quick: 100000].
    #[arg(long)]
    many: Option<usize>,
    /// Tenants that the rows are spread over.
    #[arg(long, default_value_t = 20)]
    pub(crate) tenants: usize,
    /// Calls of each verb and way in a round [default: 100, quick: 50].
    #[arg(long)]
    operations: Option<usize>,
    /// Rounds [default: 5, quick: 3].
    #[arg(long)]
    rounds: Option<usize>,
    /// What the second network adds to a round trip, in microseconds.
    #[arg(long, default_value_t = 500)]
    pub(crate) delay: u64,
    /// How the outcome is written.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub(crate) format: Format,
    /// What a process is to do that the bench starts of itself, in JSON.
    #[arg(long, hide = true)]
    pub(crate) errand: Option<String>,
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
    /// The works that are done; naming verbs alone, or sizes alone, means those.
    pub(crate) fn works(&self) -> Vec<Work> {
        match (
            self.works.as_slice(),
            self.verbs.is_empty(),
            self.sizes.is_empty(),
        ) {
            ([], true, true) => Work::value_variants().to_vec(),
            ([], false, true) => vec![Work::Verbs],
            ([], true, false) => vec![Work::Bulk],
            ([], false, false) => vec![Work::Verbs, Work::Bulk],
            (some, ..) => some.to_vec(),
        }
    }

    /// The verbs that are measured.
    pub(crate) fn verbs(&self) -> Vec<Verb> {
        match self.verbs.as_slice() {
            [] => Verb::value_variants().to_vec(),
            some => some.to_vec(),
        }
    }

    /// Those of the ways that are asked for.
    pub(crate) fn ways(&self, all: &[Kind]) -> Vec<Kind> {
        let asked = |kind: &Kind| {
            self.ways.is_empty() || self.ways.contains(kind) || kind.is_yardstick() || *kind == Kind::Toolkit
        };
        all.iter().copied().filter(asked).collect()
    }

    /// How many rows are inserted at once.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        match self.sizes.as_slice() {
            [] => vec![1, 100, 10_000, self.many()],
            some => some.to_vec(),
        }
    }

    /// Rows of all tenants but the one with many.
    pub(crate) fn rows(&self) -> usize {
        self.rows.unwrap_or(if self.quick { 100_000 } else { 200_000 })
    }

    /// Rows of the tenant with many.
    pub(crate) fn many(&self) -> usize {
        self.many.unwrap_or(if self.quick { 100_000 } else { 1_000_000 })
    }

    /// Calls of each verb and way in a round.
    pub(crate) fn operations(&self) -> usize {
        self.operations.unwrap_or(if self.quick { 50 } else { 100 })
    }

    /// Rounds of each verb.
    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 })
    }

    /// Rounds of works that take seconds each.
    pub(crate) fn long_rounds(&self) -> usize {
        self.rounds().div_ceil(2)
    }

    /// The number of the deep page, the first being 1.
    pub(crate) fn deep_page(&self) -> usize {
        DEEP_PAGE.min((self.many() / PAGE).saturating_sub(1))
    }

    /// The added delay.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_micros(self.delay)
    }

    /// How many rows a run uses up at most, all ways and networks together: a row is deleted, claimed
    /// or moved to its next status once only.
    pub(crate) fn used_up(&self) -> usize {
        let is_needed = self.works().contains(&Work::Verbs) && self.verbs().iter().any(|verb| verb.uses_up());
        if !is_needed {
            return 0;
        }
        let networks = 2;
        networks * Kind::CALLS.len() * self.rounds() * (WARM_UP + self.operations())
    }
}
