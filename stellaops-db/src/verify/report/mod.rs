//! The forms in which an audit is told: for people, as JSON, as SARIF, and as a report in Markdown.

mod json;
mod markdown;
mod sarif;
mod text;

pub use json::to_json;
pub use markdown::to_markdown;
pub use sarif::to_sarif;
pub use text::to_text;

use super::{Audit, Evidence, Finding, Outcome, Severity};

/// `66 tables, 312 policies`
fn examined(evidence: &Evidence) -> String {
    let parts = evidence.examined.iter().map(|(number, what)| match number {
        1 => format!("1 {}", singular(what)),
        _ => format!("{number} {what}"),
    });
    match parts.collect::<Vec<_>>().join(", ") {
        parts if parts.is_empty() => "nothing of the kind".into(),
        parts => parts,
    }
}

/// One of them: the first word without the letter that makes it many.
fn singular(what: &str) -> String {
    let (first, rest) = what
        .split_once(' ')
        .map_or((what, String::new()), |(first, rest)| (first, format!(" {rest}")));
    match first.strip_suffix("ies") {
        Some(stem) => format!("{stem}y{rest}"),
        None => format!("{}{rest}", first.strip_suffix('s').unwrap_or(first)),
    }
}

fn count(audit: &Audit, severity: Severity) -> usize {
    let findings = audit.findings.iter();
    findings.filter(|finding| finding.severity == severity).count()
}

fn unchecked(audit: &Audit) -> usize {
    let evidence = audit.evidence.iter();
    evidence
        .filter(|evidence| matches!(evidence.outcome, Outcome::Unchecked(_)))
        .count()
}

/// `1 error, 2 warnings, 2 rules not checked`
fn sum(audit: &Audit) -> String {
    let counted = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    };
    let mut parts = vec![
        counted(count(audit, Severity::Error), "error", "errors"),
        counted(count(audit, Severity::Warning), "warning", "warnings"),
    ];
    match unchecked(audit) {
        0 => {}
        number => parts.push(counted(number, "rule not checked", "rules not checked")),
    }
    parts.join(", ")
}

/// `15.18` of 150018.
fn version(number: i32) -> String {
    format!("{}.{}", number / 10_000, number % 10_000)
}

#[cfg(test)]
mod tests {
    use stellaops_db_spec::rule;

    use super::*;
    use crate::verify::Evidence;

    #[test]
    fn one_of_many_is_told_in_the_singular() {
        let evidence = Evidence {
            rule: rule::POLICIES_EXACT,
            examined: vec![
                (1, "policies"),
                (2, "tables"),
                (1, "functions that policies call"),
            ],
            outcome: Outcome::Holds,
        };
        assert_eq!(
            examined(&evidence),
            "1 policy, 2 tables, 1 function that policies call"
        );
    }
}
