//! What the toolkit promises, and what was measured of it. Nothing fails by it: a number that a
//! busy machine spoils is no fault of the program.

use serde::Serialize;

use crate::outcome::{Measured, Subject};
use crate::statistics::{median, quotient};
use crate::verb::Verb;
use crate::way::Kind;

/// One promise.
#[derive(Serialize)]
pub(crate) struct Target {
    pub(crate) promise: String,
    pub(crate) measured: f64,
    pub(crate) is_met: bool,
}

/// A verb takes at most that many times what the floor takes, through the delay.
const OF_FLOOR: f64 = 1.25;
/// A verb is at least that many times as fast as an ORM's, through the delay.
const FASTER: f64 = 2.5;
/// A bulk load of many rows has at least that part of the speed of a superuser's COPY.
const OF_COPY: f64 = 0.9;
/// A bulk load of at least that many rows.
const MANY: usize = 10_000;
/// The deep page takes at most that many times what the first one takes.
const DEEP: f64 = 1.2;
/// A stream has at least that part of the speed of plain sqlx.
const OF_PLAIN_STREAM: f64 = 0.95;
/// A queue has at least that part of the speed of statements that are written by hand.
const OF_HAND: f64 = 0.9;
/// A load or a stream needs less than that many MiB.
const MEMORY: f64 = 64.0;

/// Compares with the promises.
pub(crate) fn judge(measured: &Measured, all: &[Measured]) -> Vec<Target> {
    match measured.subject {
        Subject::Verb(verb) => verb_targets(verb, measured, all),
        Subject::Bulk(size) if size >= MANY => speed(measured, Kind::Copy, OF_COPY),
        Subject::Stream => speed(measured, Kind::Floor, OF_PLAIN_STREAM),
        Subject::Queue => speed(measured, Kind::Floor, OF_HAND),
        Subject::Memory => memory(measured),
        Subject::Bulk(_) | Subject::Mixed | Subject::MixedLatency => Vec::new(),
    }
}

fn verb_targets(verb: Verb, measured: &Measured, all: &[Measured]) -> Vec<Target> {
    let mut targets = Vec::new();
    if measured.network != "straight" {
        let of_floor = measured.quotient(Kind::Toolkit, Kind::Floor);
        targets.extend(of_floor.map(|ratio| at_most(OF_FLOOR, "x the floor", ratio)));
        for peer in [Kind::SeaOrm, Kind::Diesel] {
            let faster = measured.quotient(peer, Kind::Toolkit);
            let what = format!("x as fast as {}", peer.name());
            targets.extend(faster.map(|ratio| at_least(FASTER, &what, ratio)));
        }
    }
    if verb == Verb::DeepPage {
        let first = all
            .iter()
            .find(|other| other.subject == Subject::Verb(Verb::PageOne) && other.network == measured.network);
        let ours = |measured: &Measured| measured.rounds(Kind::Toolkit).map(<[f64]>::to_vec);
        if let (Some(deep), Some(first)) = (ours(measured), first.and_then(ours)) {
            targets.push(at_most(DEEP, "x page 1", quotient(&deep, &first)));
        }
    }
    targets
}

fn speed(measured: &Measured, yardstick: Kind, part: f64) -> Vec<Target> {
    let time = measured.quotient(Kind::Toolkit, yardstick);
    let what = format!("x the speed of the {}", yardstick.name());
    time.map(|ratio| at_least(part, &what, 1.0 / ratio))
        .into_iter()
        .collect()
}

fn memory(measured: &Measured) -> Vec<Target> {
    let needed = measured.rounds(Kind::Toolkit).map(median);
    needed
        .map(|needed| at_most(MEMORY, "MiB above idle", needed))
        .into_iter()
        .collect()
}

fn at_most(limit: f64, what: &str, measured: f64) -> Target {
    Target {
        promise: format!("at most {limit} {what}"),
        measured,
        is_met: measured <= limit,
    }
}

fn at_least(limit: f64, what: &str, measured: f64) -> Target {
    Target {
        promise: format!("at least {limit} {what}"),
        measured,
        is_met: measured >= limit,
    }
}
