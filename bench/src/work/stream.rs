//! All rows of the tenant with many, in a process of its own for each way.

use crate::Fault;
use crate::options::Options;
use crate::outcome::{Measured, Outcome, Subject};
use crate::stage::{Line, Rows, Stage};
use crate::way::Kind;
use crate::work::errand::{Errand, Task};
use crate::work::in_turn;

/// On both networks.
pub(crate) async fn measure(stage: &Stage, options: &Options, outcome: &mut Outcome) -> Result<(), Fault> {
    stage.tidy().await?;
    for line in stage.lines(Rows::Filled, options).await? {
        eprintln!("{}: stream of {}", line.network, options.many());
        outcome.measured.extend(on(&line, options).await?);
    }
    Ok(())
}

async fn on(line: &Line, options: &Options) -> Result<[Measured; 2], Fault> {
    let kinds = options.ways(&Kind::CROWDS);
    let name = format!("stream of {}", options.many());
    let mut time = Measured::new(Subject::Stream, name.clone(), &line.network, &kinds);
    let mut memory = Measured::new(Subject::Memory, format!("{name}: memory"), &line.network, &kinds);
    for round in 0..options.long_rounds() {
        for kind in in_turn(&kinds, round) {
            let errand = Errand {
                task: Task::Stream,
                kind,
                rows: options.many(),
                addresses: line.addresses.clone(),
            };
            let done = errand.send().await?;
            time.push(kind, done.seconds * 1e6);
            memory.push(kind, done.mebibytes);
        }
    }
    Ok([time, memory])
}
