//! Functions and procedures of a schema's own: what a table's chain, partitions and evidence need.

use crate::ddl::writer::Lines;
use crate::ddl::{chain, evidence, partition};
use crate::model::name::{self, Role};
use crate::model::{Schema, Table, quote_identifier, quote_literal};

/// The routines of a schema. They come before the tables, which are compared with their triggers.
pub(super) fn routines(schema: &Schema) -> Vec<Lines> {
    let of = |table| {
        [
            chain::function(table),
            evidence::function(table),
            partition::procedure(table),
        ]
    };
    let own: Vec<Lines> = schema.tables.iter().flat_map(of).flatten().collect();
    match own.is_empty() {
        true => own,
        false => std::iter::once(callable(schema)).chain(own).collect(),
    }
}

/// What the shared routines do they do with the caller's rights, so that the owner gains nothing by them.
fn callable(schema: &Schema) -> Lines {
    let owner = quote_identifier(&name::role(&schema.name, Role::Owner));
    Lines::one(format!(
        "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA stellaops TO {owner};"
    ))
}

/// Gives a routine to the schema's owner, and to nobody else.
pub(super) fn owned(table: &Table, kind: &str, signature: &str) -> Lines {
    let owner = name::role(&table.schema, Role::Owner);
    let found = quote_literal(signature);
    Lines::one("DO $owner$ BEGIN")
        .nested(
            Lines::one(format!(
                "IF (SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = {found}::regprocedure) <> {} THEN",
                quote_literal(&owner)
            ))
            .nested(Lines::one(format!(
                "ALTER {kind} {signature} OWNER TO {};",
                quote_identifier(&owner)
            )))
            .line("END IF;"),
        )
        .line("END $owner$;")
        .line(format!("REVOKE ALL ON {kind} {signature} FROM PUBLIC;"))
}
