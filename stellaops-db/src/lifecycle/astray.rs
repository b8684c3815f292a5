//! Foreign keys, held against the rows: where triggers were off, nobody watched them.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use stellaops_db_spec::model::{Table, name};
use stellaops_db_spec::statement::count_astray;

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
            let sql = count_astray(table, reference, "child.tenant_id = $1");
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
