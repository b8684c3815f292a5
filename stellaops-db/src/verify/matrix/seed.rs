//! The rows that are tried, and those that they point at.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use stellaops_db_spec::model::{ColumnRole, Schema, Table, Tenancy};
use uuid::Uuid;

use super::probe::{self, Inserted};
use crate::verify::sample::{Parents, Sample, sample};

/// The tenants that are made up: no database has them.
pub(super) struct Tenants {
    pub(super) first: String,
    pub(super) second: String,
    pub(super) third: String,
}

impl Tenants {
    pub(super) fn new() -> Self {
        let run = Uuid::now_v7().simple().to_string();
        let name = |place: &str| format!("matrix-{place}-{run}");
        Tenants {
            first: name("first"),
            second: name("second"),
            third: name("third"),
        }
    }
}

/// What is there before something is tried.
pub(super) struct Seed {
    pub(super) tenants: Tenants,
    /// The row of the first tenant, or the row of a table without tenants.
    pub(super) row: Sample,
    /// The parents of the first tenant's row.
    pub(super) parents: Parents,
    /// A row of the third tenant, not written.
    pub(super) new: Sample,
    /// The same one, under the first tenant's parents; none where that is the same one.
    pub(super) misled: Option<Sample>,
    /// Why no row of a queue could be made that a worker may claim.
    pub(super) unclaimable: Option<&'static str>,
}

const UNCLAIMABLE: &str = "the claim of its queue: the table takes no row that a worker may claim, made up as it is; \
    give the columns an `example`";

/// Why a table cannot be tried.
pub(super) enum NoSeed {
    /// The rows cannot be made.
    Refused(String),
    /// A key is taken, by another tenant's row: the rows of one tenant are made with keys of their own.
    Taken {
        /// The SQLSTATE.
        code: String,
        /// The server's words.
        message: String,
    },
    /// The connection is lost.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for NoSeed {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(said) if said.is_unique_violation() => NoSeed::Taken {
                code: said.code().unwrap_or_default().into_owned(),
                message: said.message().to_owned(),
            },
            sqlx::Error::Database(said) => NoSeed::Refused(format!(
                "no row can be made up: {} ({}); give the columns an `example` in the spec",
                said.message(),
                said.constraint().unwrap_or_default()
            )),
            _ => NoSeed::Database(error),
        }
    }
}

/// Writes the rows as the system's login; the heads of a chain come with the rows of the chain.
pub(super) async fn seed(
    connection: &mut PgConnection,
    schema: &Schema,
    table: &Table,
) -> Result<Seed, NoSeed> {
    let tenants = Tenants::new();
    let has_tenant = table.tenancy.has_tenant();
    let (row, parents) = grow(connection, schema, table, &tenants.first, 1, true).await?;
    let mut new = (row.clone(), parents.clone());
    if has_tenant {
        grow(connection, schema, table, &tenants.second, 2, true).await?;
        new = grow(connection, schema, table, &tenants.third, 3, false).await?;
    }
    if table.tenancy == Tenancy::TenantOrGlobal {
        grow(connection, schema, table, "@global", 4, true).await?;
    }
    if !has_tenant {
        new.0 = made(table, "", &parents, number(schema, table, 3))?;
    }
    let misled = match has_tenant && points_elsewhere(table, &parents, &new.1) {
        true => Some(made(table, &tenants.third, &parents, number(schema, table, 5))?),
        false => None,
    };
    let is_claimable = probe::claimable(table, &row).is_none_or(|ready| ready == row);
    Ok(Seed {
        unclaimable: (!is_claimable).then_some(UNCLAIMABLE),
        tenants,
        row,
        parents,
        new: new.0,
        misled,
    })
}

