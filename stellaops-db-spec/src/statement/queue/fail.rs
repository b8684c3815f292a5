//! `fail`: a claimed row that its holder could not do. It is tried again later, or given up.

use crate::model::{Queue, Table};
use crate::statement::builder::{Parameters, comment, field_list};
use crate::statement::queue::rows::{Set, after, changed, given_up, held, retreat};

pub(super) fn fail(table: &Table, queue: &Queue) -> String {
    let mut parameters = Parameters::of(table);
    let conditions = held(table, queue, &mut parameters);
    let time = after(&parameters.next());
    let changed = changed(table, &mut parameters);
    let reason = queue.reason.as_ref().map(|column| {
        let told = parameters.next();
        let told = match column.max_length {
            Some(most) => format!("left({told}::text, {most})"),
            None => told,
        };
        format!("{} = {told}", column.sql_name())
    });
    let given_up = given_up(queue);
    let is_last = (!given_up.is_empty()).then(|| {
        let most = queue.max_attempts;
        let worn_out = most.map(|most| format!(" OR {} >= {most}", queue.attempts.sql_name()));
        format!("{}::boolean{}", parameters.next(), worn_out.unwrap_or_default())
    });
    let mut sets = either(is_last.as_deref(), given_up, retreat(queue, queue.later(), &time));
    sets.extend(reason);
    sets.extend(changed);
    format!(
        "{}UPDATE {} SET {} WHERE {} RETURNING {}",
        comment(table, "fail"),
        table.sql_name(),
        sets.join(", "),
        conditions.join(" AND "),
        field_list(table)
    )
}

/// `"a" = CASE WHEN <is last> THEN <given up> ELSE <tried again> END`; a column that one of the two leaves alone
/// keeps its value there.
fn either(is_last: Option<&str>, given_up: Vec<Set>, again: Vec<Set>) -> Vec<String> {
    let Some(is_last) = is_last else {
        return super::rows::assigned(again);
    };
    let expression = |sets: &[Set], name: &str| {
        let mut found = sets.iter().filter(|(column, _)| column.name == name);
        found.next().map(|(_, expression)| expression.clone())
    };
    let only_again = again
        .iter()
        .filter(|(column, _)| expression(&given_up, &column.name).is_none());
    given_up
        .iter()
        .chain(only_again)
        .map(|(column, _)| {
            let name = column.sql_name();
            let side = |sets: &[Set]| expression(sets, &column.name).unwrap_or_else(|| name.clone());
            let (last, again) = (side(&given_up), side(&again));
            match last == again {
                true => format!("{name} = {last}"),
                false => format!("{name} = CASE WHEN {is_last} THEN {last} ELSE {again} END"),
            }
        })
        .collect()
}
