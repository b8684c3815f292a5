//! Which tables take part, and whether the database has them as the specs say.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use stellaops_db_spec::model::{Database, Schema, Table};

use super::LifecycleError;
use super::manifest::{ManifestColumn, hexadecimal};

/// The tables that take part: schema by schema, parents before children.
pub(super) struct Tables<'a> {
    /// Those whose rows have a tenant.
    pub(super) all: Vec<&'a Table>,
    /// The schemas that the database has.
    pub(super) schemas: Vec<&'a Schema>,
    /// The schemas of the specs that it has not.
    pub(super) absent: Vec<String>,
}

const COLUMNS: &str = "SELECT n.nspname::text, c.relname::text, array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum) \
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY 1, 2";

type Columns = BTreeMap<(String, String), BTreeMap<String, String>>;

/// The tables of these schemas, or of all that the database has.
pub(super) async fn fitting<'a>(
    connection: &mut PgConnection,
    specs: &'a Database,
    asked: &[String],
) -> Result<Tables<'a>, LifecycleError> {
    let wanted = wanted(specs, asked)?;
    let names: Vec<String> = wanted.iter().map(|schema| schema.name.clone()).collect();
    let there: Vec<String> =
        sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE nspname = ANY ($1)")
            .bind(&names)
            .fetch_all(&mut *connection)
            .await?;
    let (present, absent): (Vec<&Schema>, Vec<&Schema>) = wanted
        .into_iter()
        .partition(|schema| there.contains(&schema.name));
    let columns = columns(connection, &names).await?;
    let all: Vec<&Table> = present
        .iter()
        .flat_map(|schema| &schema.tables)
        .filter(|table| table.tenancy.has_tenant())
        .collect();
    let mut faults: Vec<String> = all.iter().flat_map(|table| faults(table, &columns)).collect();
    if !asked.is_empty() || present.is_empty() {
        faults.extend(
            absent
                .iter()
                .map(|schema| format!("the schema {} is missing", schema.name)),
        );
    }
    match faults.is_empty() {
        true => Ok(Tables {
            all,
            schemas: present,
            absent: absent.iter().map(|schema| schema.name.clone()).collect(),
        }),
        false => Err(LifecycleError::Misfit(faults)),
    }
}

fn wanted<'a>(specs: &'a Database, asked: &[String]) -> Result<Vec<&'a Schema>, LifecycleError> {
    for name in asked {
        if specs.schema(name).is_none() {
            let known: Vec<&str> = specs.schemas.iter().map(|schema| schema.name.as_str()).collect();
            return Err(LifecycleError::UnknownSchema {
                schema: name.clone(),
                known: known.join(", "),
            });
        }
    }
    let is_asked = |schema: &&Schema| asked.is_empty() || asked.contains(&schema.name);
    Ok(specs.schemas.iter().filter(is_asked).collect())
}

async fn columns(connection: &mut PgConnection, schemas: &[String]) -> Result<Columns, LifecycleError> {
    let rows: Vec<(String, String, Vec<String>, Vec<String>)> = sqlx::query_as(COLUMNS)
        .bind(schemas)
        .fetch_all(connection)
        .await?;
    let tables = rows.into_iter().map(|(schema, table, names, types)| {
        let columns = names.into_iter().zip(types).collect();
        ((schema, table), columns)
    });
    Ok(tables.collect())
}

/// A column that the specs do not know would be left out without a word.
fn faults(table: &Table, columns: &Columns) -> Vec<String> {
    let name = table.qualified();
    let Some(there) = columns.get(&(table.schema.clone(), table.name.clone())) else {
        return vec![format!("the table {name} is missing")];
    };
    let mut faults = Vec::new();
    for column in &table.columns {
        let specified = column.column_type.catalog_name();
        match there.get(&column.name) {
            None => faults.push(format!("{name} has no column `{}`", column.name)),
            Some(found) if found != specified => faults.push(format!(
                "{name}.{} is {found}, and {specified} in the specs",
                column.name
            )),
            Some(_) => {}
        }
    }
    let search = table.search.as_ref().map(|search| search.column.as_str());
    let unknown = there
        .keys()
        .filter(|found| table.column(found).is_none() && Some(found.as_str()) != search);
    faults.extend(unknown.map(|found| format!("{name} has a column `{found}` that the specs do not know")));
    faults
}

/// The columns of a table's lines.
pub(super) fn manifest_columns(table: &Table) -> Vec<ManifestColumn> {
    let fields = table.fields().into_iter();
    fields
        .map(|column| ManifestColumn {
            name: column.name.clone(),
            sql_type: column.column_type.catalog_name().into(),
        })
        .collect()
}

/// What two databases must agree in, for rows of one to go into the other.
pub(super) fn spec_digest(columns: &[ManifestColumn]) -> String {
    let mut digest = Sha256::new();
    for column in columns {
        digest.update(format!("{} {}\n", column.name, column.sql_type));
    }
    hexadecimal(&digest.finalize())
}
