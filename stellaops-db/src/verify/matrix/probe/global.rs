//! Tables without tenants.

use stellaops_db_spec::model::{Column, Table};

use super::step::steps;
use super::{Answer, Inserted, Probe, texts, typed};
use crate::verify::matrix::seed::Seed;
use crate::verify::matrix::verb::Verb;
use crate::verify::sample::Text;

/// All probes of a table without tenants: its one row, by its key.
pub(in crate::verify::matrix) fn probes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let key: Vec<&Column> = table.key.iter().map(AsRef::as_ref).collect();
    let conditions: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(place, column)| format!("{} = {}", column.sql_name(), typed(column, place + 1)))
        .collect();
    let is_row = conditions.join(" AND ");
    let values: Vec<Text> = key
        .iter()
        .map(|column| seed.row.get(&column.name).cloned().flatten())
        .collect();
    let nobodys = |verb: Verb, source: String, parameters: Vec<Text>| Probe {
        verb,
        sql: format!(
            "/* {verb} */ WITH reached AS ({source}) SELECT 0::bigint, 0::bigint, 0::bigint, count(*) FROM reached"
        ),
        parameters: texts(parameters).collect(),
        answer: Answer::Counted,
    };
    let written = table
        .inserted()
        .first()
        .map(|column| column.sql_name())
        .unwrap_or_default();
    let inserted = Inserted::of(table, &seed.new, 0);
    let insert = format!(
        "INSERT INTO {relation} ({}) VALUES ({}) ON CONFLICT DO NOTHING RETURNING true",
        inserted.columns, inserted.values
    );
    let update = |set: &str| format!("UPDATE {relation} SET {set} WHERE {is_row} RETURNING true");
    let steps = steps(table, &seed.row).into_iter();
    let steps = steps.map(|(verb, set)| nobodys(verb, update(&set), values.clone()));
    let mut all = vec![
        nobodys(
            Verb::Read,
            format!("SELECT FROM {relation} WHERE {is_row}"),
            values.clone(),
        ),
        nobodys(Verb::Insert, insert, inserted.parameters),
        nobodys(
            Verb::Update,
            update(&format!("{written} = {written}")),
            values.clone(),
        ),
        nobodys(
            Verb::Delete,
            format!("DELETE FROM {relation} WHERE {is_row} RETURNING true"),
            values.clone(),
        ),
    ];
    all.extend(steps);
    all
}
