//! `claim`: first rows whose lease ran out, then ready ones in the queue's order. Locked rows are passed over,
//! so that workers never wait for each other. The same statement gives up the rows whose last attempt ran out,
//! and makes those ready whose time has come: they stand in the order of the next claim.

use crate::model::{Index, Queue, Table};
use crate::statement::builder::{Parameters, comment, field_list, writable_tenant};
use crate::statement::queue::rows::{
    Set, after, assigned, changed, due, exhausted, expired, fields, given_up, is, key, locked, order_by,
    ready,
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

    /// What claimed rows become.
    pub(super) fn sets(&self, queue: &Queue, changed: &[String]) -> String {
        let status = queue.steps.as_ref().map(|steps| is(steps, &steps.running));
        let lease = [
            format!("{} = {}", queue.leased_by.sql_name(), self.worker),
            format!("{} = {}", queue.lease_expires_at.sql_name(), after(&self.lease)),
            format!("{0} = {0} + 1", queue.attempts.sql_name()),
        ];
        status
            .into_iter()
            .chain(lease)
            .chain(changed.iter().cloned())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// What a claim does beside claiming, as parts of its `WITH`.
pub(super) struct Chores {
    pub(super) parts: Vec<String>,
    has_woken: bool,
    has_exhausted: bool,
}

impl Chores {
    /// Of one tenant, or across tenants.
    pub(super) fn of(table: &Table, queue: &Queue, claim: &Claim, changed: &[String], across: bool) -> Self {
        let woken = woken(table, queue);
        let exhausted = exhausted(table, queue).map(|conditions| Chore {
            found: "lost",
            done: "exhausted",
            conditions,
            order: queue.lease_expires_at.sql_name(),
            sets: assigned(worn_out(queue)),
        });
        Chores {
            has_woken: woken.is_some(),
            has_exhausted: exhausted.is_some(),
            parts: woken
                .into_iter()
                .chain(exhausted)
                .flat_map(|chore| chore.parts(table, &claim.limit, changed, across))
                .collect(),
        }
    }

    /// The rows of `claimed`, with the numbers of the chores behind them. Where there are chores there is always
    /// a row, so that the numbers are told of a claim that found nothing.
    pub(super) fn told(&self, table: &Table, order: &str) -> String {
        let number = |is: bool, part: &str| match is {
            true => format!("(SELECT count(*) FROM {part})"),
            false => "0::bigint".into(),
        };
        let numbers = format!(
            "{}, {}",
            number(self.has_woken, "woken"),
            number(self.has_exhausted, "exhausted")
        );
        match self.parts.is_empty() {
            true => format!(
                "SELECT {}, {numbers} FROM claimed ORDER BY {order}",
                field_list(table)
            ),
            false => format!(
                "SELECT {}, {numbers} FROM (VALUES (true)) AS always (told) LEFT JOIN claimed ON always.told ORDER BY {order}",
                field_list(table)
            ),
        }
    }
}

/// So many rows a chore changes in one claim, though fewer are claimed.
const AT_ONCE: u32 = 100;

/// Rows that are found, locked and changed.
struct Chore {
    found: &'static str,
    done: &'static str,
    conditions: Vec<String>,
    order: String,
    sets: Vec<String>,
}

impl Chore {
    fn parts(self, table: &Table, limit: &str, changed: &[String], across: bool) -> [String; 2] {
        let tenant = writable_tenant(table).filter(|_| !across);
        let conditions: Vec<String> = tenant.into_iter().chain(self.conditions).collect();
        let columns = key(table, across).join(", ");
        // A worker that claims one row at a time is not to see the others one by one.
        let limit = format!("greatest({limit}, {AT_ONCE})");
        let sets: Vec<String> = self.sets.into_iter().chain(changed.iter().cloned()).collect();
        [
            format!(
                "{} AS MATERIALIZED ({})",
                self.found,
                locked(table, &columns, &conditions, &self.order, &limit)
            ),
            format!(
                "{} AS (UPDATE {} AS relation SET {} {} RETURNING 1)",
                self.done,
                table.sql_name(),
                sets.join(", "),
                among(table, &[self.found], across)
            ),
        ]
    }
}

fn woken(table: &Table, queue: &Queue) -> Option<Chore> {
    let (steps, time) = (queue.steps.as_ref()?, queue.scheduled_for.as_ref()?);
    Some(Chore {
        found: "due",
        done: "woken",
        conditions: due(table, queue)?,
        order: time.sql_name(),
        sets: vec![is(steps, &steps.ready)],
    })
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
        let told = match column.max_length {
            Some(most) => format!("left({told}, {most})"),
            None => told,
        };
        (column, told)
    });
    sets.extend(reason);
    sets
}

pub(super) fn claim(table: &Table, queue: &Queue, order: &Index) -> String {
    let mut parameters = Parameters::of(table);
    let claim = Claim::take(&mut parameters);
    let changed = changed(table, &mut parameters);
    let chores = Chores::of(table, queue, &claim, &changed, false);
    let mut parts = chores.parts.clone();
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
        chores.told(table, &order_by(order))
    )
}

/// `WHERE` the row is among those that were found.
///
/// The planner cannot know how few those are: it takes a tenth of all for granted and would join them with the
/// whole table. An array it takes for ten rows, which it finds by the key.
fn among(table: &Table, found: &[&str], across: bool) -> String {
    let columns = key(table, across);
    let tenant = writable_tenant(table).filter(|_| !across);
    let picked = |column: &String| {
        let parts = found.iter().map(|part| format!("SELECT {column} FROM {part}"));
        format!("ARRAY({})", parts.collect::<Vec<_>>().join(" UNION ALL "))
    };
    if let [column] = columns.as_slice() {
        let any = format!("relation.{column} = ANY ({})", picked(column));
        let conditions: Vec<String> = tenant.into_iter().chain([any]).collect();
        return format!("WHERE {}", conditions.join(" AND "));
    }
    let same = columns
        .iter()
        .map(|column| format!("relation.{column} = found.{column}"));
    let conditions: Vec<String> = tenant.into_iter().chain(same).collect();
    format!(
        "FROM unnest({}) AS found ({}) WHERE {}",
        columns.iter().map(picked).collect::<Vec<_>>().join(", "),
        columns.join(", "),
        conditions.join(" AND ")
    )
}
