//! `claim`: first rows whose lease ran out, then ready ones in the queue's order. Locked rows are passed over,
//! so that workers never wait for each other. Rows whose last attempt ran out are found as well, and given up. The
//! same statement makes those ready whose time has come: they stand in the order of the next claim.

use crate::model::{Index, Queue, Table};
use crate::statement::builder::{Parameters, comment, field_list, writable_tenant};
use crate::statement::queue::rows::{
    Set, after, assigned, changed, cut, due, either, expired, fields, given_up, is, is_worn_out, key, locked,
    order_by, ready,
};

/// The numbers of the parameters that every claim has.
pub(super) struct Claim {
    pub(super) worker: String,
    pub(super) lease: String,
    pub(super) limit: String,
}

impl Claim {
    pub(super) fn take(parameters: &mut Parameters) -> Self {
        Claim {
            worker: parameters.next(),
            lease: parameters.next(),
            limit: format!("{}::bigint", parameters.next()),
        }
    }

    /// What the rows that were found become: claimed, or given up where a lease ran out in the last attempt.
    pub(super) fn sets(&self, queue: &Queue, changed: &[String]) -> String {
        let mut claimed = vec![
            (queue.leased_by.clone(), self.worker.clone()),
            (queue.lease_expires_at.clone(), after(&self.lease)),
            (
                queue.attempts.clone(),
                format!("{} + 1", queue.attempts.sql_name()),
            ),
        ];
        let steps = queue.steps.as_ref();
        claimed.extend(steps.map(|steps| (steps.status.clone(), steps.literal(&steps.running))));
        let mut sets = match is_worn_out(queue) {
            Some(is_worn_out) => either(&is_worn_out, &worn_out(queue), &claimed),
            None => assigned(claimed),
        };
        sets.extend(changed.iter().cloned());
        sets.join(", ")
    }
}

/// So many waiting rows a claim makes ready, though it claims fewer: a worker that claims one row at a time is not to
/// see the others one by one.
const AT_ONCE: u32 = 100;

/// The rows whose time has come, made ready: parts of a claim's `WITH`. None where no row waits.
pub(super) struct Woken(Vec<String>);

impl Woken {
    /// Of one tenant, or across tenants.
    pub(super) fn of(table: &Table, queue: &Queue, claim: &Claim, changed: &[String], across: bool) -> Self {
        let parts = Woken::parts_of(table, queue, claim, changed, across);
        Woken(parts.map(Vec::from).unwrap_or_default())
    }

    fn parts_of(
        table: &Table,
        queue: &Queue,
        claim: &Claim,
        changed: &[String],
        across: bool,
    ) -> Option<[String; 2]> {
        let (steps, time) = (queue.steps.as_ref()?, queue.scheduled_for.as_ref()?);
        let tenant = writable_tenant(table).filter(|_| !across);
        let conditions: Vec<String> = tenant.into_iter().chain(due(table, queue)?).collect();
        let columns = key(table, across).join(", ");
        let limit = format!("greatest({}, {AT_ONCE})", claim.limit);
        let sets: Vec<String> = std::iter::once(is(steps, &steps.ready))
            .chain(changed.iter().cloned())
            .collect();
        Some([
            format!(
                "due AS MATERIALIZED ({})",
                locked(table, &columns, &conditions, &time.sql_name(), &limit)
            ),
            format!(
                "woken AS (UPDATE {} AS relation SET {} {} RETURNING 1)",
                table.sql_name(),
                sets.join(", "),
                among(table, &["due"], across)
            ),
        ])
    }

    pub(super) fn parts(&self) -> Vec<String> {
        self.0.clone()
    }

    /// The rows of `claimed`, with the number of those made ready behind them. Where some wait there is always a row,
    /// so that the number is told of a claim that found nothing.
    pub(super) fn told(&self, table: &Table, order: &str) -> String {
        match self.0.is_empty() {
            true => format!(
                "SELECT {}, 0::bigint FROM claimed ORDER BY {order}",
                field_list(table)
            ),
            false => format!(
                "SELECT {}, (SELECT count(*) FROM woken) FROM (VALUES (true)) AS always (told) LEFT JOIN claimed ON always.told ORDER BY {order}",
                field_list(table)
            ),
        }
    }
}

