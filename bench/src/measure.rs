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

impl Series {
    fn empty(kind: Kind) -> Self {
        Series {
            kind,
            rounds: Vec::new(),
            exchanges: None,
        }
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
    let mut verbs = Vec::new();
    for verb in options.verbs() {
        eprintln!("{name}: {}", verb.name());
        stage.tidy().await?;
        verbs.push(measure(verb, &line, stock, options).await?);
    }
    Ok(Network {
        name: name.into(),
        verbs,
    })
}

async fn measure(
    verb: Verb,
    line: &Line<'_>,
    stock: &mut Stock,
    options: &Options,
) -> Result<Measured, Fault> {
    let mut ways: Vec<Series> = Kind::ALL.map(Series::empty).into();
    for _ in 0..options.rounds {
        let contenders = round(verb, line, stock, options.operations).await?;
        for (series, contender) in ways.iter_mut().zip(&contenders) {
            series.rounds.push(median_duration(&contender.durations));
            // The same in each round.
            series.exchanges = line.proxy.as_ref().map(|_| median(&contender.exchanges));
        }
    }
    Ok(Measured { verb, ways })
}

struct Contender {
    kind: Kind,
    way: Way,
    durations: Vec<Duration>,
    /// A call, one number for each turn.
    exchanges: Vec<f64>,
}

/// One round, with connections of its own: the processor that the system gives to a server process
/// can make it faster or slower for as long as it lives, and no way shall keep its luck.
async fn round(
    verb: Verb,
    line: &Line<'_>,
    stock: &mut Stock,
    operations: usize,
) -> Result<Vec<Contender>, Fault> {
    let mut contenders = Vec::new();
    for kind in Kind::ALL {
        contenders.push(warmed_up(kind, verb, line, stock).await?);
    }
    let number = contenders.len();
    for turn in 0..operations.div_ceil(TURN) {
        let calls = TURN.min(operations - turn * TURN);
        for place in 0..number {
            // Whoever began the last turn ends this one, so that nobody always follows the same.
            let contender = &mut contenders[(place + turn) % number];
            let before = exchanges(line);
            for _ in 0..calls {
                let duration = time(contender, verb, stock).await?;
                contender.durations.push(duration);
            }
            if contender.kind == Kind::Pooled {
                tokio::time::sleep(SETTLE).await;
            }
            contender
                .exchanges
                .push((exchanges(line) - before) as f64 / calls as f64);
        }
    }
    Ok(contenders)
}

async fn warmed_up(kind: Kind, verb: Verb, line: &Line<'_>, stock: &mut Stock) -> Result<Contender, Fault> {
    let mut contender = Contender {
        kind,
        way: Way::open(kind, line).await?,
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

fn exchanges(line: &Line<'_>) -> u64 {
    line.proxy.as_ref().map_or(0, |proxy| proxy.exchanges())
}
