//! Single verbs, in rounds: all ways in turn, a few calls each, again and again, so that what the machine does
//! besides meets all of them alike.

use std::time::{Duration, Instant};

use crate::Fault;
use crate::options::{Options, WARM_UP};
use crate::outcome::{Measured, Outcome, Subject};
use crate::stage::{Line, Rows, Stage};
use crate::statistics::{median, median_duration};
use crate::stock::Stock;
use crate::verb::Verb;
use crate::way::{Held, Kind};

/// Calls of one way before it is the next one's turn.
const TURN: usize = 10;
/// sqlx's pool works on behind the caller's back; that ends before it is another way's turn.
const SETTLE: Duration = Duration::from_millis(2);

/// All verbs on both networks.
pub(crate) async fn measure(
    stage: &Stage,
    stock: &mut Stock,
    options: &Options,
    outcome: &mut Outcome,
) -> Result<(), Fault> {
    for line in stage.lines(Rows::Filled, options).await? {
        for verb in options.verbs() {
            eprintln!("{}: {}", line.network, verb.name());
            stage.tidy().await?;
            outcome.measured.push(on(verb, &line, stock, options).await?);
        }
    }
    Ok(())
}

async fn on(verb: Verb, line: &Line, stock: &mut Stock, options: &Options) -> Result<Measured, Fault> {
    let kinds = options.ways(&Kind::CALLS);
    let name = match verb {
        Verb::DeepPage => format!("page {} of many", options.deep_page()),
        verb => verb.name(),
    };
    let mut measured = Measured::new(Subject::Verb(verb), name, &line.network, &kinds);
    for _ in 0..options.rounds() {
        let contenders = round(verb, line, &kinds, stock, options.operations()).await?;
        for (series, contender) in measured.ways.iter_mut().zip(&contenders) {
            series.rounds.push(median_duration(&contender.durations));
            // The same in each round.
            series.exchanges = line.proxy.as_ref().map(|_| median(&contender.exchanges));
        }
    }
    Ok(measured)
}

struct Contender {
    kind: Kind,
    way: Held,
    durations: Vec<Duration>,
    /// A call, one number for each turn.
    exchanges: Vec<f64>,
}

/// One round, with connections of its own: the processor that the system gives to a server process
/// can make it faster or slower for as long as it lives, and no way shall keep its luck.
async fn round(
    verb: Verb,
    line: &Line,
    kinds: &[Kind],
    stock: &mut Stock,
    operations: usize,
) -> Result<Vec<Contender>, Fault> {
    let mut contenders = Vec::new();
    for kind in kinds {
        contenders.push(warmed_up(*kind, verb, line, stock).await?);
    }
    let number = contenders.len();
    for turn in 0..operations.div_ceil(TURN) {
        let calls = TURN.min(operations - turn * TURN);
        for place in 0..number {
            // Whoever began the last turn ends this one, so that nobody always follows the same.
            let contender = &mut contenders[(place + turn) % number];
            let before = line.exchanges();
            for _ in 0..calls {
                let duration = time(contender, verb, stock).await?;
                contender.durations.push(duration);
            }
            if contender.kind == Kind::SeaOrm {
                tokio::time::sleep(SETTLE).await;
            }
            if let (Some(before), Some(after)) = (before, line.exchanges()) {
                contender.exchanges.push((after - before) as f64 / calls as f64);
            }
        }
    }
    Ok(contenders)
}

async fn warmed_up(kind: Kind, verb: Verb, line: &Line, stock: &mut Stock) -> Result<Contender, Fault> {
    let mut contender = Contender {
        kind,
        way: Held::open(kind, &line.addresses).await?,
        durations: Vec::new(),
        exchanges: Vec::new(),
    };
    for _ in 0..WARM_UP {
        time(&mut contender, verb, stock).await?;
    }
    Ok(contender)
}

async fn time(contender: &mut Contender, verb: Verb, stock: &mut Stock) -> Result<Duration, Fault> {
    let call = stock.next(verb);
    let begun = Instant::now();
    let rows = contender.way.run(&call).await;
    let taken = begun.elapsed();
    let name = contender.kind.name();
    let rows = rows.map_err(|error| format!("{name}, {}: {error}", verb.name()))?;
    // A way that does less than the others would look fast.
    match Stock::expected(verb) {
        Some(expected) if rows != expected => {
            Err(format!("{name}, {}: {rows} rows, {expected} expected", verb.name()).into())
        }
        None if rows == 0 => Err(format!("{name}, {}: no rows", verb.name()).into()),
        _ => Ok(taken),
    }
}
