//! Negative controls: each database is weakened in one way, and both the audit and the matrix must tell it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sqlx::PgConnection;
use stellaops_db::verify::Audit;
use stellaops_db::verify::matrix::Matrix;
use stellaops_db_spec::rule::{self, Enforcement};
use stellaops_db_tests::length;

use crate::holes::{Hole, of_database, of_roles};
use crate::weakened::{World, run, try_to_run};

// Two, because there are two processors at least.

#[tokio::test]
async fn every_hole_in_a_database_turns_its_cells_red() {
    assert_found(World::shared().await, of_database().step_by(2)).await;
}

#[tokio::test]
async fn every_other_hole_in_a_database_turns_its_cells_red() {
    assert_found(World::shared().await, of_database().skip(1).step_by(2)).await;
}

#[tokio::test]
async fn every_hole_in_the_roles_turns_its_cells_red() {
    assert_found(&World::start().await, of_roles()).await;
}

#[test]
fn there_are_more_than_twenty_ways_that_turn_cells_red() {
    let all = of_database().chain(of_roles());
    assert!(all.filter(|hole| !hole.red.is_empty()).count() > 20);
}

async fn assert_found(world: &World, holes: impl Iterator<Item = &'static Hole>) {
    let mut missed = String::new();
    for hole in holes {
        for fault in tried(world, hole).await {
            writeln!(missed, "{}: {fault}", hole.name).expect("a string takes it");
        }
    }
    assert!(missed.is_empty(), "{missed}");
}

/// What the audit and the matrix do not say of a hole, or say of what is no part of it.
async fn tried(world: &World, hole: &Hole) -> Vec<String> {
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    for sql in hole.weaken {
        run(&mut superuser, sql).await;
    }
    let audit = world.audit(&mut superuser, hole.schema).await;
    let mut faults = Vec::new();
    for (rule, object) in hole.findings {
        let is_told = audit
            .findings
            .iter()
            .any(|finding| finding.rule.code == rule.code && finding.object.contains(object));
        if !is_told {
            faults.push(format!("the audit says nothing of {} {object}", rule.code));
        }
    }
    let told: BTreeSet<&str> = hole.findings.iter().map(|(rule, _)| rule.code).collect();
    let others = audit
        .findings
        .iter()
        .filter(|finding| !told.contains(finding.rule.code));
    faults.extend(others.map(|other| {
        format!(
            "the audit says {} {}: {}",
            other.rule.code, other.object, other.message
        )
    }));

    // A hole that no verb falls into is looked for by the matrix at full length only.
    if !hole.red.is_empty() || length::is_full() {
        let matrix = world.matrix(&mut superuser, &audit).await;
        faults.extend(of_cells(hole, &matrix));
    }
    faults.extend(unmended(world, &mut superuser, hole.schema, &audit).await);
    for sql in hole.mend {
        run(&mut superuser, sql).await;
    }
    faults
}

/// Findings that are still there after what they tell to do, and remedies that fail.
async fn unmended(world: &World, superuser: &mut PgConnection, schema: &str, audit: &Audit) -> Vec<String> {
    let mut promised = BTreeSet::new();
    let mut remedies = Vec::new();
    // What the server logs is the test session's own setting, which no remedy reaches.
    let findings = audit.findings.iter();
    for finding in findings.filter(|finding| finding.rule.code != rule::VALUES_UNLOGGED.code) {
        if let Some(remedy) = world.remedy(&finding.help) {
            promised.insert((finding.rule.code, &finding.object, &finding.message));
            remedies.extend(remedy);
        }
    }
    let mut faults = apply(superuser, remedies).await;
    let again = world.audit(superuser, schema).await;
    let left = again
        .findings
        .iter()
        .filter(|finding| promised.contains(&(finding.rule.code, &finding.object, &finding.message)));
    faults.extend(left.map(|finding| {
        format!(
            "{} is not mended by {}: {}",
            finding.object, finding.help, finding.message
        )
    }));
    faults
}

/// Runs each once, and those that fail a second time, when what they waited for may be gone: an index that a foreign key
/// needs goes after it.
async fn apply(superuser: &mut PgConnection, remedies: Vec<String>) -> Vec<String> {
    let mut done = BTreeSet::new();
    let mut refused = Vec::new();
    for sql in remedies.into_iter().filter(|sql| done.insert(sql.clone())) {
        if try_to_run(superuser, &sql).await.is_err() {
            refused.push(sql);
        }
    }
    let mut faults = Vec::new();
    for sql in refused {
        if let Err(error) = try_to_run(superuser, &sql).await {
            faults.push(format!(
                "{} fails: {error}",
                sql.lines().next().unwrap_or_default()
            ));
        }
    }
    faults
}

/// Cells that are not red, and should be, or the other way round.
fn of_cells(hole: &Hole, matrix: &Matrix) -> Vec<String> {
    let mut faults = Vec::new();
    for (table, verb) in hole.red {
        if !matrix
            .red
            .iter()
            .any(|cell| cell.table == *table && cell.verb == *verb)
        {
            faults.push(format!("`{verb}` of {table} is not red"));
        }
    }
    let affected: BTreeSet<&str> = hole.red.iter().map(|(table, _)| *table).collect();
    let others = matrix.red.iter().filter(|cell| match hole.is_exact {
        true => !hole.red.contains(&(cell.table.as_str(), cell.verb)),
        false => !affected.contains(cell.table.as_str()) && !hole.is_everywhere,
    });
    faults.extend(others.map(|cell| format!("red beside the hole: {cell}")));
    faults.extend(
        matrix
            .untried
            .iter()
            .map(|(table, why)| format!("{table} is not tried: {why}")),
    );
    faults
}

/// The matrix's own rule is broken by each hole that turns a cell red.
#[test]
fn every_rule_of_the_audit_is_broken_by_a_hole() {
    let broken: BTreeSet<&str> = of_database()
        .chain(of_roles())
        .flat_map(|hole| hole.findings)
        .map(|(rule, _)| rule.code)
        .chain([rule::MATRIX_AS_SPECIFIED.code])
        .collect();
    let rules: BTreeSet<&str> = rule::all()
        .filter(|rule| rule.enforcement == Enforcement::Verify)
        .map(|rule| rule.code)
        .collect();
    assert_eq!(broken, rules);
}
