//! What is measured: single verbs, and what takes many of them.

mod bulk;
mod errand;
mod mixed;
mod queue;
mod stream;
mod verbs;

use clap::ValueEnum;

use crate::Fault;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::stage::Stage;
use crate::stock::Stock;
use crate::way::Kind;

pub(crate) use errand::run as run_errand;

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// One call at a time.
    Verbs,
    /// Many callers on a small pool.
    Mixed,
    /// Jobs that are claimed and completed, by one worker and by many.
    Queue,
    /// All rows of a tenant, one by one.
    Stream,
    /// Many rows inserted at once.
    Bulk,
}

/// Everything that is asked for, on both networks.
pub(crate) async fn all(stage: &Stage, stock: &mut Stock, options: &Options) -> Result<Outcome, Fault> {
    let mut outcome = Outcome::default();
    for work in options.works() {
        match work {
            Work::Verbs => verbs::measure(stage, stock, options, &mut outcome).await?,
            Work::Mixed => mixed::measure(stage, stock, options, &mut outcome).await?,
            Work::Queue => queue::measure(stage, options, &mut outcome).await?,
            Work::Stream => stream::measure(stage, options, &mut outcome).await?,
            Work::Bulk => bulk::measure(stage, options, &mut outcome).await?,
        }
    }
    Ok(outcome)
}

/// The ways in the order of a round: each round begins with another one.
fn in_turn(kinds: &[Kind], round: usize) -> impl Iterator<Item = Kind> {
    (0..kinds.len()).map(move |place| kinds[(place + round) % kinds.len()])
}
