//! The SQL of the bulk verbs: what is given, as a relation, and one statement on it.
//!
//! ```text
//! WITH given AS (…), written AS (INSERT … SELECT … FROM given …) SELECT <what became of the rows>
//! ```
//!
//! `given.n` is the number of a row in its batch, and `given.c0`, `given.c1`, … are its values. The tenant is
//! none of them: it is `$1`, as in every statement.

mod given;
mod upsert;

use std::ops::Range;

use stellaops_db_spec::model::quote_identifier;

use crate::bulk::plan::{Plan, Verb};
use crate::query::predicate::Parameters;
use crate::table::TableDescriptor;
use crate::value::Parameter;

/// A row as it is given.
pub(crate) type Row = Vec<Parameter>;

/// How the rows of a statement are given, each with its number.
pub(super) enum Given<'a> {
    /// As values, a parameter each.
    Values(&'a [Row], usize),
    /// As arrays, one for each column.
    Arrays(&'a [Row], usize),
    /// In a temporary table.
    Table(&'a str, Range<usize>),
}

/// What a statement answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// How many rows were written, and which were missed.
    Outcome,
    /// The same; missing a row is an error, so that nothing is written.
    OutcomeOfAll,
    /// The rows as they are stored.
    Rows,
}

/// A statement on its way.
pub(super) struct Text<'a> {
    plan: &'a Plan,
    parameters: Parameters,
}

/// The statement on what is given, with its parameters. The first of them, if any, is the tenant.
pub(super) fn statement(
    plan: &Plan,
    tenant: Vec<Parameter>,
    given: Given<'_>,
    answer: Answer,
) -> (String, Vec<Parameter>) {
    let mut text = Text {
        plan,
        parameters: Parameters(tenant),
    };
    let given = text.given(given);
    let written = match plan.verb {
        Verb::Insert => text.insert("", answer),
        Verb::Overwrite(_) | Verb::Skip(_) => text.upsert(answer),
        Verb::OverwriteVersion => text.overwrite_version(answer),
        Verb::Update => text.update(answer),
        Verb::Delete => text.delete(answer),
    };
    let (table, verb) = (plan.table.qualified, plan.verb_name());
    let sql = format!("/* stellaops-db {table} {verb} */ WITH given AS ({given}){written}");
    (sql, text.parameters.0)
}

