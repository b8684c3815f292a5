//! Rows that are there before something is tried.

use stellaops_db::verify::sample::{Parents, Sample, parameters, sample};
use stellaops_db_spec::model::{ColumnRole, Schema, Table};
use stellaops_db_spec::statement::Statements;

use crate::client::{Client, in_words};

/// Inserts a good row of the table and answers it, with the number that the database gave it. `number`
/// makes its ids differ from those of other tables.
pub(crate) async fn insert(
    client: &Client,
    table: &Table,
    tenant: Option<&str>,
    parents: &Parents,
    number: usize,
) -> Result<Sample, String> {
    let number = u32::try_from(number).expect("there are few tables");
    let row = sample(table, tenant.unwrap_or_default(), parents, number);
    let mut row = row.map_err(|fault| fault.to_string())?;
    let answer = client
        .run(&Statements::of(table).insert, tenant, &parameters(table, &row))
        .await;
    let returned = answer.map_err(|error| format!("insert: {}", in_words(&error)))?;
    let [returned] = returned.as_slice() else {
        return Err(format!("insert answers {} rows", returned.len()));
    };
    for (position, column) in table.fields().into_iter().enumerate() {
        if column.role == ColumnRole::Identity {
            let number: i64 = returned.get(position);
            row.insert(column.name.clone(), Some(number.to_string()));
        }
    }
    Ok(row)
}

/// Inserts a row into every table of the schema, parents first, by the login that sees all tenants.
pub(crate) async fn fill(system: &Client, schema: &Schema, tenant: &str) {
    let mut parents = Parents::new();
    let written = schema.tables.iter().filter(|table| !is_head(schema, table));
    for (number, table) in written.enumerate() {
        let tenant = table.tenancy.has_tenant().then_some(tenant);
        let row = insert(system, table, tenant, &parents, number).await;
        let row = row.unwrap_or_else(|fault| panic!("{}: {fault}", table.qualified()));
        parents.insert(table.name.clone(), row);
    }
}

/// Whether the rows of the table are the heads of a chain, which the database writes by itself.
pub(crate) fn is_head(schema: &Schema, table: &Table) -> bool {
    let chains = schema.tables.iter().filter_map(|other| other.hash_chain.as_ref());
    chains.into_iter().any(|chain| chain.heads == table.name)
}
