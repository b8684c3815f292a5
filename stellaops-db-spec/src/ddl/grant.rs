//! Grants: exactly what is needed. Never TRUNCATE, which ignores row-level security, nor REFERENCES,
//! which asks for other tenants' values; and no default privileges.

use crate::ddl::table::names;
use crate::ddl::writer::Lines;
use crate::model::name::{self, Role};
use crate::model::{Schema, Table, Tenancy, quote_identifier};

/// Who may look into the schema.
pub(super) fn schema(schema: &Schema) -> Lines {
    let quoted = quote_identifier(&schema.name);
    let owner = quote_identifier(&name::role(&schema.name, Role::Owner));
    let others = names(workers(&schema.name).iter().map(String::as_str));
    // Foreign keys are checked as the owner of the referenced table, in its own schema.
    Lines::one(format!("REVOKE ALL ON SCHEMA {quoted} FROM PUBLIC, {others};"))
        .line(format!("GRANT USAGE, CREATE ON SCHEMA {quoted} TO {owner};"))
        .line(format!("GRANT USAGE ON SCHEMA {quoted} TO {others};"))
        .line(format!(
            "GRANT USAGE ON SCHEMA stellaops TO {owner}, {};",
            names(under_row_security(&schema.name).iter().map(String::as_str))
        ))
}

/// Who may do what with the table.
pub(super) fn table(table: &Table) -> Lines {
    let relation = table.sql_name();
    let everybody = names(workers(&table.schema).iter().map(String::as_str));
    let role = |role: Role| quote_identifier(&name::role(&table.schema, role));
    let (app, reader, admin) = (role(Role::App), role(Role::Reader), role(Role::Admin));
    let revoke = Lines::one(format!(
        "REVOKE ALL ON TABLE {relation} FROM PUBLIC, {everybody};"
    ));
    let granted = match (table.tenancy, table.append_only) {
        (Tenancy::Global, _) => revoke.line(format!(
            "GRANT SELECT ON TABLE {relation} TO {app}, {reader}, {admin};"
        )),
        (_, append_only) => {
            let verbs = if append_only {
                "SELECT, INSERT"
            } else {
                "SELECT, INSERT, UPDATE, DELETE"
            };
            revoke
                .line(format!("GRANT {verbs} ON TABLE {relation} TO {app}, {admin};"))
                .line(format!("GRANT SELECT ON TABLE {relation} TO {reader};"))
        }
    };
    granted.line(format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {relation} TO stellaops_system;"
    ))
}

fn under_row_security(schema: &str) -> Vec<String> {
    [Role::App, Role::Reader, Role::Admin]
        .map(|role| name::role(schema, role))
        .into()
}

fn workers(schema: &str) -> Vec<String> {
    let mut roles = under_row_security(schema);
    roles.push("stellaops_system".into());
    roles
}