impl Text<'_> {
    fn table(&self) -> &'static TableDescriptor {
        self.plan.table
    }

    fn insert(&mut self, on_conflict: &str, answer: Answer) -> String {
        let insert = self.insert_into("", on_conflict, answer);
        match answer {
            Answer::Rows => {
                let fields: Vec<_> = (0..self.table().fields).collect();
                format!(" {insert} RETURNING {}", self.table().column_list(&fields))
            }
            _ => format!(
                ", written AS ({insert} RETURNING 1) SELECT count(*), 0::bigint, NULL::bigint[], NULL::bigint[] FROM written"
            ),
        }
    }

    fn insert_into(&self, condition: &str, on_conflict: &str, answer: Answer) -> String {
        let table = self.table();
        let inserted: Vec<_> = table.inserted().collect();
        let own = (0..self.plan.columns().len()).map(|position| format!("given.c{position}"));
        let tenant = table.has_tenant.then(|| "$1::text".to_owned());
        format!(
            "INSERT INTO {} AS stored ({}) SELECT {} FROM given{condition}{}{on_conflict}",
            table.sql_name(),
            table.column_list(&inserted),
            comma(tenant.into_iter().chain(own)),
            self.order(answer),
        )
    }

    /// The order of the input, where somebody sees it: of rows that the database numbers, that are answered, or
    /// that meet one that is there. To sort ten thousand rows takes 2 % of their load.
    fn order(&self, answer: Answer) -> &'static str {
        let is_seen = answer == Answer::Rows || !self.table().set_by_database.is_empty();
        match self.plan.verb == Verb::Insert && !is_seen {
            true => "",
            false => " ORDER BY given.n",
        }
    }

    fn update(&mut self, answer: Answer) -> String {
        let table = self.table();
        let places: Vec<_> = (0..table.key.len()).collect();
        let mask = table.key.len();
        let mut sets: Vec<_> = table
            .patchable
            .iter()
            .enumerate()
            .map(|(bit, column)| {
                let (name, value) = (self.name(*column), mask + 1 + bit);
                format!("{name} = CASE get_bit(given.c{mask}, {bit}) WHEN 1 THEN given.c{value} ELSE stored.{name} END")
            })
            .collect();
        if !table.touched.is_empty() {
            let now = self
                .parameters
                .number(Parameter::TimestampTz(Some(self.plan.now.utc())));
            sets.extend(
                table
                    .touched
                    .iter()
                    .map(|column| format!("{} = {now}", self.name(*column))),
            );
        }
        sets.extend(self.next_version("stored"));
        let mut conditions = vec![self.same("stored", table.key, &places)];
        conditions.extend(self.live("stored"));
        if let Some(version) = table.row_version {
            let (expected, version) = (self.expected_name(), self.name(version));
            conditions.push(format!("({expected} IS NULL OR stored.{version} = {expected})"));
        }
        let change = format!(
            "UPDATE {} AS stored SET {} FROM given WHERE {} RETURNING given.n",
            table.sql_name(),
            comma(sets),
            conditions.join(" AND ")
        );
        self.changed(&change, &places, answer)
    }

    fn delete(&mut self, answer: Answer) -> String {
        let places: Vec<_> = (0..self.table().key.len()).collect();
        let change = format!(
            "DELETE FROM {} AS stored USING given WHERE {} RETURNING given.n",
            self.table().sql_name(),
            self.same("stored", self.table().key, &places)
        );
        self.changed(&change, &places, answer)
    }

    fn changed(&self, change: &str, places: &[usize], answer: Answer) -> String {
        let missed = "NOT EXISTS (SELECT FROM changed WHERE changed.n = given.n)";
        let outcome = self.outcome("0::bigint", missed, places);
        format!(", changed AS ({change}) {}", answered(&outcome, answer))
    }

    /// The numbers of rows, and those that were missed with the version that their row has.
    fn outcome(&self, inserted: &str, missed: &str, places: &[usize]) -> String {
        let found = match (self.plan.expected(), self.table().row_version) {
            (Some(_), Some(version)) => {
                let live = self.live("seen").map(|live| format!(" AND {live}"));
                format!(
                    "(SELECT seen.{} FROM {} AS seen WHERE {}{})",
                    self.name(version),
                    self.table().sql_name(),
                    self.same("seen", self.table().key, places),
                    live.unwrap_or_default()
                )
            }
            _ => "NULL::bigint".into(),
        };
        format!(
            "SELECT {inserted}, (SELECT count(*) FROM changed), array_agg(given.n ORDER BY given.n), array_agg({found} ORDER BY given.n) FROM given WHERE {missed}"
        )
    }

    /// The row of that key.
    fn same(&self, relation: &str, columns: &[usize], places: &[usize]) -> String {
        let tenant = self
            .table()
            .has_tenant
            .then(|| format!("{relation}.{} = $1::text", self.name(0)));
        let pairs = columns.iter().zip(places);
        let own = pairs.map(|(column, place)| format!("{relation}.{} = given.c{place}", self.name(*column)));
        tenant.into_iter().chain(own).collect::<Vec<_>>().join(" AND ")
    }

    fn live(&self, relation: &str) -> Option<String> {
        let mark = self.table().soft_delete?;
        Some(format!("{relation}.{} IS NULL", self.name(mark)))
    }

    fn next_version(&self, relation: &str) -> Option<String> {
        let version = self.name(self.table().row_version?);
        Some(format!("{version} = {relation}.{version} + 1"))
    }

    fn expected_name(&self) -> String {
        format!("given.c{}", self.plan.expected().unwrap_or_default())
    }

    fn name(&self, column: usize) -> String {
        quote_identifier(self.table().column_name(column))
    }
}

/// The outcome; a division by zero where a row was missed and none may be, so that the one statement undoes
/// itself. The call then looks again, row by row if it must, and says which.
fn answered(outcome: &str, answer: Answer) -> String {
    match answer {
        Answer::OutcomeOfAll => format!(
            "SELECT *, 1 / (missed IS NULL)::integer FROM ({outcome}) AS outcome (inserted, changed, missed, found)"
        ),
        _ => outcome.into(),
    }
}

fn comma(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(", ")
}
