//! Ways around the policies: views, functions with their owner's rights, rules, children and publications.

use std::collections::BTreeSet;

use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, grantee, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Copied, Routine, View};

pub(super) fn check(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
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
    definers(context, applications, recorder);
    for copied in &context.catalog.copies {
        recorder.examined(
            rule::ROWS_COPIED_NOWHERE,
            1,
            "rules, children, publications and foreign keys",
        );
        let name = (copied.schema.clone(), copied.relation.clone());
        let shown = sql_name(&name);
        match context.specs.table(&format!("{}.{}", name.0, name.1)) {
            Some(table) if !table.is_row_secured() => {}
            Some(table) => handed_on(Object::Table(table), &shown, copied, recorder),
            None => handed_on(Object::Other(shown.clone()), &shown, copied, recorder),
        }
    }
}

fn read_through(context: &Context<'_>, table: &Table, view: &View, recorder: &mut Recorder) {
    let shown = sql_name(&(view.schema.clone(), view.name.clone()));
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

/// The functions with their owner's rights that the files did not make, those that are called on hidden rows, and those that
/// are held by nothing.
fn definers(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    for routine in &context.catalog.routines {
        let is_known = context.routines.contains_key(&routine.name);
        recorder.examined(rule::DEFINERS_KNOWN, usize::from(routine.definer), "functions");
        if is_known {
            continue;
        }
        if routine.leakproof {
            let message = "somebody made it LEAKPROOF: the planner may call it on rows that a policy hides";
            let help = format!("ALTER FUNCTION {} NOT LEAKPROOF;", routine.signature);
            recorder.error(
                rule::DEFINERS_KNOWN,
                Object::Other(routine.signature.clone()),
                message,
                help,
            );
        }
        let caller = routine
            .callers
            .iter()
            .find(|caller| applications.contains(caller.as_str()));
        if let Some(caller) = caller.filter(|_| routine.untrusted && !routine.is_trigger) {
            let message = format!(
                "it is of the language {}, which no privilege holds, and {caller} may call it",
                routine.language
            );
            let help = format!(
                "REVOKE ALL ON ROUTINE {} FROM {};",
                routine.signature,
                grantee(caller)
            );
            let object = Object::Other(routine.signature.clone());
            recorder.error(rule::DEFINERS_KNOWN, object, message, help);
        }
        let is_door = routine.definer && (routine.is_trigger || !routine.callers.is_empty());
        if is_door && context.catalog.is_dangerous(&routine.owner) {
            door(context, routine, recorder);
        }
    }
}

/// A function whose owner no policy holds, or who could switch them off: what it reads, a text does not tell for certain.
fn door(context: &Context<'_>, routine: &Routine, recorder: &mut Recorder) {
    let body = routine.body.to_lowercase();
    let mut secured = context.tables().filter(|table| table.is_row_secured());
    let named = secured
        .find(|table| names(&body, &table.name.to_lowercase()) && names(&body, &table.schema.to_lowercase()));
    let callers = match (routine.is_trigger, routine.callers.as_slice()) {
        (true, _) => "whoever writes to its tables calls it".to_owned(),
        (false, callers) => format!("{} may call it", callers.join(", ")),
    };
    let reads = named.map_or_else(String::new, |table| format!(", and names {}", table.qualified()));
    let message = format!(
        "it runs as {}, whom no policy holds or who can switch them off{reads}; {callers}",
        routine.owner
    );
    let object = match named {
        Some(table) => Object::Of(table, routine.signature.clone()),
        None => Object::Other(routine.signature.clone()),
    };
    let help = format!(
        "ALTER ROUTINE {} SECURITY INVOKER;   -- or give it to a role that is under the policies",
        routine.signature
    );
    recorder.error(rule::DEFINERS_KNOWN, object, message, help);
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

fn handed_on(object: Object<'_>, relation: &str, copied: &Copied, recorder: &mut Recorder) {
    let name = &copied.name;
    let (message, help) = match copied.what.as_str() {
        "rule" => (
            format!("the rule {name} rewrites what is asked, with its owner's rights"),
            format!("DROP RULE {name};"),
        ),
        "child" => (
            format!("{name} inherits from it, and its rows are under policies of its own, or none"),
            format!("ALTER TABLE {name} NO INHERIT {relation};"),
        ),
        "parent" => (
            format!("it inherits from {name}, which shows its rows under policies of its own, or none"),
            format!("take it out of {name}: ALTER TABLE … NO INHERIT, or DETACH PARTITION"),
        ),
        "foreign key" => (
            format!("the foreign key {name}, in another schema, tells which keys it has"),
            format!("drop the foreign key {name}"),
        ),
        _ => (
            format!("the publication `{name}` hands the rows of all tenants on"),
            format!(
                "ALTER PUBLICATION {} DROP TABLE {relation};",
                quote_identifier(name)
            ),
        ),
    };
    recorder.error(rule::ROWS_COPIED_NOWHERE, object, message, help);
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
