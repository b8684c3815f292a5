//! What an audit found: findings, and for each rule what was looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use stellaops_db_spec::rule::Rule;

use super::catalog::Catalog;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A rule is broken.
    Error,
    /// Nothing is open, and somebody should look.
    Warning,
}

/// One thing that is not as the specs say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about: `scheduler.graph_jobs`, `role scheduler_app`.
    pub object: String,
    /// The table of the specs that it is about, `<schema>.<table>`.
    pub table: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How to mend it, as SQL where there is one way.
    pub help: String,
}

/// Whether a rule holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Holds,
    /// It does not, by that many findings.
    Broken(usize),
    /// It could not be looked at, or not wholly, and why.
    Unchecked(String),
}

/// What was looked at for a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// The rule.
    pub rule: &'static Rule,
    /// How many of what: `(66, "tables")`.
    pub examined: Vec<(usize, &'static str)>,
    /// Whether it holds.
    pub outcome: Outcome,
}

/// The answer of [`verify`](crate::verify::verify).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Audit {
    /// The login that asked.
    pub login: String,
    /// `server_version_num` of the server, 150018.
    pub server_version: i32,
    /// The schemas that were looked at.
    pub schemas: Vec<String>,
    /// Each rule in the order of the codes.
    pub evidence: Vec<Evidence>,
    /// All findings, by rule, then in the order of the specs.
    pub findings: Vec<Finding>,
    /// The facts, for the matrix.
    pub(super) catalog: Arc<Catalog>,
}

impl Audit {
    /// Whether every rule was looked at, and none is broken; warnings do not count.
    pub fn is_sound(&self) -> bool {
        let checked = |evidence: &Evidence| !matches!(evidence.outcome, Outcome::Unchecked(_));
        self.evidence.iter().all(checked) && self.errors().next().is_none()
    }

    /// The findings that break a rule.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.severity == Severity::Error)
    }
}

/// Takes down what the checks look at and find.
#[derive(Default)]
pub(super) struct Recorder {
    evidence: BTreeMap<&'static str, Noted>,
    findings: Vec<Finding>,
}

#[derive(Default)]
struct Noted {
    examined: Vec<(usize, &'static str)>,
    unchecked: Option<String>,
}

impl Recorder {
    /// So many of these were looked at for the rule.
    pub(super) fn examined(&mut self, rule: &'static Rule, number: usize, what: &'static str) {
        let examined = &mut self.evidence.entry(rule.code).or_default().examined;
        match examined.iter_mut().find(|(_, known)| *known == what) {
            Some((known, _)) => *known += number,
            None => examined.push((number, what)),
        }
    }

    /// The rule could not be looked at.
    pub(super) fn unchecked(&mut self, rule: &'static Rule, why: impl Into<String>) {
        self.evidence.entry(rule.code).or_default().unchecked = Some(why.into());
    }

    /// The rule is broken.
    pub(super) fn error(
        &mut self,
        rule: &'static Rule,
        object: Object<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, Severity::Error, object, message.into(), help.into());
    }

    /// Somebody should look.
    pub(super) fn warning(
        &mut self,
        rule: &'static Rule,
        object: Object<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, Severity::Warning, object, message.into(), help.into());
    }

    fn push(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        object: Object<'_>,
        message: String,
        help: String,
    ) {
        let (object, table) = match object {
            Object::Table(table) => (table.qualified(), Some(table.qualified())),
            Object::Of(table, part) => (part, Some(table.qualified())),
            Object::Other(name) => (name, None),
        };
        self.findings.push(Finding {
            rule,
            severity,
            object,
            table,
            message,
            help,
        });
    }

    /// The findings by rule, and what is known of each rule that was to be looked at.
    pub(super) fn finish(self, rules: &[&'static Rule]) -> (Vec<Evidence>, Vec<Finding>) {
        let Recorder {
            mut evidence,
            mut findings,
        } = self;
        findings.sort_by_key(|finding| finding.rule.code);
        let of = |rule: &&'static Rule| {
            let noted = evidence.remove(rule.code).unwrap_or_default();
            let broken = findings
                .iter()
                .filter(|finding| finding.rule.code == rule.code && finding.severity == Severity::Error)
                .count();
            Evidence {
                rule,
                examined: noted.examined,
                outcome: match (broken, noted.unchecked) {
                    (0, None) => Outcome::Holds,
                    (0, Some(why)) => Outcome::Unchecked(why),
                    (broken, _) => Outcome::Broken(broken),
                },
            }
        };
        (rules.iter().map(of).collect(), findings)
    }
}

/// What a finding is about.
pub(super) enum Object<'a> {
    /// A table of the specs.
    Table(&'a stellaops_db_spec::model::Table),
    /// Something that belongs to a table of the specs.
    Of(&'a stellaops_db_spec::model::Table, String),
    /// Anything else.
    Other(String),
}
