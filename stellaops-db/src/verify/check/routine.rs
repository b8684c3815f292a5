//! The generated functions, and what policies call.

use stellaops_db_spec::ddl::expected::{Routine, SEARCH_PATH, Volatility};
use stellaops_db_spec::model::name::Role;
use stellaops_db_spec::rule;

use super::{Context, apply, grantee, role_of};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{self, SHARED};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    let owners: Vec<String> = context
        .specs
        .schemas
        .iter()
        .map(|schema| role_of(&schema.name, Role::Owner))
        .collect();
    for (name, routine) in &context.routines {
        let schema = name.split('.').next().unwrap_or(SHARED);
        if schema != SHARED && !context.schemas.iter().any(|known| known.name == schema) {
            continue;
        }
        recorder.examined(rule::ROUTINES_EXACT, 1, "routines");
        let found = of_name(context, name);
        if let Some(message) = difference(routine, &found) {
            let other = stranger(routine, &found);
            let help = other.map_or_else(
                || apply(schema),
                |other| format!("DROP ROUTINE {};", other.signature),
            );
            recorder.error(rule::ROUTINES_EXACT, Object::Other(name.clone()), message, help);
        }
        for found in found {
            callers(&owners, routine, found, recorder);
        }
    }
    called_by_policies(context, recorder);
}

/// Who may call a routine; the owners of schemas may call what their own routines call.
fn callers(owners: &[String], wanted: &Routine, found: &catalog::Routine, recorder: &mut Recorder) {
    for caller in &found.callers {
        if !wanted.callers.contains(caller) && !owners.contains(caller) {
            let message = format!("{caller} may call it");
            let help = format!(
                "REVOKE ALL ON ROUTINE {} FROM {};",
                found.signature,
                grantee(caller)
            );
            recorder.error(
                rule::ROUTINES_EXACT,
                Object::Other(wanted.name.clone()),
                message,
                help,
            );
        }
    }
}

/// Whether the one routine of that name is the generated one, so that nobody's words are run with it.
pub(in crate::verify) fn is_generated(context: &Context<'_>, name: &str) -> bool {
    let wanted = context.routines.get(name);
    wanted.is_some_and(|wanted| difference(wanted, &of_name(context, name)).is_none())
}

fn of_name<'a>(context: &Context<'a>, name: &str) -> Vec<&'a catalog::Routine> {
    let all = context.catalog.routines.iter();
    all.filter(|routine| routine.name == name).collect()
}

/// What is wrong with the routines of that name.
fn difference(wanted: &Routine, found: &[&catalog::Routine]) -> Option<String> {
    match found {
        [] => Some("it is missing".to_owned()),
        [found] => differs(wanted, found),
        several => {
            let other = stranger(wanted, several)?;
            Some(format!("there is another one of that name, {}", other.signature))
        }
    }
}

/// Of several, one that was not generated.
fn stranger<'a>(wanted: &Routine, found: &[&'a catalog::Routine]) -> Option<&'a catalog::Routine> {
    let (last, others) = found.split_last()?;
    let mut others = others.iter().peekable();
    others.peek()?;
    Some(
        others
            .find(|other| differs(wanted, other).is_some())
            .unwrap_or(last),
    )
}

fn differs(wanted: &Routine, found: &catalog::Routine) -> Option<String> {
    let volatility = match wanted.volatility {
        Volatility::Immutable => "i",
        Volatility::Stable => "s",
        Volatility::Volatile => "v",
    };
    let search_path = format!("search_path={SEARCH_PATH}");
    let fixes_search_path = found.settings.contains(&search_path);
    if found.body != wanted.body {
        return Some("it does something else than it was generated for".into());
    }
    if found.definer != wanted.security_definer {
        return Some(format!(
            "it runs with the rights of its {}",
            if found.definer { "owner" } else { "caller" }
        ));
    }
    if found.leakproof {
        return Some("it is LEAKPROOF: the planner may call it on rows that a policy hides".into());
    }
    if found.volatility != volatility {
        return Some(format!("it is {}", volatility_in_words(&found.volatility)));
    }
    if (found.parallel == "s") != wanted.parallel_safe {
        return Some("parallel queries may call it, or may not, otherwise than it was generated".into());
    }
    if fixes_search_path != wanted.fixes_search_path {
        return Some("its search_path is another one".into());
    }
    None
}

fn volatility_in_words(volatility: &str) -> &'static str {
    match volatility {
        "i" => "IMMUTABLE",
        "s" => "STABLE",
        _ => "VOLATILE",
    }
}

/// Of every function that a policy calls, whoever made it.
fn called_by_policies(context: &Context<'_>, recorder: &mut Recorder) {
    let called = context
        .catalog
        .routines
        .iter()
        .filter(|routine| routine.in_policy);
    for routine in called {
        recorder.examined(rule::ROUTINES_EXACT, 1, "functions that policies call");
        let object = || Object::Other(routine.signature.clone());
        if routine.volatility == "i" {
            let message = "a policy calls it, and it is IMMUTABLE: its answer is folded into cached plans, which then show another tenant's rows";
            let help = format!("ALTER FUNCTION {} STABLE;", routine.signature);
            recorder.error(rule::ROUTINES_EXACT, object(), message, help);
        }
        if routine.parallel != "s" {
            let message =
                "a policy calls it, and it is not PARALLEL SAFE: every query on the table is serial";
            let help = format!("ALTER FUNCTION {} PARALLEL SAFE;", routine.signature);
            recorder.warning(rule::ROUTINES_EXACT, object(), message, help);
        }
    }
}
