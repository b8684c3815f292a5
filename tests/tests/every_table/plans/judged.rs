//! What a plan is to look like.

use serde_json::Value as Json;
use stellaops_db_spec::model::{Index, Scope, Table, Tenancy};

use super::captured::Plan;

/// Orders whose page behind a cursor the planner may read from the index that serves reads across tenants. It estimates a
/// comparison of rows by their first column alone, and of `issuer_tenant_id`, which has two values, it then expects that no
/// row is less: every index looks as good.
const ESTIMATED_BY_ONE_COLUMN: [(&str, &str); 1] = [("issuer.trust_overrides", "by_issuer")];

/// Orders whose page may be sorted from all of the tenant's rows, a thousand here. The planner takes the statement's
/// own condition on the tenant and the policy's, which names everybody's as well, for two that have nothing to do with
/// each other, and expects a fiftieth of the rows: ten, fewer than a page.
const ESTIMATED_TOO_LOW: [(&str, &str); 1] = [("issuer.issuers", "by_slug")];

/// What a read may take.
pub(super) struct Expected {
    /// Whether each index is entered by the tenant: its condition begins with it.
    leads_with_tenant: bool,
    /// The columns that the condition of an index names.
    columns: Vec<String>,
    /// How many rows a scan may read, those that it filters out among them, and a sort may put in order.
    few: f64,
}

impl Expected {
    /// One row. More than one index may hold the columns of a key, and then in any order.
    pub(super) fn of_key(table: &Table) -> Self {
        Expected {
            leads_with_tenant: false,
            columns: tenant(table).into_iter().collect(),
            few: 20.0,
        }
    }

    /// A page. An index that holds the order among more rows may serve as well, where few of them are others.
    pub(super) fn of_order(table: &Table, index: &Index, limit: u32) -> Self {
        let is_own = index.scope == Scope::Tenant;
        // What a partial index promises is no condition of its scan.
        let partial = index.condition.as_deref().unwrap_or_default();
        // Of a partition with a few of the rows every index is as good.
        let pins = index.pinned.iter().filter(|_| table.partition.is_none());
        let pins = pins.filter(|pin| !partial.contains(&pin.name));
        let own = tenant(table).filter(|_| is_own);
        let pins = pins.map(|pin| pin.name.clone());
        Expected {
            leads_with_tenant: is_own
                && matches!(table.tenancy, Tenancy::Tenant | Tenancy::Registry)
                && !ESTIMATED_BY_ONE_COLUMN.contains(&(&table.qualified(), &index.name)),
            columns: own.into_iter().chain(pins).collect(),
            few: match ESTIMATED_TOO_LOW.contains(&(&table.qualified(), &index.name)) {
                true => 1_000.0,
                false => f64::max(200.0, 4.0 * f64::from(limit + 1)),
            },
        }
    }
}

fn tenant(table: &Table) -> Option<String> {
    let column = table.tenant_column().filter(|_| table.tenancy != Tenancy::Global);
    column.map(|column| column.name.clone())
}

/// What is wrong with a plan: scans of indexes, the tenant first in the condition and every pin in it, no table as a
/// whole, and a few pages read at most. Where the planner expects that a range holds about a page it may fetch all of it
/// and sort it; and what a list of a tenant's rows and everybody's merges is two pages.
pub(super) fn fault(table: &Table, read: &str, expected: &Expected, plan: &Plan) -> Option<String> {
    let reason = reason(expected, &plan.nodes)?;
    let (table, text) = (table.qualified(), &plan.text);
    Some(format!("{table} {read}: {reason}\n{text}\n{:#}", plan.nodes[0]))
}

fn reason(expected: &Expected, nodes: &[Json]) -> Option<String> {
    if !nodes.iter().any(|node| node["Index Name"].is_string()) {
        return Some("reads no index".into());
    }
    nodes.iter().find_map(|node| expected.fault_of(node))
}

impl Expected {
    fn fault_of(&self, node: &Json) -> Option<String> {
        let kind = text(node, "Node Type");
        let rows = [&node["Actual Rows"], &node["Rows Removed by Filter"]];
        let rows: f64 = rows.into_iter().filter_map(Json::as_f64).sum();
        match kind {
            // A partition that has none of the rows can be looked at in any way.
            _ if rows == 0.0 => None,
            "Seq Scan" => Some("reads a table as a whole".into()),
            _ if (kind.ends_with("Scan") || kind.ends_with("Sort")) && rows > self.few => {
                Some(format!("is a {kind} of {rows} rows"))
            }
            _ if node["Index Name"].is_string() => self.fault_of_condition(text(node, "Index Cond")),
            _ => None,
        }
    }

    fn fault_of_condition(&self, condition: &str) -> Option<String> {
        if self.leads_with_tenant && !condition.trim_start_matches('(').starts_with("tenant_id = ") {
            return Some(format!("does not begin with the tenant: {condition}"));
        }
        let missing = self
            .columns
            .iter()
            .find(|column| !condition.contains(column.as_str()))?;
        Some(format!("does not name {missing}: {condition}"))
    }
}

fn text<'a>(node: &'a Json, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_default()
}
