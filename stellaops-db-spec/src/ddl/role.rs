//! The roles of a schema: an owner and three that work under row-level security. None can log in; a
//! service's login is a member of the roles that it needs.

use crate::ddl::writer::{Lines, aligned};
use crate::model::name::{self, Role};
use crate::model::{Schema, quote_literal};

/// Makes the roles, and the migrator a member of the owner.
pub(super) fn ensure(schema: &Schema) -> Lines {
    let rows: Vec<Vec<String>> = Role::ALL
        .iter()
        .map(|role| {
            let name = quote_literal(&name::role(&schema.name, *role));
            vec![
                format!("CALL stellaops.ensure_role({name},"),
                format!("false, false, {});", quote_literal(meaning(*role))),
            ]
        })
        .collect();
    let calls = aligned(&rows).into_iter().fold(Lines::default(), Lines::line);
    let owner = quote_literal(&name::role(&schema.name, Role::Owner));
    calls.line(format!(
        "CALL stellaops.ensure_member({owner}, 'stellaops_migrator');"
    ))
}

fn meaning(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owns the schema and its tables; no application works as it.",
        Role::App => "Reads and writes the rows of the bound tenant; for services.",
        Role::Reader => "Reads the rows of the bound tenant.",
        Role::Admin => "Reads and writes the rows of the bound tenant; for people.",
    }
}
