use serde_json::{Value, json};

use super::{Audit, Outcome, Severity, version};

/// As data: `sound`, `findings` and `rules`, in the order of [`Audit`].
pub fn to_json(audit: &Audit) -> Value {
    let findings = audit.findings.iter().map(|finding| {
        json!({
            "code": finding.rule.code,
            "severity": finding.severity,
            "object": finding.object,
            "table": finding.table,
            "message": finding.message,
            "help": finding.help,
        })
    });
    let rules = audit.evidence.iter().map(|evidence| {
        let (outcome, reason) = match &evidence.outcome {
            Outcome::Holds => ("holds", None),
            Outcome::Broken(_) => ("broken", None),
            Outcome::Unchecked(why) => ("unchecked", Some(why)),
        };
        let examined = evidence.examined.iter();
        let examined = examined.map(|(number, what)| json!({ "number": number, "of": what }));
        json!({
            "code": evidence.rule.code,
            "title": evidence.rule.title,
            "outcome": outcome,
            "reason": reason,
            "examined": examined.collect::<Vec<_>>(),
        })
    });
    json!({
        "sound": audit.is_sound(),
        "server": version(audit.server_version),
        "login": audit.login,
        "schemas": audit.schemas,
        "errors": super::count(audit, Severity::Error),
        "warnings": super::count(audit, Severity::Warning),
        "findings": findings.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
    })
}
