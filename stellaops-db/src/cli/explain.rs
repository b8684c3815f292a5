//! `stellaops-db explain`

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::doc;
use stellaops_db_spec::rule::{self, Rule};

use super::Format;
use super::answer::{Answer, Exit};

/// Explain a rule: its reason, a wrong and a right example; without a code, list all rules
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db explain SDB0502
  stellaops-db explain 502                the same
  stellaops-db explain                    all rules, one line each
  stellaops-db explain --format json      all rules with reasons and examples

Exit codes: 0 explained, 1 no rule has that code.")]
pub(super) struct Explain {
    /// The code of a fault, as `check` and the compiler show it
    code: Option<String>,
}

#[derive(Serialize)]
struct RuleRecord {
    code: &'static str,
    title: &'static str,
    reason: &'static str,
    wrong: &'static str,
    right: &'static str,
    enforced: &'static str,
    waivable: bool,
}

#[derive(Serialize)]
struct NoRule<'a> {
    unknown: &'a str,
    nearest: Option<&'static str>,
}

impl Explain {
    pub(super) fn answer(self, format: Format) -> Answer {
        let Some(code) = self.code else {
            return all(format);
        };
        match (rule::find(&whole_code(&code)), format) {
            (Some(rule), Format::Text) => Answer::text(doc::explain(rule), Exit::Well),
            (Some(rule), Format::Json) => Answer::json(&record(rule), Exit::Well),
            (None, _) => unknown(&code, format),
        }
    }
}

fn all(format: Format) -> Answer {
    match format {
        Format::Json => Answer::json(&rule::all().map(record).collect::<Vec<_>>(), Exit::Well),
        Format::Text => {
            let line = |rule: &Rule| format!("{}  {}\n", rule.code, rule.title);
            Answer::text(rule::all().map(line).collect::<String>(), Exit::Well)
        }
    }
}

fn unknown(code: &str, format: Format) -> Answer {
    let near = nearest(&whole_code(code), rule::all().map(|rule| rule.code));
    let found = near.and_then(rule::find);
    match format {
        Format::Json => {
            let answer = NoRule {
                unknown: code,
                nearest: found.map(|rule| rule.code),
            };
            Answer::json(&answer, Exit::No)
        }
        Format::Text => {
            let hint = found.map(|rule| format!("the nearest is {}: {}\n", rule.code, rule.title));
            let text = format!(
                "no rule has the code `{code}`\n{}`stellaops-db explain` lists them all\n",
                hint.unwrap_or_default()
            );
            Answer::text(text, Exit::No)
        }
    }
}

/// The code as the registry writes it: `502` and `sdb0502` are SDB0502.
fn whole_code(code: &str) -> String {
    match code.parse::<u16>() {
        Ok(number) => format!("SDB{number:04}"),
        Err(_) => code.to_ascii_uppercase(),
    }
}

fn record(rule: &'static Rule) -> RuleRecord {
    RuleRecord {
        code: rule.code,
        title: rule.title,
        reason: rule.reason,
        wrong: rule.wrong,
        right: rule.right,
        enforced: rule.enforcement.as_str(),
        waivable: rule.waivable,
    }
}
