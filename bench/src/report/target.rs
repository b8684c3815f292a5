//! What the toolkit promises, and what was measured of it. Nothing fails by it: a number that a
//! busy machine spoils is no fault of the program.

use serde::Serialize;

use crate::measure::Network;
use crate::statistics::quotient;
use crate::verb::Verb;
use crate::way::Kind;

/// One promise.
#[derive(Serialize)]
pub(crate) struct Target {
    pub(crate) verb: String,
    pub(crate) network: String,
    pub(crate) promise: String,
    pub(crate) measured: f64,
    pub(crate) is_met: bool,
}

/// At most that many times the floor, straight to the server.
const STRAIGHT: f64 = 1.6;
/// At most that many times the floor, through the delay.
const DELAYED: f64 = 1.25;
/// At least that many times as fast as the usual way, through the delay.
const FASTER: f64 = 2.5;

/// Compares `get` and `update` with the promises. Those of the delayed network are made for half a
/// millisecond.
pub(crate) fn judge(networks: &[Network]) -> Vec<Target> {
    let mut targets = Vec::new();
    for (position, network) in networks.iter().enumerate() {
        let of_floor = if position == 0 { STRAIGHT } else { DELAYED };
        let promised = |verb: Verb| matches!(verb, Verb::Get | Verb::Update);
        for measured in network.verbs.iter().filter(|measured| promised(measured.verb)) {
            let mut target = |promise: String, measured_quotient: f64, is_met: bool| {
                targets.push(Target {
                    verb: measured.verb.name(),
                    network: network.name.clone(),
                    promise,
                    measured: measured_quotient,
                    is_met,
                });
            };
            let toolkit = measured.rounds(Kind::Toolkit);
            let ratio = quotient(toolkit, measured.rounds(Kind::Floor));
            target(
                format!("at most {of_floor} x the floor"),
                ratio,
                ratio <= of_floor,
            );
            if position > 0 {
                let faster = quotient(measured.rounds(Kind::Usual), toolkit);
                target(
                    format!("at least {FASTER} x as fast as usual"),
                    faster,
                    faster >= FASTER,
                );
            }
        }
    }
    targets
}
