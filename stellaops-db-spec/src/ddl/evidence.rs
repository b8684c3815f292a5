//! The evidence of system scopes as events: what is written into `stellaops.system_access` is written into the
//! table too, in the same transaction. If that fails, the system scope does not open.

use crate::ddl::routine;
use crate::ddl::writer::{Lines, anonymous_block};
use crate::model::{Default, Evidence, SYSTEM_TENANT, Table, name, quote_identifier, quote_literal};

/// The function of the trigger. It runs with the rights of whoever opens the scope, the system's login.
pub(super) fn function(table: &Table) -> Option<Lines> {
    let evidence = table.evidence.as_ref()?;
    let signature = format!("{}()", function_name(table));
    let (columns, values): (Vec<String>, Vec<String>) = cells(table, evidence).into_iter().unzip();
    let comment = format!(
        "Trigger: writes the opening and the end of a system scope into {}.",
        table.qualified()
    );
    let create = Lines::one(format!("CREATE OR REPLACE FUNCTION {signature} RETURNS trigger"))
        .line("LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$")
        .line("BEGIN")
        .nested(
            Lines::one(format!(
                "INSERT INTO {} ({})",
                table.sql_name(),
                columns.join(", ")
            ))
            .line("VALUES (")
            .nested(Lines::comma_separated(
                values.into_iter().map(Lines::one).collect(),
            ))
            .line(");")
            .line("RETURN NULL;"),
        )
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

/// The statement that makes the trigger on the shared table.
pub(super) fn create(table: &Table) -> Option<Lines> {
    table.evidence.as_ref()?;
    let name = quote_identifier(&name::evidence_trigger(table));
    Some(Lines::one(format!("CREATE TRIGGER {name}")).nested(
        Lines::one("AFTER INSERT OR UPDATE OF ended_at ON stellaops.system_access").line(format!(
            "FOR EACH ROW EXECUTE FUNCTION {}();",
            function_name(table)
        )),
    ))
}

/// The trigger on the shared table. One that was switched off is made anew.
pub(super) fn trigger(table: &Table) -> Option<Lines> {
    let create = create(table)?;
    let name = name::evidence_trigger(table);
    let found = format!(
        "tgrelid = 'stellaops.system_access'::regclass AND tgname = {} AND tgenabled = 'O'",
        quote_literal(&name)
    );
    let drop = format!(
        "DROP TRIGGER IF EXISTS {} ON stellaops.system_access;",
        quote_identifier(&name)
    );
    let body = Lines::one(format!(
        "IF NOT EXISTS (SELECT FROM pg_trigger WHERE {found}) THEN"
    ))
    .nested(Lines::one(drop).then(create))
    .line("END IF;");
    Some(anonymous_block("evidence", Lines::default(), body))
}

fn cells(table: &Table, evidence: &Evidence) -> Vec<(String, String)> {
    let opened_or_ended =
        |opened: &str, ended: &str| format!("CASE TG_OP WHEN 'INSERT' THEN {opened} ELSE {ended} END");
    let mut cells = vec![("tenant_id".into(), quote_literal(SYSTEM_TENANT))];
    // Ids that the client makes elsewhere.
    let made = table
        .inserted()
        .into_iter()
        .filter(|column| column.default == Some(Default::UuidV7));
    cells.extend(made.map(|column| (column.sql_name(), "gen_random_uuid()".into())));
    cells.extend(
        evidence
            .values
            .iter()
            .map(|(column, value)| (column.sql_name(), value.clone())),
    );
    cells.extend([
        (
            evidence.action.sql_name(),
            opened_or_ended("'system_scope.opened'", "'system_scope.closed'"),
        ),
        (evidence.actor.sql_name(), "NEW.who".into()),
        (evidence.entity.sql_name(), "NEW.id::text".into()),
        (evidence.reason.sql_name(), "NEW.reason".into()),
        (
            evidence.time.sql_name(),
            opened_or_ended("NEW.started_at", "NEW.ended_at"),
        ),
    ]);
    cells
}

fn function_name(table: &Table) -> String {
    format!(
        "{}.{}",
        quote_identifier(&table.schema),
        quote_identifier(&name::evidence_function(table))
    )
}
