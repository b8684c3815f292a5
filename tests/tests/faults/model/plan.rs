//! What workers do, and what befalls them: a pure function of the seed.

use std::time::Duration;

use stellaops_db_tests::numbers::Numbers;

/// One operation of a worker, on rows that only it writes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    Insert,
    Upsert,
    Update,
    Delete,
    Get,
    List,
    /// Two rows in a transaction.
    Unit,
    /// Three rows in one call.
    Many,
}

/// What happens meanwhile.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// The connection is cut in front of that message.
    Cut(u64),
    /// The session is killed after a while.
    Kill(Duration),
    /// The call is dropped after a while.
    Leave(Duration),
    /// Somebody has the table's lock for longer than a statement may take.
    Lock,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) operation: Operation,
    /// Which of the worker's rows, counted round and round.
    pub(super) row: usize,
    pub(super) fault: Option<Fault>,
}

/// The steps of a worker.
pub(super) fn steps(seed: u64, worker: usize, number: usize) -> Vec<Step> {
    let mut numbers = Numbers(seed ^ (worker as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (0..number).map(|_| step(&mut numbers)).collect()
}

fn step(numbers: &mut Numbers) -> Step {
    use Operation::{Delete, Get, Insert, List, Many, Unit, Update, Upsert};
    let operations = [
        Insert, Insert, Upsert, Update, Update, Delete, Get, List, Unit, Unit, Many,
    ];
    Step {
        operation: operations[numbers.below(operations.len())],
        row: numbers.below(1_000),
        fault: (numbers.below(4) == 0).then(|| fault(numbers)),
    }
}

fn fault(numbers: &mut Numbers) -> Fault {
    let mut while_it_runs = || Duration::from_micros(numbers.below(6_000) as u64);
    let (kill, leave) = (while_it_runs(), while_it_runs());
    match numbers.below(20) {
        0..=8 => Fault::Cut(numbers.below(24) as u64 + 1),
        9..=13 => Fault::Kill(kill),
        14..=18 => Fault::Leave(leave),
        _ => Fault::Lock,
    }
}
