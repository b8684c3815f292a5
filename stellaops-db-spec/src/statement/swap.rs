//! `compare_and_swap`. Parameters: tenant, key, the value expected, the new value, touched columns;
//! with a patch: then mask and patchable columns.

use std::sync::Arc;

use crate::model::{Column, Table};
use crate::statement::builder::{
    Parameters, changed_row, masked, next_version, not_deleted, touched, written_row,
};

/// The two forms of compare-and-swap on one column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SwapStatement {
    /// The column.
    pub column: String,
    /// The column alone.
    pub swap: String,
    /// The column, and a patch in the same statement; none where nothing can be patched.
    pub swap_with_patch: Option<String>,
}

pub(super) fn swap(table: &Table, column: &Column) -> SwapStatement {
    let patchable = !table.patchable().is_empty();
    SwapStatement {
        column: column.name.clone(),
        swap: statement(table, column, false),
        swap_with_patch: patchable.then(|| statement(table, column, true)),
    }
}

fn statement(table: &Table, column: &Column, with_patch: bool) -> String {
    let mut parameters = Parameters::of(table);
    let mut conditions = written_row(table, &mut parameters);
    let (expected, new) = (parameters.next(), parameters.next());
    conditions.push(format!("{} = {expected}", column.sql_name()));
    conditions.extend(not_deleted(table));
    let mut sets = vec![format!("{} = {new}", column.sql_name())];
    sets.extend(released_lease(table, column, &new));
    sets.extend(touched(table, &mut parameters));
    sets.extend(next_version(table));
    if with_patch {
        // With the sign behind it: `status` begins `status_reason` too.
        let own = format!("{} =", column.sql_name());
        let patched = masked(table, &mut parameters);
        sets.extend(patched.into_iter().filter(|set| !set.starts_with(&own)));
    }
    let verb = format!(
        "compare_and_swap_{}{}",
        column.name,
        if with_patch { "_with_patch" } else { "" }
    );
    changed_row(table, &verb, &sets, &conditions)
}

/// A row of a queue that is no longer running is nobody's, nor is one of a recurring queue whose time was moved.
fn released_lease(table: &Table, column: &Column, new: &str) -> Vec<String> {
    let Some(queue) = &table.queue else {
        return Vec::new();
    };
    let is_swapped = |other: Option<&Arc<Column>>| other.is_some_and(|other| other.name == column.name);
    let lease = [&queue.lease_expires_at, &queue.leased_by].map(|column| column.sql_name());
    let sets = match &queue.steps {
        Some(steps) if is_swapped(Some(&steps.status)) => lease.map(|lease| {
            format!(
                "{lease} = CASE WHEN {new}::{} = {} THEN {lease} END",
                column.column_type.sql(),
                steps.literal(&steps.running)
            )
        }),
        None if is_swapped(queue.scheduled_for.as_ref()) => lease.map(|lease| format!("{lease} = NULL")),
        _ => return Vec::new(),
    };
    sets.into()
}
