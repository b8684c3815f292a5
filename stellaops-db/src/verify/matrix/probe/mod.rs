//! The statement of a verb for a table, with its values.

mod claim;
mod global;
mod read;
mod step;
mod write;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use stellaops_db_spec::model::{Column, Table};

use super::seed::{Seed, Tenants};
use super::verb::Verb;
use crate::value::Parameter;
use crate::value::binder::bind;
use crate::verify::sample::{Sample, Text};

pub(super) use claim::claimable;
pub(super) use global::probes as global_probes;
pub(super) use read::{relation, view};

/// The statement of a verb.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) verb: Verb,
    pub(super) sql: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) answer: Answer,
}

/// How a statement tells what it reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// By one row of four numbers: how many rows of the first, the second and the third tenant, and of nobody's.
    Counted,
    /// By the server's number of what was written.
    Written,
    /// By the rows that were claimed. Where none was, there may be one all the same, without a number of claims.
    Claimed {
        /// The column of that number.
        attempts: String,
    },
}

/// The first three parameters of every probe.
const TENANTS: usize = 3;

/// The rows that are tried, of all tenants that were made up. A wrong or hostile program names them all.
const ALL: &str = "tenant_id = ANY (ARRAY[$1, $2, $3, '@global'])";

impl Probe {
    /// One that answers nothing: with RETURNING, the policies for reading would be asked as well.
    fn writing(verb: Verb, sql: &str, parameters: Vec<Text>) -> Self {
        Probe {
            verb,
            sql: format!("/* {verb} */ {sql}"),
            parameters: texts(parameters).collect(),
            answer: Answer::Written,
        }
    }

    /// The query, with its values.
    pub(super) fn query(&self) -> Result<Query<'_, Postgres, PgArguments>, sqlx::Error> {
        let arguments = bind(self.parameters.clone())?;
        Ok(sqlx::query_with(AssertSqlSafe(self.sql.clone()), arguments))
    }

    fn counting(verb: Verb, tenants: &Tenants, source: &str, values: Vec<Text>) -> Self {
        let of = |condition: &str| format!("count(*) FILTER (WHERE {condition})");
        let sql = format!(
            "/* {verb} */ WITH reached AS ({source}) SELECT {}, {}, {}, {} FROM reached",
            of("tenant_id = $1"),
            of("tenant_id = $2"),
            of("tenant_id = $3"),
            of("tenant_id = '@global'")
        );
        Probe::of(verb, tenants, sql, values)
    }

    fn of(verb: Verb, tenants: &Tenants, sql: String, values: Vec<Text>) -> Self {
        let names = [&tenants.first, &tenants.second, &tenants.third];
        let values = names.into_iter().cloned().map(Some).chain(values);
        Probe {
            verb,
            sql,
            parameters: texts(values).collect(),
            answer: Answer::Counted,
        }
    }
}

/// Every value as a text, whose type the cast beside it says.
fn texts(values: impl IntoIterator<Item = Text>) -> impl Iterator<Item = Parameter> {
    values.into_iter().map(Parameter::Text)
}

/// Sends every value as a text, and leaves the type to the cast beside it.
pub(super) fn bound<'q>(
    query: Query<'q, Postgres, PgArguments>,
    values: Vec<Text>,
) -> Query<'q, Postgres, PgArguments> {
    values.into_iter().fold(query, Query::bind)
}

/// What an INSERT names.
pub(super) struct Inserted {
    pub(super) columns: String,
    pub(super) values: String,
    pub(super) parameters: Vec<Text>,
}

impl Inserted {
    /// The columns of a row with their values, whose parameters begin behind so many others.
    pub(super) fn of(table: &Table, row: &Sample, others: usize) -> Self {
        let columns: Vec<&Column> = table.inserted().into_iter().map(AsRef::as_ref).collect();
        let names: Vec<String> = columns.iter().map(|column| column.sql_name()).collect();
        let places = columns.iter().enumerate();
        let values: Vec<String> = places
            .map(|(place, column)| typed(column, others + place + 1))
            .collect();
        let parameters = columns
            .iter()
            .map(|column| row.get(&column.name).cloned().flatten());
        Inserted {
            columns: names.join(", "),
            values: values.join(", "),
            parameters: parameters.collect(),
        }
    }
}

fn typed(column: &Column, place: usize) -> String {
    format!("${place}::{}", column.column_type.sql())
}

/// `id = $4::uuid AND tenant_id = $1`: the first tenant's row, whoever asks.
fn own_key(table: &Table, row: &Sample) -> (String, Vec<Text>) {
    let key = table.own_key();
    let conditions = key
        .iter()
        .enumerate()
        .map(|(place, column)| format!("{} = {}", column.sql_name(), typed(column, TENANTS + place + 1)));
    let conditions: Vec<String> = conditions.chain(["tenant_id = $1".to_owned()]).collect();
    let values = key
        .iter()
        .map(|column| row.get(&column.name).cloned().flatten())
        .collect();
    (conditions.join(" AND "), values)
}

/// All probes of a table whose rows have a tenant.
pub(super) fn probes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let mut all = read::probes(table, seed);
    all.extend(claim::probe(table, seed));
    all.extend(write::inserts(table, seed));
    all.extend(write::changes(table, seed));
    all
}
