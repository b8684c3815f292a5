//! `finish`: the last step of a claimed row, with a patch of its other columns, by the holder of the lease.

use crate::model::{Queue, QueueSteps, Table};
use crate::statement::builder::{Parameters, changed_row, masked};
use crate::statement::queue::rows::{assigned, changed, held, nobody};

pub(super) fn finish(table: &Table, queue: &Queue, steps: &QueueSteps) -> String {
    let mut parameters = Parameters::of(table);
    let conditions = held(table, queue, &mut parameters);
    let mut sets = vec![format!("{} = {}", steps.status.sql_name(), parameters.next())];
    sets.extend(assigned(nobody(queue)));
    sets.extend(changed(table, &mut parameters));
    let patched = masked(table, &mut parameters);
    sets.extend(patched.into_iter().map(|set| without_reason(queue, set)));
    changed_row(table, "finish", &sets, &conditions)
}

/// Why it failed last is of no interest any more, unless the patch says otherwise.
fn without_reason(queue: &Queue, set: String) -> String {
    let Some(reason) = queue.reason.as_ref().map(|column| column.sql_name()) else {
        return set;
    };
    match set.starts_with(&format!("{reason} =")) {
        true => set.replace(&format!("ELSE {reason} END"), "ELSE NULL END"),
        false => set,
    }
}
