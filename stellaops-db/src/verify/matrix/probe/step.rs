//! Steps of a status, from the one that the row has: those that the specs allow, and all others.

use stellaops_db_spec::model::{Column, Table};

use crate::verify::matrix::verb::Verb;
use crate::verify::sample::{Sample, stored};

/// Each step with what an UPDATE sets. Of facts, which do not change at all, there is none.
pub(super) fn steps(table: &Table, row: &Sample) -> Vec<(Verb, String)> {
    if table.append_only {
        return Vec::new();
    }
    let statuses = table.statuses().into_iter();
    statuses.flat_map(|column| of_status(column, row)).collect()
}

fn of_status(column: &Column, row: &Sample) -> Vec<(Verb, String)> {
    let (Some(declared), Some(Some(held))) = (column.declared_enum(), row.get(&column.name)) else {
        return Vec::new();
    };
    let values = || declared.values.iter();
    let Some(from) = values().find(|value| stored(declared, &value.name) == *held) else {
        return Vec::new();
    };
    let is_legal = |to: &String| {
        let mut leaving = declared.transitions.iter().filter(|step| step.from == from.name);
        leaving.any(|step| step.to.contains(to))
    };
    let others = values().filter(|value| value.name != from.name);
    others
        .map(|to| {
            let verb = if is_legal(&to.name) {
                Verb::Step
            } else {
                Verb::StepIllegally
            };
            (
                verb,
                format!("{} = {}", column.sql_name(), declared.sql_literal(to)),
            )
        })
        .collect()
}