/// A row whose worker vanished in its last attempt, as nobody can ask the worker.
fn worn_out(queue: &Queue) -> Vec<Set> {
    let mut sets = given_up(queue);
    let reason = queue.reason.clone().map(|column| {
        let told = format!(
            "'no worker ended it in ' || {} || ' attempts; the last one, ' || {} || ', let its lease run out'",
            queue.attempts.sql_name(),
            queue.leased_by.sql_name()
        );
        let told = cut(&column, told);
        (column, told)
    });
    sets.extend(reason);
    sets
}

pub(super) fn claim(table: &Table, queue: &Queue, order: &Index) -> String {
    let mut parameters = Parameters::of(table);
    let claim = Claim::take(&mut parameters);
    let changed = changed(table, &mut parameters);
    let woken = Woken::of(table, queue, &claim, &changed, false);
    let mut parts = woken.parts();
    let mut found = Vec::new();
    let columns = key(table, false).join(", ");
    let mut pick = |name: &'static str, conditions: Vec<String>, order: &str, limit: &str| {
        let conditions: Vec<String> = writable_tenant(table).into_iter().chain(conditions).collect();
        let rows = locked(table, &columns, &conditions, order, limit);
        parts.push(format!("{name} AS MATERIALIZED ({rows})"));
        found.push(name);
    };
    let mut rest = claim.limit.clone();
    if let Some(conditions) = expired(table, queue) {
        pick(
            "expired",
            conditions,
            &queue.lease_expires_at.sql_name(),
            &claim.limit,
        );
        rest = format!("{rest} - (SELECT count(*) FROM expired)");
    }
    pick("ready", ready(table, queue, order), &order_by(order), &rest);
    parts.push(format!(
        "claimed AS (UPDATE {} AS relation SET {} {} RETURNING {})",
        table.sql_name(),
        claim.sets(queue, &changed),
        among(table, &found, false),
        fields(table, "relation")
    ));
    format!(
        "{}WITH {} {}",
        comment(table, "claim"),
        parts.join(", "),
        woken.told(table, &order_by(order))
    )
}

/// `WHERE` the row is among those that were found.
///
/// The planner cannot know how few those are: it takes a tenth of all for granted and would join them with the
/// whole table. An array it takes for ten rows, which it finds by the key.
fn among(table: &Table, found: &[&str], across: bool) -> String {
    let key = key(table, across);
    let tenant = writable_tenant(table).filter(|_| !across);
    let [column] = key.as_slice() else {
        return joined(found, &[], &key, tenant);
    };
    let any = format!("relation.{column} = ANY ({})", of_all(found, column));
    let conditions: Vec<String> = tenant.into_iter().chain([any]).collect();
    format!("WHERE {}", conditions.join(" AND "))
}

/// `FROM` those that were found, with what they carry beside their key, `WHERE` the row is one of them.
pub(super) fn joined(found: &[&str], carried: &[String], key: &[String], tenant: Option<String>) -> String {
    let columns: Vec<&str> = carried.iter().chain(key).map(String::as_str).collect();
    let arrays = columns.iter().map(|column| of_all(found, column));
    let same = key
        .iter()
        .map(|column| format!("relation.{column} = found.{column}"));
    let conditions: Vec<String> = tenant.into_iter().chain(same).collect();
    format!(
        "FROM unnest({}) AS found ({}) WHERE {}",
        arrays.collect::<Vec<_>>().join(", "),
        columns.join(", "),
        conditions.join(" AND ")
    )
}

/// A column of all that were found, as an array.
fn of_all(found: &[&str], column: &str) -> String {
    let parts = found.iter().map(|part| format!("SELECT {column} FROM {part}"));
    format!("ARRAY({})", parts.collect::<Vec<_>>().join(" UNION ALL "))
}
