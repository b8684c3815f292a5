//! Hash chains: a trigger gives each new row its number, the hash of the row before and its own.
//!
//! The function runs with the rights of the schema's owner, so that nobody who inserts a row needs, or has, the
//! right to write heads. The owner is under row-level security too: whoever is bound to a tenant moves the head
//! of that tenant and of no other. A system's login is bound to none, so the function binds the row's for its
//! own statements. That the head is locked first puts the rows of a tenant in one line; tenants never wait for
//! each other.

use crate::ddl::routine;
use crate::ddl::trigger::Named;
use crate::ddl::writer::Lines;
use crate::model::{HashChain, Table, name, quote_identifier, quote_literal};
use crate::statement::chained_values;

/// The trigger, for the table in the given schema.
pub(super) fn trigger(table: &Table, schema: &str) -> Option<Named> {
    table.hash_chain.as_ref()?;
    let name = name::trigger(table, "chain");
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!(
            "BEFORE INSERT ON {}.{}",
            quote_identifier(schema),
            quote_identifier(&table.name)
        ))
        .line(format!(
            "FOR EACH ROW EXECUTE FUNCTION {}();",
            function_name(table)
        )),
    );
    Some(Named {
        name,
        statement,
        comment:
            "Numbers the rows of each tenant and chains them by their hashes, whatever a statement says."
                .into(),
    })
}

/// The function of the trigger.
pub(super) fn function(table: &Table) -> Option<Lines> {
    let chain = table.hash_chain.as_ref()?;
    let signature = format!("{}()", function_name(table));
    let comment = format!(
        "Trigger: the next link of a tenant's chain in {}, whose end is kept in {}.",
        table.qualified(),
        chain.heads
    );
    let create = Lines::one(format!("CREATE OR REPLACE FUNCTION {signature} RETURNS trigger"))
        .line("LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$")
        .line("DECLARE")
        .nested(
            Lines::one(
                "is_bound constant boolean := coalesce(current_setting('app.tenant_id', true), '') <> '';",
            )
            .line("last_position bigint;")
            .line("last_hash bytea;"),
        )
        .line("BEGIN")
        .nested(body(table, chain))
        .line("END $function$;");
    Some(
        create
            .then(routine::owned(table, "FUNCTION", &signature))
            .line(format!(
                "COMMENT ON FUNCTION {signature} IS {};",
                quote_literal(&comment)
            )),
    )
}

fn body(table: &Table, chain: &HashChain) -> Lines {
    let [position, previous, hash] =
        [&chain.position, &chain.previous, &chain.hash].map(|column| column.sql_name());
    Lines::one("IF NOT is_bound THEN")
        .nested(Lines::one("PERFORM set_config('app.tenant_id', NEW.tenant_id, true);"))
        .line("END IF;")
        .then(lock(table, chain))
        .then(refuse_again(table))
        .line(format!("NEW.{position} := last_position + 1;"))
        .line(format!("NEW.{previous} := last_hash;"))
        .then(digest(table, &hash, &previous))
        .line(format!(
            "UPDATE {} AS head SET position = NEW.{position}, hash = NEW.{hash}, updated_at = now() WHERE head.tenant_id = NEW.tenant_id;",
            heads(table, chain)
        ))
        .line("IF NOT is_bound THEN")
        .nested(Lines::one("PERFORM set_config('app.tenant_id', '', true);"))
        .line("END IF;")
        .line("RETURN NEW;")
}

/// The head of the tenant, locked; made when there is none.
fn lock(table: &Table, chain: &HashChain) -> Lines {
    let heads = heads(table, chain);
    Lines::one("LOOP")
        .nested(
            Lines::one(format!(
                "SELECT head.position, head.hash INTO last_position, last_hash FROM {heads} AS head WHERE head.tenant_id = NEW.tenant_id FOR UPDATE;"
            ))
            .line("EXIT WHEN FOUND;")
            .line(format!("INSERT INTO {heads} (tenant_id, position, hash, updated_at)"))
            .nested(Lines::one(
                "VALUES (NEW.tenant_id, 0, decode(repeat('00', 32), 'hex'), now()) ON CONFLICT (tenant_id) DO NOTHING;",
            )),
        )
        .line("END LOOP;")
}

/// `ON CONFLICT DO NOTHING` passes a row over after its triggers: the head would move without it. Under the lock
/// of the head nobody can insert the same key meanwhile.
fn refuse_again(table: &Table) -> Lines {
    let keys = std::iter::once((name::primary_key(table), table.key.iter().collect::<Vec<_>>()));
    let tenant = table.tenant_column().into_iter();
    let unique = table.unique_keys.iter().map(|key| {
        let columns = tenant.clone().chain(&key.columns).collect();
        (name::unique_key(table, key), columns)
    });
    keys.chain(unique).fold(Lines::default(), |lines, (constraint, columns)| {
        let same = columns
            .iter()
            .map(|column| format!("row.{0} = NEW.{0}", column.sql_name()))
            .collect::<Vec<_>>()
            .join(" AND ");
        let raise = format!(
            "RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = 'a row with this key is in the chain already', SCHEMA = {}, TABLE = {}, CONSTRAINT = {};",
            quote_literal(&table.schema),
            quote_literal(&table.name),
            quote_literal(&constraint)
        );
        lines
            .line(format!("IF EXISTS (SELECT FROM {} AS row WHERE {same}) THEN", table.sql_name()))
            .nested(Lines::one(raise))
            .line("END IF;")
    })
}

fn digest(table: &Table, hash: &str, previous: &str) -> Lines {
    let values = chained_values(table, "NEW.");
    let names = values
        .iter()
        .map(|(name, _)| quote_literal(name))
        .collect::<Vec<_>>()
        .join(", ");
    let forms = values.into_iter().map(|(_, form)| Lines::one(form)).collect();
    Lines::one(format!("NEW.{hash} := stellaops.chain_hash("))
        .nested(
            Lines::one(format!("ARRAY[{names}],"))
                .line("ARRAY[")
                .nested(Lines::comma_separated(forms))
                .line("]::text[],")
                .line(format!("NEW.{previous}")),
        )
        .line(");")
}

fn heads(table: &Table, chain: &HashChain) -> String {
    format!(
        "{}.{}",
        quote_identifier(&table.schema),
        quote_identifier(&chain.heads)
    )
}

fn function_name(table: &Table) -> String {
    format!(
        "{}.{}",
        quote_identifier(&table.schema),
        quote_identifier(&name::chain_function(table))
    )
}
