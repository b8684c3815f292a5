//! `claim_across`: as `claim`, of all tenants, fairly. The tenants that have work take turns, in the order of
//! their ids, from the one behind `after` on and around; each turn is an equal share of the rows asked for. A
//! tenant with a million rows waits as long for its next turn as one with a single row.

use crate::model::{Index, Queue, Table};
use crate::statement::builder::{Parameters, comment};
use crate::statement::queue::claim::{Claim, Woken, joined};
use crate::statement::queue::rows::{changed, expired, fields, key, locked, order_by, ready};

pub(super) fn claim_across(table: &Table, queue: &Queue, order: &Index) -> String {
    let mut parameters = Parameters::none();
    let claim = Claim::take(&mut parameters);
    let behind = format!("{}::text", parameters.next());
    let changed = changed(table, &mut parameters);
    let woken = Woken::of(table, queue, &claim, &changed, true);
    let work = Work::of(table, queue, order);
    let mut parts = woken.parts();
    parts.push(work.walk(table, "ahead", &behind, ""));
    parts.push(work.walk(
        table,
        "around",
        "''",
        &format!(" AND around.tenant_id <= {behind}"),
    ));
    parts.push(turns(&claim.limit, &behind));
    parts.push(work.picked(table, &claim.limit));
    parts.push(claimed(table, &claim.sets(queue, &changed)));
    format!(
        "{}WITH RECURSIVE {} {}",
        comment(table, "claim_across"),
        parts.join(", "),
        woken.told(table, &format!("place_in_turn, {}", order_by(order)))
    )
}

/// Where there is work: conditions and order of the rows whose lease ran out, and of the ready ones.
struct Work {
    sources: Vec<(Vec<String>, String)>,
}

impl Work {
    fn of(table: &Table, queue: &Queue, order: &Index) -> Self {
        let expired = expired(table, queue);
        let expired = expired.map(|conditions| (conditions, queue.lease_expires_at.sql_name()));
        let ready = (ready(table, queue, order), order_by(order));
        Work {
            sources: expired.into_iter().chain([ready]).collect(),
        }
    }

    /// The tenants with work behind one, each found by one look into an index: not one row of a tenant is read
    /// but its first.
    fn walk(&self, table: &Table, name: &str, start: &str, end: &str) -> String {
        format!(
            "{name} (tenant_id) AS (SELECT {} UNION ALL SELECT {} FROM {name} WHERE {name}.tenant_id IS NOT NULL{end})",
            self.next(table, start),
            self.next(table, &format!("{name}.tenant_id"))
        )
    }

    fn next(&self, table: &Table, behind: &str) -> String {
        let first = self.sources.iter().map(|(conditions, _)| {
            format!(
                "(SELECT relation.tenant_id FROM {} AS relation WHERE {} AND relation.tenant_id > {behind} ORDER BY relation.tenant_id LIMIT 1)",
                table.sql_name(),
                conditions.join(" AND ")
            )
        });
        // Of NULLs and a tenant this is the tenant.
        format!("least({})", first.collect::<Vec<_>>().join(", "))
    }

    /// The rows of each turn, up to the tenant's share of each kind.
    fn picked(&self, table: &Table, limit: &str) -> String {
        let columns = key(table, true).join(", ");
        let share = format!("(SELECT ceil({limit} / greatest(count(*), 1)::numeric)::bigint FROM turns)");
        let kinds = self.sources.iter().map(|(conditions, order)| {
            let tenant = "tenant_id = turn.of_tenant".to_string();
            let conditions: Vec<String> = std::iter::once(tenant)
                .chain(conditions.iter().cloned())
                .collect();
            // Rows can be locked within a part of a union, not by the part itself.
            format!(
                "SELECT * FROM ({}) AS found",
                locked(table, &columns, &conditions, order, &share)
            )
        });
        format!(
            "picked AS MATERIALIZED (SELECT turn.place_in_turn, found.* FROM (SELECT * FROM turns ORDER BY place_in_turn) AS turn CROSS JOIN LATERAL ({}) AS found LIMIT {limit})",
            kinds.collect::<Vec<_>>().join(" UNION ALL ")
        )
    }
}

/// Those behind the given tenant first, then those up to it; no more than there are rows to share out.
fn turns(limit: &str, behind: &str) -> String {
    format!(
        "turns (of_tenant, place_in_turn) AS MATERIALIZED (SELECT tenant_id, row_number() OVER (ORDER BY part, tenant_id) FROM ((SELECT 0 AS part, tenant_id FROM ahead WHERE tenant_id IS NOT NULL LIMIT {limit}) UNION ALL (SELECT 1, tenant_id FROM around WHERE tenant_id <= {behind} LIMIT {limit})) AS walked ORDER BY 2 LIMIT {limit})"
    )
}

fn claimed(table: &Table, sets: &str) -> String {
    let place = ["place_in_turn".to_string()];
    format!(
        "claimed AS (UPDATE {} AS relation SET {sets} {} RETURNING found.place_in_turn, {})",
        table.sql_name(),
        joined(&["picked"], &place, &key(table, true), None),
        fields(table, "relation")
    )
}
