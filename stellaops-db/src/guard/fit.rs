//! Whether the tables are those that were compiled.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use stellaops_db_spec::model::catalog_type_name;

use super::Expected;
use crate::table::TableDescriptor;

/// Columns of the tables, and of the primary keys. A column fills itself where it has a default or is generated.
const COLUMNS: &str = "SELECT format('%s.%s', nspname, relname), attname::text, format_type(atttypid, atttypmod), \
        attnotnull AND NOT atthasdef AND attidentity = '' AND attgenerated = '', \
        coalesce(attnum = ANY (conkey), false) \
    FROM unnest($1::text[], $2::text[]) AS wanted (nspname, relname) \
        JOIN pg_namespace USING (nspname) JOIN pg_class USING (relname) \
        JOIN pg_attribute ON attrelid = pg_class.oid \
        LEFT JOIN pg_constraint ON conrelid = pg_class.oid AND contype = 'p' \
    WHERE relnamespace = pg_namespace.oid AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped";

struct Found {
    name: String,
    type_name: String,
    must_be_given: bool,
    is_key: bool,
}

/// What differs, one line each.
pub(super) async fn differences(
    connection: &mut PgConnection,
    expected: &[Expected],
) -> Result<Vec<String>, sqlx::Error> {
    if expected.is_empty() {
        return Ok(Vec::new());
    }
    let schemas: Vec<&str> = expected.iter().map(|table| table.0.schema).collect();
    let names: Vec<&str> = expected.iter().map(|table| table.0.name).collect();
    let rows: Vec<(String, String, String, bool, bool)> = sqlx::query_as(COLUMNS)
        .bind(schemas)
        .bind(names)
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for (table, name, type_name, must_be_given, is_key) in rows {
        found.entry(table).or_default().push(Found {
            name,
            type_name,
            must_be_given,
            is_key,
        });
    }
    let of = |table: &Expected| match found.get(table.0.qualified) {
        None => vec!["is not there, or the login may not look into its schema".to_owned()],
        Some(columns) => of_table(table.0, columns),
    };
    let told = |table: &Expected| {
        let lines = of(table).into_iter();
        lines
            .map(|line| format!("{} {line}", table.0.qualified))
            .collect::<Vec<_>>()
    };
    Ok(expected.iter().flat_map(told).collect())
}

fn of_table(table: &TableDescriptor, there: &[Found]) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, wanted) in table.columns.iter().zip(table.types) {
        match there.iter().find(|column| column.name == *name) {
            None => lines.push(format!("has no column `{name}`")),
            Some(column) if column.type_name != catalog_type_name(wanted.sql()) => lines.push(format!(
                "has `{name}` as {}, not {}",
                column.type_name,
                catalog_type_name(wanted.sql())
            )),
            Some(_) => {}
        }
    }
    let unknown = there
        .iter()
        .filter(|column| column.must_be_given && !table.columns.contains(&column.name.as_str()));
    lines.extend(unknown.map(|column| {
        format!(
            "has a column `{}` that the program does not know and every row must have",
            column.name
        )
    }));
    let is_tenant = |column: &Found| table.has_tenant && column.name == "tenant_id";
    let mut wanted: Vec<&str> = table
        .key
        .iter()
        .map(|position| table.column_name(*position))
        .collect();
    let mut key: Vec<&str> = there
        .iter()
        .filter(|column| column.is_key && !is_tenant(column))
        .map(|column| column.name.as_str())
        .collect();
    wanted.sort_unstable();
    key.sort_unstable();
    if key != wanted {
        lines.push(format!(
            "has the key ({}), not ({})",
            key.join(", "),
            wanted.join(", ")
        ));
    }
    lines
}
