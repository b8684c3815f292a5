//! The matrix as a part of the audit: one finding for each table and role with red cells.

use std::collections::{BTreeMap, BTreeSet};

use stellaops_db_spec::model::Database;
use stellaops_db_spec::rule;

use super::{Cell, Matrix, Verdict};
use crate::verify::audit::{Audit, Object, Recorder};

impl Matrix {
    /// Adds what was tried to an audit of the same database, under the rule SDB1022.
    pub fn join(&self, specs: &Database, mut audit: Audit) -> Audit {
        let rule = rule::MATRIX_AS_SPECIFIED;
        let mut recorder = Recorder::default();
        recorder.examined(rule, self.cells, "cells");
        recorder.examined(rule, self.tables, "tables");
        let mut groups: BTreeMap<(&str, &str), Vec<&Cell>> = BTreeMap::new();
        for cell in &self.red {
            groups.entry((&cell.table, &cell.role)).or_default().push(cell);
        }
        for ((table, role), cells) in groups {
            let Some(table) = specs.table(table) else {
                continue;
            };
            let help = "mend what the other rules say of this table and of this role, and try again";
            recorder.error(rule, Object::Table(table), in_words(role, &cells), help);
        }
        for table in self.large.iter().filter_map(|table| specs.table(table)) {
            let message = "it has too many rows to be written to blindly, and was not";
            let help = "try the matrix on a copy of the database with fewer rows";
            recorder.warning(rule, Object::Table(table), message, help);
        }
        for (table, why) in &self.untried {
            if let Some(table) = specs.table(table) {
                recorder.warning(
                    rule,
                    Object::Table(table),
                    format!("not tried: {why}"),
                    "the reason says what is in the way: mend it, or give a column an `example`",
                );
            }
        }
        let tables: BTreeSet<&str> = self.untried.iter().map(|(table, _)| table.as_str()).collect();
        if !tables.is_empty() {
            recorder.unchecked(
                rule,
                format!("{} tables could not be tried as a whole", tables.len()),
            );
        }
        let (evidence, findings) = recorder.finish(&[rule]);
        audit.evidence.extend(evidence);
        audit.findings.extend(findings);
        audit
    }
}

/// The first cell that leaks, else the first, and how many there are.
fn in_words(role: &str, cells: &[&Cell]) -> String {
    let leaks = cells.iter().filter(|cell| cell.verdict() == Verdict::Leaks);
    let worst = leaks.clone().next().or_else(|| cells.first());
    let shown = worst.map_or_else(String::new, |cell| {
        format!(
            "{} {}: {}, expected {}",
            cell.verb, cell.caller, cell.outcome, cell.expected
        )
    });
    let number = cells.len();
    let leaking = leaks.count();
    match (number, leaking) {
        (1, _) => format!("as {role}, {shown}"),
        (_, 0) => format!("as {role}, {shown}; {number} cells are not as specified"),
        _ => format!("as {role}, {shown}; {number} cells are not as specified, of which {leaking} leak"),
    }
}
