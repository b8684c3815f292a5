//! `fail`: a claimed row that its holder could not do. It is tried again later, or given up.

use crate::model::{Queue, Table};
use crate::statement::builder::{Parameters, changed_row};
use crate::statement::queue::rows::{after, assigned, changed, cut, either, given_up, held, retreat};

pub(super) fn fail(table: &Table, queue: &Queue) -> String {
    let mut parameters = Parameters::of(table);
    let conditions = held(table, queue, &mut parameters);
    let time = after(&parameters.next());
    let changed = changed(table, &mut parameters);
    let reason = queue.reason.as_ref().map(|column| {
        let told = format!("{}::text", parameters.next());
        format!("{} = {}", column.sql_name(), cut(column, told))
    });
    let given_up = given_up(queue);
    let is_last = (!given_up.is_empty()).then(|| {
        let most = queue.max_attempts;
        let worn_out = most.map(|most| format!(" OR {} >= {most}", queue.attempts.sql_name()));
        format!("{}::boolean{}", parameters.next(), worn_out.unwrap_or_default())
    });
    let again = retreat(queue, queue.later(), &time);
    let mut sets = match is_last {
        Some(is_last) => either(&is_last, &given_up, &again),
        None => assigned(again),
    };
    sets.extend(reason);
    sets.extend(changed);
    changed_row(table, "fail", &sets, &conditions)
}
