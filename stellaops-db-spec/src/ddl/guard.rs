//! What runs over tables that exist already: first the question whether they are the specified ones,
//! later only what is missing, so that a second run takes no lock that anybody notices.
//!
//! The question is asked of the server: the tables are made once more, empty, in a schema of their own
//! that is gone at the end of the block, and the two are compared as the server describes them. No text
//! of ours has to guess how a version of PostgreSQL prints an expression.

use crate::ddl::writer::{Lines, anonymous_block};
use crate::ddl::{index, policy, table, trigger};
use crate::model::name::{self, Role};
use crate::model::{Schema, Table, quote_identifier, quote_literal};

/// Where the tables are made once more.
const SPECIFIED: &str = "stellaops_specified";

/// Stops, naming every difference, when a table exists in another shape; puts changed policies back.
pub(super) fn compare(schema: &Schema) -> Lines {
    let name = quote_literal(&schema.name);
    let tables: Vec<String> = schema
        .tables
        .iter()
        .map(|table| quote_literal(&table.name))
        .collect();
    let found = format!(
        "relnamespace = to_regnamespace({})",
        quote_literal(&quote_identifier(&schema.name))
    );
    let mut body = Lines::one("IF NOT EXISTS (")
        .nested(
            Lines::one(format!("SELECT FROM pg_class WHERE {found}"))
                .line(format!("AND relname IN ({})", tables.join(", "))),
        )
        .line(") THEN")
        .nested(Lines::one("RETURN;"))
        .line("END IF;")
        .line(format!("CREATE SCHEMA {SPECIFIED};"));
    for table in &schema.tables {
        body = body.then(as_specified(table));
    }
    let difference = format!("stellaops.shape_differences('{SPECIFIED}', {name}) AS difference");
    body = body
        .line(format!("CALL stellaops.reprint('{SPECIFIED}', {name});"))
        .line(format!(
            "SELECT string_agg(difference, E'\\n') INTO differences FROM {difference};"
        ))
        .line("IF differences IS NOT NULL THEN")
        .nested(raise(&schema.name))
        .line("END IF;")
        .line(format!("CALL stellaops.restore_guards('{SPECIFIED}', {name});"))
        .line(format!("DROP SCHEMA {SPECIFIED} CASCADE;"));
    anonymous_block("compare", Lines::one("differences text;"), body)
}

/// Makes what the table has not yet: indexes, its owner, row-level security, policies and triggers.
pub(super) fn complete(table: &Table) -> Lines {
    let mut body = owner(table);
    if table.is_row_secured() {
        body = body.then(row_security(table));
        for policy in policy::policies(table) {
            body = body.then(unless_there(
                table,
                "policy",
                &policy.name,
                policy::create(table, &table.schema, &policy),
            ));
        }
    }
    for index in index::indexes(table, &table.schema) {
        body = body.then(unless_there(table, "index", &index.name, index.statement));
    }
    for trigger in trigger::triggers(table, &table.schema) {
        body = body.then(unless_there(table, "trigger", &trigger.name, trigger.statement));
    }
    anonymous_block(&table.name, Lines::default(), body)
}

fn as_specified(table: &Table) -> Lines {
    let mut lines = table::create(table, SPECIFIED, table::Layout::ForComparison).on_one_line();
    for index in index::indexes(table, SPECIFIED) {
        lines = lines.then(index.statement.on_one_line());
    }
    for policy in policy::policies(table) {
        lines = lines.then(policy::create(table, SPECIFIED, &policy).on_one_line());
    }
    for trigger in trigger::triggers(table, SPECIFIED) {
        lines = lines.then(trigger.statement.on_one_line());
    }
    lines
}

fn raise(schema: &str) -> Lines {
    let message = quote_literal(&format!("schema {schema} has tables of another shape:\n"));
    let hint = "Migrate the tables to the specified shape, or change the spec; this file makes tables and never alters them.";
    Lines::one("RAISE EXCEPTION USING").nested(
        Lines::one("ERRCODE = 'SD004',")
            .line(format!("MESSAGE = {message} || differences,"))
            .line(format!("HINT    = {};", quote_literal(hint))),
    )
}

fn unless_there(table: &Table, kind: &str, name: &str, statement: Lines) -> Lines {
    let there = format!(
        "stellaops.has({}, '{kind}', {})",
        quote_literal(&table.sql_name()),
        quote_literal(name)
    );
    Lines::one(format!("IF NOT {there} THEN"))
        .nested(statement)
        .line("END IF;")
}

/// Not SET ROLE: that would lose the migrator's bypass of row-level security.
fn owner(table: &Table) -> Lines {
    let owner = name::role(&table.schema, Role::Owner);
    let question = format!("pg_get_userbyid(relowner) = {}", quote_literal(&owner));
    let change = format!(
        "ALTER TABLE {} OWNER TO {};",
        table.sql_name(),
        quote_identifier(&owner)
    );
    unless(table, &question, change)
}

fn row_security(table: &Table) -> Lines {
    let change = format!(
        "ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        table.sql_name()
    );
    unless(table, "relrowsecurity AND relforcerowsecurity", change)
}

fn unless(table: &Table, condition: &str, change: String) -> Lines {
    let relation = quote_literal(&table.sql_name());
    Lines::one(format!(
        "IF NOT (SELECT {condition} FROM pg_class WHERE oid = {relation}::regclass) THEN"
    ))
    .nested(Lines::one(change))
    .line("END IF;")
}
