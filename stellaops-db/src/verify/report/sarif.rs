use serde_json::{Value, json};
use stellaops_db_spec::model::Database;

use super::{Audit, Finding, Outcome, Severity};

/// As SARIF 2.1.0 (OASIS), which code hosts show beside the code: each finding at the place of its table's spec.
pub fn to_sarif(audit: &Audit, specs: &Database) -> Value {
    let rules = audit.evidence.iter().map(|evidence| {
        json!({
            "id": evidence.rule.code,
            "shortDescription": { "text": evidence.rule.title },
            "fullDescription": { "text": evidence.rule.reason },
            "help": { "text": format!("{}\n\nWrong:\n{}\n\nRight:\n{}", evidence.rule.reason, evidence.rule.wrong, evidence.rule.right) },
        })
    });
    let results = audit.findings.iter().map(|finding| result(finding, specs));
    let unchecked = audit
        .evidence
        .iter()
        .filter_map(|evidence| match &evidence.outcome {
            Outcome::Unchecked(why) => Some(json!({
                "level": "warning",
                "message": { "text": format!("not checked: {why}") },
                "associatedRule": { "id": evidence.rule.code },
            })),
            _ => None,
        });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "stellaops-db verify",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": unchecked.collect::<Vec<_>>(),
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding, specs: &Database) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let table = finding.table.as_deref().and_then(|table| specs.table(table));
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": finding.object }] });
    if let Some(place) = table.map(|table| &table.place) {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": place.file.as_ref() },
            "region": { "startLine": place.line, "startColumn": place.column },
        });
    }
    json!({
        "ruleId": finding.rule.code,
        "level": level,
        "message": { "text": format!("{}: {}. {}", finding.object, finding.message, finding.help) },
        "locations": [location],
    })
}
