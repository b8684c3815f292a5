//! The cells of a table: its rows are made, every probe is tried, everything is rolled back.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, ValueRef as _};
use stellaops_db_spec::model::{Schema, Table, quote_identifier, quote_literal};

use super::Cell;
use super::around;
use super::caller::{Caller, Who};
use super::expected::expected;
use super::outcome::{Outcome, Rows};
use super::possible::possible;
use super::probe::{self, Answer, Probe};
use super::seed::{NoSeed, Seed, seed};
use super::verb::Verb;
use crate::verify::audit::Audit;
use crate::verify::catalog::Catalog;

/// The settings of the transaction. A plan that is made for all tenants alike is what a policy must hold in: one with a
/// function that pretends not to depend on the tenant answers the second caller with the first one's rows.
const SETTINGS: &str = "SET LOCAL search_path = ''; SET LOCAL plan_cache_mode = force_generic_plan; \
    SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'; SET LOCAL app.tenant_id = ''";

/// What was tried of a table.
pub(super) struct Tried {
    pub(super) cells: Vec<Cell>,
    /// What could not be, and why.
    pub(super) left_out: Vec<String>,
}

/// All cells of a table, or why there can be none.
pub(super) async fn table(
    connection: &mut PgConnection,
    catalog: &Catalog,
    audit: &Audit,
    (schema, table): (&Schema, &Table),
    roles: &[Who],
) -> Result<Result<Tried, String>, sqlx::Error> {
    if catalog.relation(&table.schema, &table.name).is_none() {
        return Ok(Err("it is not in the database".into()));
    }
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(SETTINGS).execute(&mut *transaction).await?;
    let mut tried = Tried {
        cells: around::cells(&mut transaction, audit, table, roles).await?,
        left_out: Vec::new(),
    };
    sqlx::raw_sql("SET LOCAL ROLE stellaops_system")
        .execute(&mut *transaction)
        .await?;
    let why_not = match seed(&mut transaction, schema, table).await {
        Ok(seed) => {
            tried.left_out.extend(seed.unclaimable.map(str::to_owned));
            let probes = probes(catalog, table, &seed);
            let probes = possible(&mut transaction, table, probes, &mut tried.left_out).await?;
            sqlx::raw_sql("SAVEPOINT seeded")
                .execute(&mut *transaction)
                .await?;
            for who in roles {
                let cells = as_role(&mut transaction, table, &seed, who, &probes).await?;
                tried.cells.extend(cells);
            }
            None
        }
        Err(NoSeed::Taken { code, message }) => {
            tried.cells.push(taken(table, code, message));
            None
        }
        Err(NoSeed::Refused(why)) => Some(why),
        Err(NoSeed::Database(error)) => return Err(error),
    };
    transaction.rollback().await?;
    Ok(why_not.map_or(Ok(tried), Err))
}

/// The cells of a role. Each is tried behind a savepoint, so that the binding and whatever was done end with it.
async fn as_role(
    connection: &mut PgConnection,
    table: &Table,
    seed: &Seed,
    who: &Who,
    probes: &[Probe],
) -> Result<Vec<Cell>, sqlx::Error> {
    let role = format!(
        "ROLLBACK TO seeded; SET LOCAL ROLE {}; SAVEPOINT cell",
        quote_identifier(&who.role)
    );
    sqlx::raw_sql(AssertSqlSafe(role))
        .execute(&mut *connection)
        .await?;
    let mut cells = Vec::new();
    for probe in probes {
        for &caller in callers(who, probe.verb) {
            let bound = tenant(table, seed, caller, probe.verb);
            cells.push(Cell {
                table: table.qualified(),
                verb: probe.verb,
                role: who.role.clone(),
                caller,
                expected: expected(table, probe.verb, who, caller),
                outcome: attempt(connection, bound, caller, probe).await?,
            });
        }
    }
    Ok(cells)
}

/// A row of one tenant is in the way of another tenant's: nothing else can be tried.
fn taken(table: &Table, code: String, message: String) -> Cell {
    let system = Who::system();
    Cell {
        table: table.qualified(),
        verb: Verb::InsertTakenKey,
        expected: expected(table, Verb::InsertTakenKey, &system, Caller::System),
        role: system.role,
        caller: Caller::System,
        outcome: Outcome::Refused { code, message },
    }
}

fn probes(catalog: &Catalog, table: &Table, seed: &Seed) -> Vec<Probe> {
    if !table.tenancy.has_tenant() {
        return probe::global_probes(table, seed);
    }
    let mut probes = probe::probes(table, seed);
    if is_large(catalog, table) {
        probes.retain(|probe| !probe.verb.is_blind());
    }
    probes.extend(catalog.partitions(table).map(|partition| {
        let name = format!(
            "{}.{}",
            quote_identifier(&partition.schema),
            quote_identifier(&partition.name)
        );
        probe::relation(Verb::ReadPartition, seed, &name)
    }));
    let views = catalog
        .views
        .iter()
        .filter(|view| view.reads == table.qualified() && !view.materialized && view.has_tenant);
    probes.extend(views.map(|view| probe::relation(Verb::ReadView, seed, &probe::view(view))));
    probes
}

