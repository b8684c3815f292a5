//! Foreign keys, held against the rows: where triggers were off, nobody watched them.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use stellaops_db_spec::model::{Reference, Table, name, quote_identifier};

use super::LifecycleError;
use super::session::count;
use crate::tenant::TenantId;

/// A foreign key that is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Astray {
    /// The table whose rows point.
    pub table: String,
    /// The foreign key.
    pub constraint: String,
    /// How many rows point at nothing.
    pub rows: u64,
}

/// Where triggers were off, no foreign key was watched.
pub(super) async fn astray<'a>(
    connection: &mut PgConnection,
    tables: impl Iterator<Item = &'a Table>,
    tenant: &TenantId,
) -> Result<Vec<Astray>, LifecycleError> {
    let mut broken = Vec::new();
    for table in tables {
        for reference in &table.references {
            let tenant_column = reference.parent_tenant.iter();
            let pointing = tenant_column.chain(&reference.columns);
            let is_whole: Vec<String> = pointing
                .map(|column| format!(" AND child.{} IS NOT NULL", column.sql_name()))
                .collect();
            let sql = format!(
                "SELECT count(*) FROM {} AS child WHERE child.tenant_id = $1{} AND NOT EXISTS (SELECT FROM {}.{} AS parent WHERE {})",
                table.sql_name(),
                is_whole.concat(),
                quote_identifier(&reference.parent_schema),
                quote_identifier(&reference.parent),
                points(reference, "child", "parent")
            );
            let rows = count(connection, sql, tenant).await?;
            if rows > 0 {
                broken.push(Astray {
                    table: table.qualified(),
                    constraint: name::foreign_key(table, reference),
                    rows,
                });
            }
        }
    }
    Ok(broken)
}

/// Whether one row points at the other.
pub(super) fn points(reference: &Reference, child: &str, parent: &str) -> String {
    let tenant = match &reference.parent_tenant {
        Some(column) => Some(column.sql_name()),
        None if reference.parent_tenancy.has_tenant() => Some("tenant_id".to_owned()),
        None => None,
    };
    let tenant = tenant.map(|column| format!("{child}.{column} = {parent}.tenant_id"));
    let columns = reference.columns.iter().zip(&reference.parent_columns);
    let columns = columns.map(|(column, pointed)| {
        format!(
            "{child}.{} = {parent}.{}",
            column.sql_name(),
            quote_identifier(pointed)
        )
    });
    tenant
        .into_iter()
        .chain(columns)
        .collect::<Vec<_>>()
        .join(" AND ")
}
