use std::fmt::Write as _;

use super::{Audit, Outcome, Severity, sum};

/// For people: each finding with its remedy, what could not be checked, and one line with the sum. With escape
/// sequences for a terminal where `colour` is true.
pub fn to_text(audit: &Audit, colour: bool) -> String {
    let mut text = String::new();
    for finding in &audit.findings {
        let (word, paint) = match finding.severity {
            Severity::Error => ("error", "\u{1b}[1;31m"),
            Severity::Warning => ("warning", "\u{1b}[1;33m"),
        };
        let (paint, plain) = if colour { (paint, "\u{1b}[0m") } else { ("", "") };
        line(
            &mut text,
            format_args!(
                "{paint}{word}[{}]{plain} {}: {}",
                finding.rule.code, finding.object, finding.message
            ),
        );
        line(&mut text, format_args!("  help: {}", finding.help));
    }
    for evidence in &audit.evidence {
        if let Outcome::Unchecked(why) = &evidence.outcome {
            line(
                &mut text,
                format_args!(
                    "not checked[{}] {}: {why}",
                    evidence.rule.code, evidence.rule.title
                ),
            );
        }
    }
    if !audit.findings.is_empty() {
        line(
            &mut text,
            format_args!("\nrun `stellaops-db explain CODE` for a rule's reason"),
        );
    }
    let looked_at: usize = audit
        .evidence
        .iter()
        .flat_map(|evidence| &evidence.examined)
        .map(|(number, _)| number)
        .sum();
    let schemas = audit.schemas.len();
    let answer = if audit.is_sound() { "ok" } else { "no" };
    let rules = audit.evidence.len();
    line(
        &mut text,
        format_args!(
            "{answer}: {rules} rules, {looked_at} things looked at in {schemas} schemas: {}",
            sum(audit)
        ),
    );
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes everything");
    text.push('\n');
}
