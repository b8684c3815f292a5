//! What two texts tell before a server is asked: most of it is whether it may be asked at all.

use std::collections::BTreeSet;

use super::pair::{Pair, Sheet};
use crate::verify::check::{Context, is_generated};

/// What is known of a pair.
pub(super) enum Verdict<'a> {
    /// There is nothing to tell.
    Same,
    /// What is told of it.
    Other(String),
    /// Why it cannot be compared.
    Unknown(String),
    /// Both are to be planned: the text of the specs, and the print of what is there.
    ToPlan(&'a str, &'a str),
}

pub(super) fn of<'a>(context: &Context<'_>, sheet: &Sheet<'_>, pair: &'a Pair<'_>) -> Verdict<'a> {
    let (wanted, found) = match (pair.wanted.as_deref(), pair.found) {
        (Some(wanted), Some(found)) => (wanted, found),
        (Some(wanted), None) => return Verdict::Other(format!("{} is missing: {wanted}", pair.what)),
        (None, Some(found)) => {
            let message = format!("the specs have nothing as {}, which is {found}", pair.what);
            return Verdict::Other(message);
        }
        (None, None) => return Verdict::Same,
    };
    if pair.is_printed {
        return match wanted == found {
            true => Verdict::Same,
            false => Verdict::Other(another(pair, found)),
        };
    }
    let strangers = || pair.calls.iter().filter(|name| !is_generated(context, name));
    if let Some(name) = strangers().find(|name| !says(wanted, name)) {
        return Verdict::Other(format!(
            "{} is another one, which calls {name}: {found}",
            pair.what
        ));
    }
    if let Some(name) = strangers().next() {
        return Verdict::Unknown(format!(
            "it calls {name}, which is neither the specs' nor PostgreSQL's"
        ));
    }
    if sheet.has_own_types() {
        return Verdict::Unknown("a column has a type of somebody's own".to_owned());
    }
    if !has_collations_of(wanted, found) {
        return Verdict::Other(another(pair, found));
    }
    Verdict::ToPlan(wanted, found)
}

pub(super) fn another(pair: &Pair<'_>, found: &str) -> String {
    format!("{} is another one: {found}", pair.what)
}

/// Whether a text calls a function of that name.
fn says(text: &str, name: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || "_.\"".contains(character);
    text.match_indices(name).any(|(at, _)| {
        let behind = text[at + name.len()..].trim_start();
        !text[..at].ends_with(is_word) && behind.starts_with('(')
    })
}

/// A plan does not show collations. The server prints some of them twice, as of what lies BETWEEN two values.
fn has_collations_of(wanted: &str, found: &str) -> bool {
    let (wanted, found) = (collations(wanted), collations(found));
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    names(&wanted) == names(&found) && found.len() >= wanted.len()
}

/// The names behind COLLATE, outside literals.
fn collations(text: &str) -> Vec<&str> {
    let outside = text.split('\'').step_by(2);
    let behind = outside.flat_map(|part| part.split("COLLATE ").skip(1));
    behind
        .map(|rest| {
            let end = rest.find(|end: char| end.is_whitespace() || "),".contains(end));
            let name = &rest[..end.unwrap_or(rest.len())];
            name.strip_prefix("pg_catalog.").unwrap_or(name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{has_collations_of, says};

    #[test]
    fn a_function_is_called_by_its_whole_name() {
        assert!(says("audit.f (x)", "audit.f"));
        for text in ["audit.fits(x)", "my.audit.f(x)", "audit.f", ""] {
            assert!(!says(text, "audit.f"), "{text}");
        }
    }

    #[test]
    fn collations_are_the_same_ones_and_no_fewer() {
        let wanted = "a COLLATE \"C\" BETWEEN 'x' AND 'COLLATE y'";
        let found =
            "(((a COLLATE \"C\") >= 'x'::text) AND ((a COLLATE pg_catalog.\"C\") <= 'COLLATE y'::text))";
        assert!(has_collations_of(wanted, found));
        for found in [
            "(a >= 'x')",
            "((a COLLATE \"tr-x-icu\") >= 'x')",
            "((a COLLATE public.\"C\") >= 'x')",
        ] {
            assert!(!has_collations_of(wanted, found), "{found}");
        }
    }
}
