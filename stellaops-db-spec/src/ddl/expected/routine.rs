//! Functions and procedures, read from the text of the files themselves.

use std::collections::BTreeMap;

use crate::model::Database;

/// What a function may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// On its arguments.
    Immutable,
    /// On the statement, too.
    Stable,
    /// On anything.
    Volatile,
}

/// A function or procedure that the files make.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Routine {
    /// `<schema>.<name>`, quoted where SQL needs it.
    pub name: String,
    /// What is between the dollars.
    pub body: String,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// What it depends on.
    pub volatility: Volatility,
    /// Whether a parallel query may call it.
    pub parallel_safe: bool,
    /// Whether it searches [`SEARCH_PATH`], whatever its caller does.
    pub fixes_search_path: bool,
    /// Who may call it, beside its owner and the owners of schemas.
    pub callers: Vec<String>,
}

/// Where a routine looks for what has no schema before its name. What is made by a session for itself comes last: where
/// it is not named, PostgreSQL looks there first.
pub const SEARCH_PATH: &str = "pg_catalog, pg_temp";

const HEAD: &str = "CREATE OR REPLACE ";

/// The routines of all files, by name. None is there twice with other arguments.
pub fn routines(database: &Database) -> BTreeMap<String, Routine> {
    let files = crate::ddl::emit(database);
    let mut callers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, role) in files.iter().flat_map(|file| granted(&file.text)) {
        let roles = callers.entry(name).or_default();
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    let found = files.iter().flat_map(|file| {
        let starts = file
            .text
            .match_indices(HEAD)
            .filter(|(start, _)| *start == 0 || file.text.as_bytes()[start - 1] == b'\n');
        starts.filter_map(|(start, _)| routine(&file.text[start + HEAD.len()..]))
    });
    let called = found.map(|routine| Routine {
        callers: callers.get(routine.name.as_str()).cloned().unwrap_or_default(),
        ..routine
    });
    called.map(|routine| (routine.name.clone(), routine)).collect()
}

/// Routine and role of every `GRANT EXECUTE ON FUNCTION a(…), b(…) TO role;`.
fn granted(text: &str) -> Vec<(&str, String)> {
    let grants = text.split("\nGRANT EXECUTE ON ").skip(1);
    grants
        .filter_map(|rest| rest.split_once(';')?.0.rsplit_once(" TO "))
        .filter(|(what, _)| what.starts_with("FUNCTION ") || what.starts_with("PROCEDURE "))
        .flat_map(|(what, role)| {
            let names = what
                .split(')')
                .filter_map(|one| one.split_once('(')?.0.split_whitespace().last());
            names
                .map(move |name| (name.trim_start_matches(','), role.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// `FUNCTION name(arguments) … AS $tag$body$tag$`
fn routine(text: &str) -> Option<Routine> {
    let (_kind, rest) = text.split_once(' ')?;
    let name = &rest[..rest.find('(')?];
    let (head, body) = rest.split_once(" AS $")?;
    let (tag, body) = body.split_once('$')?;
    let body = &body[..body.find(&format!("${tag}$"))?];
    let volatility = match head {
        _ if head.contains(" IMMUTABLE") => Volatility::Immutable,
        _ if head.contains(" STABLE") => Volatility::Stable,
        _ => Volatility::Volatile,
    };
    Some(Routine {
        name: name.to_owned(),
        body: body.to_owned(),
        security_definer: head.contains(" SECURITY DEFINER"),
        volatility,
        parallel_safe: head.contains(" PARALLEL SAFE"),
        fixes_search_path: head.contains(&format!(" SET search_path = {SEARCH_PATH}")),
        callers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_call_is_read_from_the_grants() {
        let text = "x\nGRANT EXECUTE ON FUNCTION s.f(), s.g(jsonb, text),\n  s.h(a, b) TO PUBLIC;\nGRANT EXECUTE ON ALL ROUTINES IN SCHEMA s TO o;";
        let names: Vec<&str> = granted(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["s.f", "s.g", "s.h"]);
        assert!(granted(text).iter().all(|(_, role)| role == "PUBLIC"));
    }

    #[test]
    fn a_routine_is_read_as_it_is_written() {
        let text = "FUNCTION shop.f(a text DEFAULT ')') RETURNS text\nLANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$\n  SELECT '$x$'\n$function$;";
        let found = routine(text).expect("a routine");
        assert_eq!(
            (found.name.as_str(), found.body.as_str()),
            ("shop.f", "\n  SELECT '$x$'\n")
        );
        assert_eq!(found.volatility, Volatility::Stable);
        assert!(found.parallel_safe && !found.security_definer);
    }
}
