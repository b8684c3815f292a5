//! What is written.

use stellaops_db_spec::model::{ColumnRole, Table};

use super::step::steps;
use super::{ALL, Inserted, Probe, TENANTS, own_key};
use crate::verify::matrix::seed::Seed;
use crate::verify::matrix::verb::Verb;
use crate::verify::sample::{Sample, Text};

/// New rows. None but one answers them: a policy for reading is asked of what is answered, and would hide that the one
/// for writing asks nothing.
pub(super) fn inserts(table: &Table, seed: &Seed) -> Vec<Probe> {
    let target: Vec<String> = table.key.iter().map(|column| column.sql_name()).collect();
    let or_update = format!(
        " ON CONFLICT ({}) DO UPDATE SET tenant_id = EXCLUDED.tenant_id",
        target.join(", ")
    );
    let mut all = vec![
        insert(table, Verb::Insert, &seed.new, ""),
        returning(table, seed),
        insert(table, Verb::Upsert, &seed.new, &or_update),
        many(table, seed),
    ];
    if table.own_key().iter().any(|column| column.is_inserted()) {
        let taken = with_taken_keys(table, seed);
        all.push(insert(
            table,
            Verb::InsertTakenKey,
            &taken,
            " ON CONFLICT DO NOTHING",
        ));
    }
    if let Some(misled) = &seed.misled {
        all.push(insert(table, Verb::InsertUnderForeignParent, misled, ""));
    }
    all
}

fn insert(table: &Table, verb: Verb, row: &Sample, conflict: &str) -> Probe {
    let inserted = Inserted::of(table, row, 0);
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({}){conflict}",
        table.sql_name(),
        inserted.columns,
        inserted.values
    );
    Probe::writing(verb, &sql, inserted.parameters)
}

fn returning(table: &Table, seed: &Seed) -> Probe {
    let inserted = Inserted::of(table, &seed.new, TENANTS);
    let source = format!(
        "INSERT INTO {} ({}) VALUES ({}) RETURNING tenant_id",
        table.sql_name(),
        inserted.columns,
        inserted.values
    );
    Probe::counting(Verb::InsertReturning, &seed.tenants, &source, inserted.parameters)
}

/// The third tenant's row, with the first one's values in every key, but for those that point at a parent.
fn with_taken_keys(table: &Table, seed: &Seed) -> Sample {
    let mut taken = seed.new.clone();
    let references = table.references.iter();
    let pointing = references.flat_map(|reference| reference.columns.iter().chain(&reference.parent_tenant));
    let pointing: Vec<&str> = pointing.map(|column| column.name.as_str()).collect();
    let unique = table.unique_keys.iter().flat_map(|key| &key.columns);
    for column in table.own_key().into_iter().chain(unique) {
        if column.is_inserted() && !pointing.contains(&column.name.as_str()) {
            taken.insert(column.name.clone(), seed.row.get(&column.name).cloned().flatten());
        }
    }
    taken
}

/// A row of the third tenant, and the same one as the first tenant's.
fn many(table: &Table, seed: &Seed) -> Probe {
    let inserted = Inserted::of(table, &seed.new, 2);
    let columns: Vec<String> = table
        .inserted()
        .into_iter()
        .map(|column| match column.role {
            ColumnRole::Tenant => "whose.tenant_id".to_owned(),
            _ => format!("made.{}", column.sql_name()),
        })
        .collect();
    let sql = format!(
        "INSERT INTO {relation} ({names}) SELECT {} FROM (VALUES ({})) AS made ({names}) CROSS JOIN (VALUES ($1), ($2)) AS whose (tenant_id)",
        columns.join(", "),
        inserted.values,
        relation = table.sql_name(),
        names = inserted.columns,
    );
    let whose = [&seed.tenants.third, &seed.tenants.first];
    let parameters = whose.into_iter().cloned().map(Some).chain(inserted.parameters);
    Probe::writing(Verb::InsertMany, &sql, parameters.collect())
}

/// Rows that are there.
pub(super) fn changes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let (by_key, key) = own_key(table, &seed.row);
    let counting = |verb, source: String, values: &[Text]| {
        Probe::counting(verb, &seed.tenants, &source, values.to_vec())
    };
    let update = |set: &str, rows: &str| {
        format!("UPDATE {relation} SET tenant_id = {set} WHERE {rows} RETURNING tenant_id")
    };
    let steps = steps(table, &seed.row).into_iter();
    let steps = steps.map(|(verb, step)| {
        let source = format!("UPDATE {relation} SET {step} WHERE {by_key} RETURNING tenant_id");
        counting(verb, source, &key)
    });
    let mut all = vec![
        counting(Verb::Update, update("tenant_id", &by_key), &key),
        counting(Verb::UpdateReturning, update("tenant_id", ALL), &[]),
        Probe::writing(
            Verb::UpdateBlind,
            &format!("UPDATE {relation} SET tenant_id = $1"),
            vec![Some(seed.tenants.second.clone())],
        ),
        Probe::writing(Verb::DeleteBlind, &format!("DELETE FROM {relation}"), Vec::new()),
        counting(Verb::Move, update("$2", &by_key), &key),
        counting(
            Verb::MoveBindingAgain,
            update("$2::text::stellaops.tenant::text", &by_key),
            &key,
        ),
        counting(
            Verb::Delete,
            format!("DELETE FROM {relation} WHERE {by_key} RETURNING tenant_id"),
            &key,
        ),
        counting(
            Verb::DeleteReturning,
            format!("DELETE FROM {relation} WHERE {ALL} RETURNING tenant_id"),
            &[],
        ),
    ];
    all.extend(steps);
    all
}
