use super::{Audit, Finding, Outcome, Severity, examined, sum, version};

/// A report for whoever asks for evidence: each rule with what was looked at and whether it holds, then the findings.
pub fn to_markdown(audit: &Audit) -> String {
    let mut text = String::from("# Isolation of the tenants\n\n");
    let answer = if audit.is_sound() {
        "Every rule holds"
    } else {
        "Not every rule holds"
    };
    text.push_str(&format!(
        "{answer}: {}. Asked by `{}` on PostgreSQL {}, in the schemas {}.\n\n",
        sum(audit),
        audit.login,
        version(audit.server_version),
        audit.schemas.join(", ")
    ));
    text.push_str("| rule | what holds | looked at | answer |\n|---|---|---|---|\n");
    for evidence in &audit.evidence {
        let answer = match &evidence.outcome {
            Outcome::Holds => "holds".to_owned(),
            Outcome::Broken(1) => "**broken**, 1 finding".to_owned(),
            Outcome::Broken(number) => format!("**broken**, {number} findings"),
            Outcome::Unchecked(why) => format!("**not checked**: {}", cell(why)),
        };
        text.push_str(&format!(
            "| {} | {} | {} | {answer} |\n",
            evidence.rule.code,
            cell(evidence.rule.title),
            examined(evidence)
        ));
    }
    if !audit.findings.is_empty() {
        text.push_str(
            "\n## Findings\n\n| rule | weight | object | what is wrong | remedy |\n|---|---|---|---|---|\n",
        );
        text.extend(audit.findings.iter().map(row));
    }
    text
}

fn row(finding: &Finding) -> String {
    let weight = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!(
        "| {} | {weight} | {} | {} | {} |\n",
        finding.rule.code,
        cell(&finding.object),
        cell(&finding.message),
        cell(&finding.help)
    )
}

/// A text that breaks no table.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
        .replace('<', "&lt;")
}
