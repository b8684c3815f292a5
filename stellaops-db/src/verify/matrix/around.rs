//! Ways around the policies that no statement of ours can try: told by the privileges, and by the audit.

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model::Table;
use stellaops_db_spec::rule::{self, Rule};

use super::Cell;
use super::caller::{Caller, Who};
use super::expected::expected;
use super::outcome::Outcome;
use super::verb::Verb;
use crate::verify::audit::{Audit, Severity};

/// The cells of a table.
pub(super) async fn cells(
    connection: &mut PgConnection,
    audit: &Audit,
    table: &Table,
    roles: &[Who],
) -> Result<Vec<Cell>, sqlx::Error> {
    let mut cells = Vec::new();
    for who in roles.iter().filter(|who| !who.owns) {
        let found = passed_by(connection, table, &who.role).await?;
        cells.push(cell(table, Verb::PassBy, who, found));
    }
    let everybody = Who::everybody();
    let told = |verb: Verb, rules: &[&Rule]| cell(table, verb, &everybody, told(audit, table, rules));
    cells.push(told(
        Verb::ReadAround,
        &[
            rule::VIEWS_INVOKED,
            rule::DEFINERS_KNOWN,
            rule::ROWS_COPIED_NOWHERE,
        ],
    ));
    cells.push(told(
        Verb::Follow,
        &[rule::REFERENCES_TRUE, rule::KEYS_HOLD_TENANT],
    ));
    Ok(cells)
}

fn cell(table: &Table, verb: Verb, who: &Who, found: Option<String>) -> Cell {
    Cell {
        table: table.qualified(),
        verb,
        role: who.role.clone(),
        caller: Caller::Unbound,
        expected: expected(table, verb, who, Caller::Unbound),
        outcome: Outcome::Found(found),
    }
}

const PRIVILEGES: [&str; 3] = ["TRUNCATE", "REFERENCES", "TRIGGER"];

async fn passed_by(
    connection: &mut PgConnection,
    table: &Table,
    role: &str,
) -> Result<Option<String>, sqlx::Error> {
    let asked = PRIVILEGES.map(|privilege| format!("pg_catalog.has_table_privilege($1, $2, '{privilege}')"));
    let sql = format!("SELECT ARRAY[{}]", asked.join(", "));
    let held: Vec<bool> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(role)
        .bind(table.sql_name())
        .fetch_one(connection)
        .await?;
    let held: Vec<&str> = PRIVILEGES
        .into_iter()
        .zip(held)
        .filter_map(|(privilege, is_held)| is_held.then_some(privilege))
        .collect();
    Ok((!held.is_empty()).then(|| format!("it has {}", held.join(", "))))
}

fn told(audit: &Audit, table: &Table, rules: &[&Rule]) -> Option<String> {
    let name = table.qualified();
    let findings = audit.findings.iter().filter(|finding| {
        finding.severity == Severity::Error
            && finding.table.as_deref() == Some(name.as_str())
            && rules.iter().any(|rule| rule.code == finding.rule.code)
    });
    let told: Vec<String> = findings
        .map(|finding| format!("{}: {}", finding.object, finding.message))
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}
