//! Many callers on a pool that is smaller than they are many.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::Fault;
use crate::call::Call;
use crate::options::Options;
use crate::outcome::{Measured, Outcome, Subject};
use crate::stage::{Line, Rows, Stage};
use crate::statistics::microseconds;
use crate::stock::Stock;
use crate::verb::Verb;
use crate::way::{Kind, Pooled};
use crate::work::in_turn;

/// Callers at once.
const CALLERS: usize = 32;
/// Connections that they share.
const CONNECTIONS: usize = 8;
/// Calls of each before it is measured.
const WARM_UP: usize = 10;
/// What each caller does again and again.
const MIX: [Verb; 10] = [
    Verb::Get,
    Verb::Update,
    Verb::Get,
    Verb::Insert,
    Verb::Get,
    Verb::FirstPage,
    Verb::Get,
    Verb::Update,
    Verb::Get,
    Verb::Insert,
];

/// On both networks.
pub(crate) async fn measure(
    stage: &Stage,
    stock: &mut Stock,
    options: &Options,
    outcome: &mut Outcome,
) -> Result<(), Fault> {
    for line in stage.lines(Rows::Filled, options).await? {
        eprintln!("{}: {CALLERS} callers", line.network);
        stage.tidy().await?;
        outcome.measured.extend(on(&line, stock, options).await?);
    }
    Ok(())
}

async fn on(line: &Line, stock: &mut Stock, options: &Options) -> Result<[Measured; 3], Fault> {
    let kinds = options.ways(&Kind::CROWDS);
    let table = |subject, name: String| Measured::new(subject, name, &line.network, &kinds);
    let mix = format!("{CALLERS} callers on {CONNECTIONS}");
    let mut throughput = table(Subject::Mixed, format!("{mix}: a call"));
    let mut middle = table(Subject::MixedLatency, format!("{mix}: p50"));
    let mut slowest = table(Subject::MixedLatency, format!("{mix}: p99"));
    for round in 0..options.long_rounds() {
        for kind in in_turn(&kinds, round) {
            let pooled = Pooled::open(kind, &line.addresses, CONNECTIONS).await?;
            run(&pooled, calls(stock, WARM_UP)).await?;
            let calls = calls(stock, options.operations() / 2);
            let begun = Instant::now();
            let taken = run(&pooled, calls).await?;
            throughput.push(kind, microseconds(begun.elapsed()) / taken.len() as f64);
            middle.push(kind, quantile(&taken, 0.5));
            slowest.push(kind, quantile(&taken, 0.99));
        }
    }
    Ok([throughput, middle, slowest])
}

/// So many for each caller, each beginning at another place of the mix.
fn calls(stock: &mut Stock, each: usize) -> Vec<Vec<Call>> {
    let of = |caller: usize, number: usize| MIX[(caller + number) % MIX.len()];
    let callers = 0..CALLERS;
    callers
        .map(|caller| (0..each).map(|number| stock.next(of(caller, number))).collect())
        .collect()
}

async fn run(pooled: &Pooled, calls: Vec<Vec<Call>>) -> Result<Vec<Duration>, Fault> {
    let callers = calls.into_iter().map(async |calls| {
        let mut taken = Vec::new();
        for call in &calls {
            let begun = Instant::now();
            let rows = pooled.run(call).await?;
            taken.push(begun.elapsed());
            if rows == 0 {
                return Err(Fault::from("a call found no row"));
            }
        }
        Ok(taken)
    });
    Ok(try_join_all(callers).await?.concat())
}

/// The duration that so great a part of them is not above, in microseconds; zero when there is none.
fn quantile(durations: &[Duration], part: f64) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort();
    let place = (sorted.len() as f64 * part) as usize;
    let place = place.min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().map_or(0.0, microseconds)
}
