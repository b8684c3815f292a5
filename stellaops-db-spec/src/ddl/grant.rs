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
    let revoke = Lines::one(format!(
        "REVOKE ALL ON TABLE {relation} FROM PUBLIC, {everybody};"
    ));
    privileges(table)
        .into_iter()
        .fold(revoke, |lines, (roles, verbs)| {
            let roles = names(roles.iter().map(String::as_str));
            lines.line(format!("GRANT {verbs} ON TABLE {relation} TO {roles};"))
        })
}

/// The roles that may do the same with a table, and what.
pub(super) fn privileges(table: &Table) -> Vec<(Vec<String>, &'static str)> {
    let role = |role: Role| name::role(&table.schema, role);
    let (app, reader, admin) = (role(Role::App), role(Role::Reader), role(Role::Admin));
    let mut granted = match table.tenancy {
        Tenancy::Global => vec![(vec![app, reader, admin], "SELECT")],
        _ => vec![(vec![app, admin], verbs(table)), (vec![reader], "SELECT")],
    };
    granted.push((vec!["stellaops_system".into()], system_verbs(table)));
    granted
}

/// What rows are written with.
fn verbs(table: &Table) -> &'static str {
    if table.chain_of.is_some() {
        // The chain writes it, with the owner's rights.
        return "SELECT";
    }
    match (table.append_only, table.deletable) {
        (true, _) => "SELECT, INSERT",
        (false, false) => "SELECT, INSERT, UPDATE",
        (false, true) => "SELECT, INSERT, UPDATE, DELETE",
    }
}

/// A purge deletes what nobody else may delete, and locks them before, for which the server asks for UPDATE; a trigger
/// refuses to change them all the same.
fn system_verbs(table: &Table) -> &'static str {
    match table.purged_after() {
        Some(_) => "SELECT, INSERT, UPDATE, DELETE",
        None => verbs(table),
    }
}

fn under_row_security(schema: &str) -> Vec<String> {
    [Role::App, Role::Reader, Role::Admin]
        .map(|role| name::role(schema, role))
        .into()
}

/// Everybody who may look into the schema.
pub(super) fn workers(schema: &str) -> Vec<String> {
    let mut roles = under_row_security(schema);
    roles.push("stellaops_system".into());
    roles
}
