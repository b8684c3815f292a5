//! The rounds: all ways in turn, a few calls each, again and again, so that what the machine does
//! besides meets all of them alike.

use std::time::{Duration, Instant};

use crate::Fault;
use crate::options::{Options, WARM_UP};
use crate::stage::{Line, Stage};
use crate::statistics::{median, median_duration};
use crate::stock::Stock;
use crate::verb::Verb;
use crate::way::{Kind, Way};

/// Calls of one way before it is the next one's turn.
const TURN: usize = 10;
/// sqlx's pool works on behind the caller's back; that ends before it is another way's turn.
const SETTLE: Duration = Duration::from_millis(2);

/// What was measured on one network.
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) verbs: Vec<Measured>,
}

/// What was measured of one verb.
pub(crate) struct Measured {
    pub(crate) verb: Verb,
    pub(crate) ways: Vec<Series>,
}

/// One verb, one way.
pub(crate) struct Series {
    pub(crate) kind: Kind,
    /// The median of each round, in microseconds.
    pub(crate) rounds: Vec<f64>,
    /// Network exchanges a call, where a proxy counts them.
    pub(crate) exchanges: Option<f64>,
}

impl Measured {
    /// The rounds of one way.
    pub(crate) fn rounds(&self, kind: Kind) -> &[f64] {
        self.ways
            .iter()
            .find(|series| series.kind == kind)
            .map_or(&[], |series| &series.rounds)
    }
}

/// Everything, on both networks.
pub(crate) async fn all(stage: &Stage, stock: &mut Stock, options: &Options) -> Result<Vec<Network>, Fault> {
    let straight = on(stage, stage.straight(), "straight", stock, options).await?;
    let name = format!("+{} ms", options.delay().as_secs_f64() * 1_000.0);
    let delayed = on(stage, stage.delayed(options).await?, &name, stock, options).await?;
    Ok(vec![straight, delayed])
}

async fn on(
    stage: &Stage,
    line: Line<'_>,
    name: &str,
    stock: &mut Stock,
    options: &Options,
) -> Result<Network, Fault> {
    let mut ways = Vec::new();
    for kind in Kind::ALL {
        ways.push(Contender {
            way: Way::open(kind, &line).await?,
            kind,
            exchanges: Vec::new(),
        });
    }
    let mut verbs = Vec::new();
    for verb in options.verbs() {
        eprintln!("{name}: {}", verb.name());
        stage.tidy().await?;
        verbs.push(measure(verb, &mut ways, &line, stock, options).await?);
    }
    Ok(Network {
        name: name.into(),
        verbs,
    })
}

struct Contender {
    kind: Kind,
    way: Way,
    /// A call, one number for each turn.
    exchanges: Vec<f64>,
}

async fn measure(
    verb: Verb,
    ways: &mut [Contender],
    line: &Line<'_>,
    stock: &mut Stock,
    options: &Options,
) -> Result<Measured, Fault> {
    for contender in ways.iter_mut() {
        for _ in 0..WARM_UP {
            time(contender, verb, stock).await?;
        }
        contender.exchanges.clear();
    }
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    for _ in 0..options.rounds {
        let durations = round(verb, ways, line, stock, options.operations).await?;
        for (medians, durations) in rounds.iter_mut().zip(&durations) {
            medians.push(median_duration(durations));
        }
    }
    let series = ways.iter().zip(rounds).map(|(contender, rounds)| Series {
        kind: contender.kind,
        rounds,
        exchanges: line.proxy.is_some().then(|| median(&contender.exchanges)),
    });
    Ok(Measured {
        verb,
        ways: series.collect(),
    })
}

/// One round: the durations of each way's calls.
async fn round(
    verb: Verb,
    ways: &mut [Contender],
    line: &Line<'_>,
    stock: &mut Stock,
    operations: usize,
) -> Result<Vec<Vec<Duration>>, Fault> {
    let number = ways.len();
    let mut durations: Vec<Vec<Duration>> = vec![Vec::with_capacity(operations); number];
    let mut turn = 0;
    while durations.iter().any(|durations| durations.len() < operations) {
        for place in 0..number {
            // Whoever began the last turn ends this one, so that nobody always follows the same.
            let index = (place + turn) % number;
            let before = exchanges(line);
            let calls = TURN.min(operations - durations[index].len());
            for _ in 0..calls {
                durations[index].push(time(&mut ways[index], verb, stock).await?);
            }
            if ways[index].kind == Kind::Pooled {
                tokio::time::sleep(SETTLE).await;
            }
            ways[index]
                .exchanges
                .push((exchanges(line) - before) as f64 / calls as f64);
        }
        turn += 1;
    }
    Ok(durations)
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

fn exchanges(line: &Line<'_>) -> u64 {
    line.proxy.as_ref().map_or(0, |proxy| proxy.exchanges())
}
