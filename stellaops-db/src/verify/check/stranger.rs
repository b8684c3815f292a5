//! Tables in the toolkit's schemas that the specs do not have, as months that were detached: nobody works with them, and
//! those with tenants' rows are walled off.

use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::rule;

use super::{Context, grantee, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::SHARED;

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    let shared = expected::shared_tables();
    for (name, relation) in &context.catalog.relations {
        let is_looked_at = context
            .schemas
            .iter()
            .any(|schema| schema.name == relation.schema)
            || relation.schema == SHARED;
        let is_shared = shared
            .iter()
            .any(|table| relation.schema == SHARED && relation.name == table.name);
        let is_specified = is_shared || context.specs.table(&format!("{}.{}", name.0, name.1)).is_some();
        let is_table = ["r", "p", "f"].contains(&relation.kind.as_str());
        if !is_looked_at || !is_table || is_specified || relation.is_partition {
            continue;
        }
        let shown = sql_name(name);
        let object = || Object::Other(shown.clone());
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "tables that the specs do not have");
        for grant in context.catalog.grants_on(name) {
            let message = format!(
                "the specs have no such table, and {} has {} on it",
                grant.grantee, grant.privilege
            );
            let help = format!("REVOKE ALL ON TABLE {shown} FROM {};", grantee(&grant.grantee));
            recorder.error(rule::PRIVILEGES_EXACT, object(), message, help);
        }
        let columns = context.catalog.columns.get(name).into_iter().flatten();
        let has_tenant = columns.into_iter().any(|column| column.name == "tenant_id");
        if has_tenant && !(relation.row_security && relation.forced) && relation.kind != "f" {
            let message = "the specs have no such table, and the tenants' rows in it are not under forced row-level security";
            let help = format!("ALTER TABLE {shown} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;");
            recorder.error(rule::SECURITY_FORCED, object(), message, help);
        }
    }
}
