//! The isolation matrix: every verb of every table, tried as every role, bound to every kind of tenant.
//!
//! The catalog says what is declared; the matrix finds out what happens. Three tenants that nobody has are made up in a
//! transaction that is rolled back; rows of the first two are written by the system's login. Then each [`Verb`] is tried,
//! as a careless or hostile program would write it, naming the rows of *all* these tenants and leaving it to the database
//! to keep them apart; as each role of the schema and each login that works as one of them; bound as each [`Caller`]. What
//! happens is held against what the specs say, in `expected`. No other row is read or written.
//!
//! It needs a superuser, who can take on every role.

mod around;
mod caller;
mod expected;
mod outcome;
mod possible;
mod probe;
mod run;
mod seed;
mod told;
mod verb;

use std::time::{Duration, Instant};

use sqlx::PgConnection;
use stellaops_db_spec::model::Database;

use super::catalog::Catalog;
use super::{Audit, VerifyError};

pub use caller::{Caller, Who};
pub use outcome::{Expected, Outcome, Verdict};
pub use verb::Verb;

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// The table, `<schema>.<table>`.
    pub table: String,
    /// What was tried.
    pub verb: Verb,
    /// As whom.
    pub role: String,
    /// Bound to which tenant.
    pub caller: Caller,
    /// What the specs say.
    pub expected: Expected,
    /// What happened.
    pub outcome: Outcome,
}

impl Cell {
    /// Whether what happened is what the specs say.
    pub fn verdict(&self) -> Verdict {
        self.expected.judge(&self.outcome)
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} of {} as {} {}: {}, expected {}",
            self.verb, self.table, self.role, self.caller, self.outcome, self.expected
        )
    }
}

/// The answer of [`matrix`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matrix {
    /// How many cells there are.
    pub cells: usize,
    /// Of how many tables.
    pub tables: usize,
    /// Those that are not as the specs say.
    pub red: Vec<Cell>,
    /// The tables that are too large for what is written blindly: ask a copy with fewer rows.
    pub large: Vec<String>,
    /// The tables that could not be tried, or not as a whole: each with what, and why.
    pub untried: Vec<(String, String)>,
    /// How long it took.
    pub took: Duration,
}

impl Matrix {
    /// Whether every table was tried, and every cell is as the specs say.
    pub fn is_sound(&self) -> bool {
        self.red.is_empty() && self.untried.is_empty()
    }
}

/// Tries every cell. Each table has a transaction of its own, which is rolled back. The facts, the schemas, and
/// what no statement can try, are taken from the audit of the same database.
///
/// # Errors
/// [`VerifyError`]; what is red is no error, it is the answer.
pub async fn matrix(
    connection: &mut PgConnection,
    specs: &Database,
    audit: &Audit,
) -> Result<Matrix, VerifyError> {
    let began = Instant::now();
    let catalog = audit.catalog.as_ref();
    refuse_others(catalog)?;
    let mut answer = Matrix {
        cells: 0,
        tables: 0,
        red: Vec::new(),
        large: Vec::new(),
        untried: Vec::new(),
        took: Duration::ZERO,
    };
    for schema in audit.schemas.iter().filter_map(|name| specs.schema(name)) {
        let roles = caller::roles(catalog, &schema.name);
        for table in &schema.tables {
            if table.tenancy.has_tenant() && run::is_large(catalog, table) {
                answer.large.push(table.qualified());
            }
            match run::table(connection, catalog, audit, (schema, table), &roles).await? {
                Ok(tried) => {
                    answer.tables += 1;
                    answer.cells += tried.cells.len();
                    let left_out = tried.left_out.into_iter();
                    answer
                        .untried
                        .extend(left_out.map(|what| (table.qualified(), what)));
                    let cells = tried.cells.into_iter();
                    answer
                        .red
                        .extend(cells.filter(|cell| cell.verdict() != Verdict::AsSpecified));
                }
                Err(why) => answer.untried.push((table.qualified(), why)),
            }
        }
    }
    answer.took = began.elapsed();
    Ok(answer)
}

fn refuse_others(catalog: &Catalog) -> Result<(), VerifyError> {
    let login = &catalog.server.login;
    match catalog.roles.get(login).is_some_and(|role| role.superuser) {
        true => Ok(()),
        false => Err(VerifyError::NoSuperuser { login: login.clone() }),
    }
}
