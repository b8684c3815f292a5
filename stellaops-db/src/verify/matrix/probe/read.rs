//! What is read.

use std::sync::Arc;

use stellaops_db_spec::model::{Column, Table, quote_identifier};

use super::{ALL, Probe, own_key};
use crate::verify::catalog::View;
use crate::verify::matrix::seed::Seed;
use crate::verify::matrix::verb::Verb;

pub(super) fn probes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let (by_key, key) = own_key(table, &seed.row);
    let order: Vec<String> = table.key.iter().map(|column| column.sql_name()).collect();
    let counts = ["$1", "$2", "$3", "'@global'"]
        .map(|tenant| format!("(SELECT count(*) FROM {relation} WHERE tenant_id = {tenant})"));
    let counting = |verb, source: String, values| Probe::counting(verb, &seed.tenants, &source, values);
    vec![
        counting(
            Verb::Read,
            format!("SELECT tenant_id FROM {relation} WHERE {by_key}"),
            key,
        ),
        counting(
            Verb::List,
            format!(
                "SELECT tenant_id FROM {relation} WHERE {ALL} ORDER BY {} LIMIT 100",
                order.join(", ")
            ),
            Vec::new(),
        ),
        Probe::of(
            Verb::Count,
            &seed.tenants,
            format!("/* count */ SELECT {}", counts.join(", ")),
            Vec::new(),
        ),
        counting(Verb::Join, joined(table, seed), Vec::new()),
        counting(
            Verb::Claim,
            format!("SELECT tenant_id FROM {relation} WHERE {ALL} LIMIT 100 FOR UPDATE SKIP LOCKED"),
            Vec::new(),
        ),
    ]
}

/// With the first parent that the row has, else with itself. Whose rows come together is told of both sides; nobody's
/// parents are everybody's.
fn joined(table: &Table, seed: &Seed) -> String {
    let relation = table.sql_name();
    let all = ALL.replace("tenant_id", "child.tenant_id");
    let of_both = |parent: &str, has_tenant: bool, on: &str| {
        let tenants = match has_tenant {
            true => "unnest(ARRAY[child.tenant_id, nullif(parent.tenant_id, '@global')])",
            false => "child.tenant_id",
        };
        format!(
            "SELECT DISTINCT {tenants} AS tenant_id FROM {relation} AS child JOIN {parent} AS parent ON {on} WHERE {all}"
        )
    };
    let has_parent = table.references.iter().find(|reference| {
        let is_filled = |column: &Arc<Column>| seed.row.get(&column.name).is_some_and(Option::is_some);
        seed.parents.contains_key(&reference.parent) && reference.columns.iter().all(is_filled)
    });
    let Some(reference) = has_parent else {
        return of_both(&relation, true, "parent.tenant_id = child.tenant_id");
    };
    let pairs = reference.columns.iter().zip(&reference.parent_columns);
    let on: Vec<String> = pairs
        .map(|(own, parent)| format!("parent.{} = child.{}", quote_identifier(parent), own.sql_name()))
        .collect();
    let parent = format!(
        "{}.{}",
        quote_identifier(&reference.parent_schema),
        quote_identifier(&reference.parent)
    );
    of_both(&parent, reference.parent_tenancy.has_tenant(), &on.join(" AND "))
}

/// Reads a relation that has the tenant's column: a partition, or a view.
pub(in crate::verify::matrix) fn relation(verb: Verb, seed: &Seed, relation: &str) -> Probe {
    let source = format!("SELECT tenant_id FROM {relation} WHERE {ALL}");
    Probe::counting(verb, &seed.tenants, &source, Vec::new())
}

/// The relation of a view.
pub(in crate::verify::matrix) fn view(view: &View) -> String {
    format!(
        "{}.{}",
        quote_identifier(&view.schema),
        quote_identifier(&view.name)
    )
}
