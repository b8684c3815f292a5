//! Ways around the policies: views, functions with their owner's rights, rules, children and publications.

use stellaops_db_spec::ddl::expected::SEARCH_PATH;
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, routines};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Copied, Routine, View};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for view in &context.catalog.views {
        recorder.examined(rule::VIEWS_INVOKED, 1, "views");
        if let Some(table) = context
            .specs
            .table(&view.reads)
            .filter(|table| table.is_row_secured())
        {
            read_through(context, table, view, recorder);
        }
    }
    definers(context, recorder);
    for copied in &context.catalog.copies {
        recorder.examined(rule::ROWS_COPIED_NOWHERE, 1, "rules, children and publications");
        let table = format!("{}.{}", copied.schema, copied.relation);
        if let Some(table) = context.specs.table(&table).filter(|table| table.is_row_secured()) {
            handed_on(table, copied, recorder);
        }
    }
}

fn read_through(context: &Context<'_>, table: &Table, view: &View, recorder: &mut Recorder) {
    let shown = format!(
        "{}.{}",
        quote_identifier(&view.schema),
        quote_identifier(&view.name)
    );
    let object = || Object::Of(table, shown.clone());
    let readers = match view.readers.as_slice() {
        [] => "its owner".into(),
        readers => readers.join(", "),
    };
    if view.materialized {
        let message = format!(
            "it is a copy of rows of {}, under no policy, for {readers}",
            table.qualified()
        );
        let help = "keep no tenant's rows in a materialized view: read them through a view that is no copy";
        recorder.error(rule::VIEWS_INVOKED, object(), message, help);
        return;
    }
    if view.invoker {
        return;
    }
    let help = format!("ALTER VIEW {shown} SET (security_invoker = true);");
    if context.catalog.passes_policies(&view.owner) {
        let message = format!(
            "it shows the rows of all tenants in {} to {readers}: it reads as {}, whom no policy holds",
            table.qualified(),
            view.owner
        );
        recorder.error(rule::VIEWS_INVOKED, object(), message, help);
    } else {
        let message = format!(
            "it reads {} with the rights of {}, not of its reader",
            table.qualified(),
            view.owner
        );
        recorder.warning(rule::VIEWS_INVOKED, object(), message, help);
    }
}

/// The functions with their owner's rights that the files did not make.
fn definers(context: &Context<'_>, recorder: &mut Recorder) {
    let known = routines(context.specs);
    for routine in context.catalog.routines.iter().filter(|routine| routine.definer) {
        recorder.examined(rule::DEFINERS_KNOWN, 1, "functions");
        if known.contains_key(&routine.name) || routine.callers.is_empty() || routine.is_trigger {
            continue;
        }
        let object = || Object::Other(routine.signature.clone());
        if !is_search_path_safe(routine) {
            let message = "it runs with its owner's rights, and what it calls is decided by its caller's search_path, or by what its caller makes in pg_temp";
            let help = format!(
                "ALTER ROUTINE {} SET search_path = {SEARCH_PATH};",
                routine.signature
            );
            recorder.error(rule::DEFINERS_KNOWN, object(), message, help);
        }
        if let Some((table, message)) = around(context, routine) {
            let help = format!("ALTER ROUTINE {} SECURITY INVOKER;", routine.signature);
            let object = table.map_or_else(object, |table| Object::Of(table, routine.signature.clone()));
            recorder.error(rule::DEFINERS_KNOWN, object, message, help);
        }
    }
}

/// Whether the schemas that it searches are its own choice, with `pg_temp` behind all others.
fn is_search_path_safe(routine: &Routine) -> bool {
    let mut paths = routine
        .settings
        .iter()
        .filter_map(|setting| setting.strip_prefix("search_path="));
    paths.any(|path| path.trim_end().ends_with("pg_temp"))
}

/// Why a function is a door: its owner passes the policies, and it names a table, or nobody can tell.
fn around<'a>(context: &Context<'a>, routine: &Routine) -> Option<(Option<&'a Table>, String)> {
    if !context.catalog.passes_policies(&routine.owner) {
        return None;
    }
    let callers = routine.callers.join(", ");
    let mut secured = context.tables().filter(|table| table.is_row_secured());
    let named = secured.find(|table| names(&routine.body, &table.name));
    let what = match (named, routine.language.as_str()) {
        (Some(table), _) => format!("names {}", table.qualified()),
        (None, "sql") => return None,
        (None, "plpgsql") if !names(&routine.body.to_lowercase(), "execute") => return None,
        _ => "what it reads cannot be seen".to_owned(),
    };
    let message = format!(
        "it runs as {}, whom no policy holds, and {what}; {callers} may call it",
        routine.owner
    );
    Some((named, message))
}

/// Whether a text has the name as a word.
fn names(text: &str, name: &str) -> bool {
    let is_in_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let behind = text[start + found.len()..].chars().next();
        !before.is_some_and(is_in_word) && !behind.is_some_and(is_in_word)
    })
}

fn handed_on(table: &Table, copied: &Copied, recorder: &mut Recorder) {
    let (message, help) = match copied.what.as_str() {
        "rule" => (
            format!("its rule `{}` rewrites what is asked of it", copied.name),
            format!(
                "DROP RULE {} ON {};",
                quote_identifier(&copied.name),
                table.sql_name()
            ),
        ),
        "child" => (
            format!(
                "{} inherits from it, and its rows are under policies of its own, or none",
                copied.name
            ),
            format!("ALTER TABLE {} NO INHERIT {};", copied.name, table.sql_name()),
        ),
        _ => (
            format!(
                "the publication `{}` hands the rows of all tenants on",
                copied.name
            ),
            format!(
                "ALTER PUBLICATION {} DROP TABLE {};",
                quote_identifier(&copied.name),
                table.sql_name()
            ),
        ),
    };
    recorder.error(rule::ROWS_COPIED_NOWHERE, Object::Table(table), message, help);
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_found_as_a_word_only() {
        assert!(names("SELECT * FROM scheduler.runs;", "runs"));
        assert!(names("runs", "runs"));
        assert!(!names("SELECT reruns, runs_total", "runs"));
    }
}
