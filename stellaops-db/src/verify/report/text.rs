use super::{Audit, Finding, Outcome, Severity, sum};

/// For people: each finding with its remedy, what could not be checked, and one line with the sum. With escape
/// sequences for a terminal where `colour` is true.
pub fn to_text(audit: &Audit, colour: bool) -> String {
    let mut text: String = audit
        .findings
        .iter()
        .map(|finding| told(finding, colour))
        .collect();
    for evidence in &audit.evidence {
        if let Outcome::Unchecked(why) = &evidence.outcome {
            let (code, title) = (evidence.rule.code, evidence.rule.title);
            text.push_str(&format!("not checked[{code}] {title}: {why}\n"));
        }
    }
    if !audit.findings.is_empty() {
        text.push_str("\nrun `stellaops-db explain CODE` for a rule's reason\n");
    }
    let examined = audit.evidence.iter().flat_map(|evidence| &evidence.examined);
    let looked_at: usize = examined.map(|(number, _)| number).sum();
    let answer = if audit.is_sound() { "ok" } else { "no" };
    let rules = audit.evidence.len();
    let schemas = match audit.schemas.len() {
        1 => "1 schema".into(),
        number => format!("{number} schemas"),
    };
    text.push_str(&format!(
        "{answer}: {rules} rules, {looked_at} things looked at in {schemas}: {}\n",
        sum(audit)
    ));
    text
}

fn told(finding: &Finding, colour: bool) -> String {
    let (word, paint) = match finding.severity {
        Severity::Error => ("error", "\u{1b}[1;31m"),
        Severity::Warning => ("warning", "\u{1b}[1;33m"),
    };
    let (paint, plain) = if colour { (paint, "\u{1b}[0m") } else { ("", "") };
    format!(
        "{paint}{word}[{}]{plain} {}: {}\n  help: {}\n",
        finding.rule.code, finding.object, finding.message, finding.help
    )
}
