//! Names in Rust for names in specs.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The struct of a table: the singular of its name. English has no rule without exceptions; whoever
/// copies the struct renames it.
pub(super) fn of_table(table: &str) -> String {
    let (before, last) = table
        .rsplit_once('_')
        .map_or(("", table), |(before, last)| (before, last));
    let singular = singular(last);
    match before {
        "" => singular.to_upper_camel_case(),
        before => format!("{before}_{singular}").to_upper_camel_case(),
    }
}

fn singular(word: &str) -> String {
    let cut = |letters: usize| word[..word.len() - letters].to_owned();
    match word {
        _ if word.ends_with("ies") && word.len() > 4 => format!("{}y", cut(3)),
        _ if ["sses", "shes", "ches", "xes", "iases", "uses"]
            .iter()
            .any(|end| word.ends_with(end)) =>
        {
            cut(2)
        }
        _ if ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) => word.to_owned(),
        _ if word.ends_with('s') => cut(1),
        _ => word.to_owned(),
    }
}

/// A type of that name. One that would begin with a digit gets a letter in front.
pub(super) fn of_type(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    match camel.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("V{camel}"),
        false => camel,
    }
}

/// A field of that name; key words of Rust get another one, and the attribute that maps it.
pub(super) fn of_field(name: &str) -> String {
    let snake = name.to_snake_case();
    match snake.as_str() {
        "type" => "kind".into(),
        word if is_key_word(word) => format!("{word}_"),
        _ => snake,
    }
}

fn is_key_word(word: &str) -> bool {
    matches!(
        word,
        "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "gen"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_the_plural_gives_a_struct_in_the_singular() {
        for (table, name) in [
            ("graph_jobs", "GraphJob"),
            ("escalation_policies", "EscalationPolicy"),
            ("advisory_weaknesses", "AdvisoryWeakness"),
            ("advisory_aliases", "AdvisoryAlias"),
            ("licenses", "License"),
            ("indexes", "Index"),
            ("consensus", "Consensus"),
            ("inbox", "Inbox"),
            ("audit", "Audit"),
            ("license_usage", "LicenseUsage"),
        ] {
            assert_eq!(of_table(table), name);
        }
    }

    #[test]
    fn what_rust_keeps_for_itself_gets_another_name() {
        assert_eq!(of_field("type"), "kind");
        assert_eq!(of_field("match"), "match_");
        assert_eq!(of_field("sbomDigest"), "sbom_digest");
        assert_eq!(of_type("2fa"), "V2fa");
    }
}
