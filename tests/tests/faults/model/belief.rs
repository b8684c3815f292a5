//! What must be there, must not be there, or may be there.

use std::collections::{BTreeMap, BTreeSet};

use stellaops_db::Outcome;
use uuid::Uuid;

/// A row's value; none where the row is not there.
pub(super) type State = Option<u32>;

/// What a worker knows of its rows: of each the states that it can be in. One that nobody knows of is not there.
#[derive(Debug, Default)]
pub(super) struct Beliefs {
    rows: BTreeMap<Uuid, BTreeSet<State>>,
    /// Rows that are written together, and are all there or none.
    units: Vec<Vec<Uuid>>,
}

impl Beliefs {
    /// Rows that are about to be written together for the first time.
    pub(super) fn begin(&mut self, ids: &[Uuid]) {
        self.rows
            .extend(ids.iter().map(|id| (*id, BTreeSet::from([None]))));
        self.units.push(ids.to_vec());
    }

    /// Rows that were to come into that state, and what was said of it.
    pub(super) fn told(&mut self, ids: &[Uuid], state: State, said: Result<(), Outcome>) {
        for id in ids {
            let states = self.rows.entry(*id).or_default();
            match said {
                Ok(()) => *states = BTreeSet::from([state]),
                Err(Outcome::Unknown) => drop(states.insert(state)),
                Err(Outcome::TryAgain | Outcome::Refused) => {}
            }
        }
    }

    /// A row that was read when nothing was on its way any more, and with it those of its unit.
    pub(super) fn seen(&mut self, id: Uuid, state: State) {
        let unit = self.units.iter().find(|unit| unit.contains(&id));
        for id in unit.into_iter().flatten() {
            let states = self.rows.entry(*id).or_default();
            assert!(
                states.contains(&state),
                "{id} is {state:?}, and can only be one of {states:?}"
            );
            *states = BTreeSet::from([state]);
        }
    }

    /// One of the rows, by a number; none where there are none. Only a row that is no part of a unit is written again.
    pub(super) fn pick(&self, number: usize, is_read: bool) -> Option<Uuid> {
        let units = self.units.iter().filter(|unit| is_read || unit.len() == 1);
        let rows: Vec<_> = units.flatten().copied().collect();
        rows.get(number % rows.len().max(1)).copied()
    }

    /// Whether it is one of the rows.
    pub(super) fn knows(&self, id: Uuid) -> bool {
        self.rows.contains_key(&id)
    }

    /// Compares all rows with those that are there.
    pub(super) fn check(&self, there: &BTreeMap<Uuid, State>) {
        for (id, states) in &self.rows {
            let state = there.get(id).copied().flatten();
            assert!(
                states.contains(&state),
                "{id} is {state:?}, and can only be one of {states:?}"
            );
        }
        for unit in &self.units {
            let number = unit.iter().filter(|id| there.contains_key(id)).count();
            assert!(
                [0, unit.len()].contains(&number),
                "{number} of {unit:?} are there"
            );
        }
    }
}
