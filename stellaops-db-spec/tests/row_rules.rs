//! The rules of rows, as the built-in specs have them.

use std::path::Path;

use stellaops_db_spec::expression::Expression;
use stellaops_db_spec::model::{Database, Table};
use stellaops_db_spec::row_rules::RowRules;

fn specs() -> Database {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    stellaops_db_spec::load(&folder)
        .expect("the specs can be read")
        .unwrap_or_else(|report| panic!("{report}"))
}

fn tables(database: &Database) -> impl Iterator<Item = &Table> {
    database.schemas.iter().flat_map(|schema| &schema.tables)
}

#[test]
fn rules_come_back_from_their_text() {
    for table in tables(&specs()) {
        let rules = RowRules::of(table);
        let read = RowRules::from_text(&rules.to_text()).expect("reads");
        assert_eq!(read, rules, "{}", table.qualified());
    }
    assert_eq!(RowRules::default().to_text(), "");
    assert_eq!(RowRules::from_text("").expect("reads"), RowRules::default());
}

#[test]
fn every_condition_of_an_index_is_understood() {
    let mut conditions = 0;
    for table in tables(&specs()) {
        let of_indexes = table.indexes.iter().map(|index| &index.condition);
        let of_keys = table.unique_keys.iter().map(|key| &key.condition);
        for condition in of_indexes.chain(of_keys).flatten() {
            conditions += 1;
            assert!(
                Expression::parse(condition).is_some(),
                "{}: {condition}",
                table.qualified()
            );
        }
    }
    assert!(conditions > 50, "{conditions}");
}

#[test]
fn most_checks_are_understood() {
    let (mut all, mut understood) = (0, 0);
    for table in tables(&specs()) {
        let names: Vec<String> = RowRules::of(table)
            .checks
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        all += table.checks.len();
        understood += table
            .checks
            .iter()
            .filter(|check| names.contains(&check.name))
            .count();
    }
    assert!(understood * 10 > all * 7, "{understood} of {all}");
}

#[test]
fn the_text_says_what_the_descriptor_does_not() {
    let specs = specs();
    let mut tables = tables(&specs);
    let jobs = tables
        .find(|table| table.qualified() == "scheduler.graph_jobs")
        .expect("the table");
    let rules = RowRules::of(jobs);
    let status = rules.columns["status"].steps.as_ref().expect("a status");
    assert!(status.legal.contains(&("0".into(), "1".into())));
    assert_eq!(status.names["1"], "queued");
    let lease = rules.lease.expect("a queue");
    assert_eq!(
        (lease.column.as_str(), lease.running.as_deref()),
        ("status", Some("2"))
    );
    assert_eq!(lease.cleared, ["lease_expires_at", "leased_by"]);
    let payload = &rules.columns["payload"].documents["scheduler.graph-build-job@1"];
    assert!(
        payload
            .iter()
            .any(|member| member.name == "sbomId" && member.limits.max_length == Some(200))
    );
    // What the Rust type holds already is left out.
    assert!(payload.iter().all(|member| member.name != "metadata"));
}