/// Of how many rows on a table is one of a real database, where nothing is written that names no row.
const LARGE: f32 = 10_000.0;

/// Whether the table is too large to be written to blindly: where a policy is weak, all of it would be locked until the
/// end of the cell.
pub(super) fn is_large(catalog: &Catalog, table: &Table) -> bool {
    let relation = catalog.relation(&table.schema, &table.name);
    relation.is_some_and(|relation| relation.estimated_rows > LARGE)
}

/// The system's login may give rows to whom it likes: what keeps it from it are keys, if anything.
fn callers(who: &Who, verb: Verb) -> &'static [Caller] {
    match (who.is_system, verb) {
        (true, Verb::Move | Verb::MoveBindingAgain | Verb::InsertMany | Verb::Join) => &[],
        (true, verb) if verb.is_blind() => &[],
        (true, _) => &[Caller::System],
        (false, _) => &Caller::UNDER_POLICIES,
    }
}

/// Tries a probe. The tenant is one of those that were made up, or a literal of ours: SET takes no parameter, and a call
/// would be one more exchange for each of thousands of cells.
async fn attempt(
    connection: &mut PgConnection,
    tenant: Option<&str>,
    caller: Caller,
    probe: &Probe,
) -> Result<Outcome, sqlx::Error> {
    let binding = match tenant {
        Some(tenant) => format!(
            "ROLLBACK TO cell; SET LOCAL app.tenant_id = {}",
            quote_literal(tenant)
        ),
        None => "ROLLBACK TO cell".into(),
    };
    sqlx::raw_sql(AssertSqlSafe(binding))
        .execute(&mut *connection)
        .await?;
    let reached = match &probe.answer {
        Answer::Counted => counted(connection, probe).await,
        Answer::Written => written(connection, probe, caller).await,
        Answer::Claimed { attempts } => claimed(connection, probe, attempts).await,
    };
    match reached {
        Ok(rows) => Ok(Outcome::Reached(rows)),
        Err(sqlx::Error::Database(said)) => Ok(Outcome::Refused {
            code: said.code().unwrap_or_default().into_owned(),
            message: said.message().to_owned(),
        }),
        Err(error) => Err(error),
    }
}

async fn counted(connection: &mut PgConnection, probe: &Probe) -> Result<Rows, sqlx::Error> {
    let row = probe.query()?.fetch_one(connection).await?;
    Ok(Rows {
        first: row.try_get(0)?,
        second: row.try_get(1)?,
        third: row.try_get(2)?,
        global: row.try_get(3)?,
    })
}

/// Of what only a number is known: a new row is the third tenant's, and of two the other one the first's; of rows that
/// are there, those are meant that the caller may write, and more of them are somebody else's.
async fn written(connection: &mut PgConnection, probe: &Probe, caller: Caller) -> Result<Rows, sqlx::Error> {
    let number = probe.query()?.execute(connection).await?.rows_affected();
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let none = Rows::default();
    Ok(match (probe.verb, caller) {
        (Verb::InsertMany, _) => Rows {
            first: number / 2,
            third: number - number / 2,
            ..none
        },
        (verb, _) if verb.inserts() => Rows {
            third: number,
            ..none
        },
        (_, Caller::Other) => Rows {
            second: number,
            ..none
        },
        _ => Rows {
            first: number,
            ..none
        },
    })
}

/// The statement names the first tenant, and answers no tenants.
pub(super) async fn claimed(
    connection: &mut PgConnection,
    probe: &Probe,
    attempts: &str,
) -> Result<Rows, sqlx::Error> {
    let rows = probe.query()?.fetch_all(connection).await?;
    let mut claimed = Rows::default();
    for row in rows {
        claimed.first += i64::from(!row.try_get_raw(attempts)?.is_null());
    }
    Ok(claimed)
}

/// A new row is the third tenant's, every other one the first's.
fn tenant<'a>(table: &Table, seed: &'a Seed, caller: Caller, verb: Verb) -> Option<&'a str> {
    match caller {
        Caller::Own if verb.inserts() && table.tenancy.has_tenant() => Some(&seed.tenants.third),
        Caller::Own => Some(&seed.tenants.first),
        Caller::Other => Some(&seed.tenants.second),
        Caller::Empty => Some(""),
        Caller::Global => Some("@global"),
        Caller::Unbound | Caller::System => None,
    }
}