/// A tenant's parents, and its row, which is written where `writes` is true.
async fn grow(
    connection: &mut PgConnection,
    schema: &Schema,
    table: &Table,
    tenant: &str,
    place: u32,
    writes: bool,
) -> Result<(Sample, Parents), NoSeed> {
    let mut parents = Parents::new();
    for parent in ancestors(schema, table) {
        let row = made(parent, tenant, &parents, number(schema, parent, place))?;
        let row = write(connection, parent, row).await?;
        parents.insert(parent.name.clone(), row);
    }
    let row = made(table, tenant, &parents, number(schema, table, place))?;
    let row = match (&table.chain_of, writes) {
        // Each row of the chain moves its tenant's head.
        (Some(chained), true) => {
            let chained = schema.tables.iter().find(|other| other.name == *chained);
            if let Some(chained) = chained {
                let link = made(chained, tenant, &Parents::new(), number(schema, chained, place))?;
                write(connection, chained, link).await?;
            }
            row
        }
        (None, true) => write_claimable(connection, table, row).await?,
        (_, false) => row,
    };
    Ok((row, parents))
}

fn made(table: &Table, tenant: &str, parents: &Parents, number: u32) -> Result<Sample, NoSeed> {
    let tenant = if table.tenancy.has_tenant() { tenant } else { "" };
    sample(table, tenant, parents, number).map_err(|fault| NoSeed::Refused(fault.to_string()))
}

/// A number that no other row of the matrix has.
fn number(schema: &Schema, table: &Table, place: u32) -> u32 {
    let position = schema.tables.iter().position(|other| other.name == table.name);
    u32::try_from(position.unwrap_or(0)).unwrap_or(0) * 8 + place
}

/// Inserts a row, in a queue one that can be claimed, where the table takes such a row.
async fn write_claimable(
    connection: &mut PgConnection,
    table: &Table,
    row: Sample,
) -> Result<Sample, NoSeed> {
    let Some(ready) = probe::claimable(table, &row) else {
        return write(connection, table, row).await;
    };
    match write(connection, table, ready).await {
        Err(NoSeed::Refused(_)) => write(connection, table, row).await,
        written => written,
    }
}

/// Inserts a row, with its key as the database gave it. One of a table without tenants may be there already.
async fn write(connection: &mut PgConnection, table: &Table, mut row: Sample) -> Result<Sample, NoSeed> {
    let inserted = Inserted::of(table, &row, 0);
    let numbered: Vec<_> = table
        .key
        .iter()
        .filter(|column| column.role == ColumnRole::Identity)
        .collect();
    let returning = match numbered.as_slice() {
        [] => String::new(),
        [column, ..] => format!(" RETURNING {}::text", column.sql_name()),
    };
    let unless_there = if table.tenancy.has_tenant() {
        ""
    } else {
        " ON CONFLICT DO NOTHING"
    };
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({}){unless_there}{returning}",
        table.sql_name(),
        inserted.columns,
        inserted.values
    );
    let mut savepoint = connection.begin().await?;
    let query = probe::bound(sqlx::query(AssertSqlSafe(sql)), inserted.parameters);
    let answered = query.fetch_optional(&mut *savepoint).await?;
    savepoint.commit().await?;
    if let (Some(answered), [column, ..]) = (answered, numbered.as_slice()) {
        row.insert(column.name.clone(), answered.try_get(0)?);
    }
    Ok(row)
}

/// The tables that a row of the table needs a row of, parents first.
fn ancestors<'a>(schema: &'a Schema, table: &'a Table) -> Vec<&'a Table> {
    let mut needed: Vec<&str> = vec![&table.name];
    for other in schema.tables.iter().rev() {
        if needed.contains(&other.name.as_str()) {
            needed.extend(other.references.iter().map(|reference| reference.parent.as_str()));
        }
    }
    let others = schema.tables.iter().filter(|other| other.name != table.name);
    others
        .filter(|other| needed.contains(&other.name.as_str()))
        .collect()
}

/// Whether pointing at one tenant's parents is something else than pointing at the other's.
fn points_elsewhere(table: &Table, first: &Parents, third: &Parents) -> bool {
    table.references.iter().any(|reference| {
        let is_filled = reference
            .columns
            .iter()
            .all(|column| !column.nullable || column.example.is_some());
        let key = |parents: &Parents| {
            let parent = parents.get(&reference.parent);
            let columns = reference.parent_columns.iter();
            let values = columns.map(|name| parent.and_then(|row| row.get(name).cloned().flatten()));
            values.collect::<Vec<_>>()
        };
        reference.parent_tenancy.has_tenant() && is_filled && key(first) != key(third)
    })
}
