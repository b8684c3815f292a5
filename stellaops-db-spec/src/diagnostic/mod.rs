//! Faults: what is wrong, where, under which rule, and how to mend it.

mod render;

use serde::Serialize;

use crate::rule::Rule;
use crate::source::{Place, Sources, Span};

pub use render::Style;

/// One fault found in a spec file.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The rule that is broken; its code is stable.
    pub rule: &'static Rule,
    /// The place, as narrow as the wrong token.
    pub span: Span,
    /// What is wrong, in the user's words.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// A second place that explains the first (an earlier declaration, a parent), with a label.
    pub related: Option<(Span, String)>,
}

/// Collects faults. Finishing consumes it; a collector that is dropped with faults inside is a bug
/// and panics in debug builds, so that no fault can be lost on the way.
#[derive(Debug, Default)]
pub struct Diagnostics {
    faults: Vec<Fault>,
}

impl Diagnostics {
    /// An empty collector.
    pub fn new() -> Self {
        Diagnostics::default()
    }

    /// Adds a fault.
    pub fn push(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.faults.push(Fault {
            rule,
            span,
            message: message.into(),
            help: help.into(),
            related: None,
        });
    }

    /// Adds a fault with a second place.
    pub fn push_related(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
        related: (Span, String),
    ) {
        let (message, help) = (message.into(), help.into());
        self.faults.push(Fault {
            rule,
            span,
            message,
            help,
            related: Some(related),
        });
    }

    /// How many faults there are; two readings around a step tell whether the step found any.
    pub fn len(&self) -> usize {
        self.faults.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Takes back the faults of a rule in one file, which the file is excused from, and says how many
    /// there were.
    pub(crate) fn take_back(&mut self, rule: &Rule, file: usize) -> usize {
        let before = self.faults.len();
        self.faults
            .retain(|fault| fault.rule.code != rule.code || fault.span.file != file);
        before - self.faults.len()
    }

    /// Whether a fault lies in one of these files.
    pub(crate) fn is_any_in(&self, files: &[usize]) -> bool {
        self.faults.iter().any(|fault| files.contains(&fault.span.file))
    }

    /// The barrier between two phases: `Ok` when nothing was found so far, else everything found,
    /// sorted by place.
    ///
    /// # Errors
    /// The report with all faults.
    pub fn finish(mut self, sources: &Sources) -> Result<(), Report> {
        let mut faults = std::mem::take(&mut self.faults);
        if faults.is_empty() {
            return Ok(());
        }
        faults.sort_by(|left, right| {
            (left.span, left.rule.code, &left.message).cmp(&(right.span, right.rule.code, &right.message))
        });
        Err(Report {
            sources: sources.clone(),
            faults,
            subject: "the specs",
        })
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            debug_assert!(self.faults.is_empty(), "faults were collected and never reported");
        }
    }
}

/// All faults of one run, with the texts they point into. `Display` prints them as people read
/// them; see also [`Report::render`] and [`Report::to_json`].
#[derive(Debug, Clone)]
pub struct Report {
    sources: Sources,
    faults: Vec<Fault>,
    /// What was looked at, in the last line.
    subject: &'static str,
}

impl Report {
    /// The same faults, told as those of something else than the specs, such as `the configuration`.
    pub fn about(mut self, subject: &'static str) -> Self {
        self.subject = subject;
        self
    }

    /// The faults, sorted by file and place.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Line and column of a fault.
    pub fn place(&self, fault: &Fault) -> Place {
        self.sources.place(fault.span)
    }

    /// The faults as data, in the order of [`Report::faults`].
    pub fn to_records(&self) -> Vec<FaultRecord> {
        self.faults
            .iter()
            .map(|fault| {
                let place = self.place(fault);
                FaultRecord {
                    code: fault.rule.code,
                    title: fault.rule.title,
                    file: place.file.to_string(),
                    line: place.line,
                    column: place.column,
                    message: fault.message.clone(),
                    help: fault.help.clone(),
                }
            })
            .collect()
    }

    /// The faults as one JSON array of [`FaultRecord`]s.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.to_records()).expect("strings and numbers always serialize")
    }

    /// The faults of one file, by its path as in [`FaultRecord::file`], and those of all others.
    pub fn split_by_file(&self, path: &str) -> (Vec<&Fault>, Vec<&Fault>) {
        self.faults
            .iter()
            .partition(|fault| self.sources.files()[fault.span.file].path.as_ref() == path)
    }

    /// Some of the faults with the source excerpt of each, the span underlined. At most 500 are drawn.
    pub fn render_some(&self, faults: &[&Fault], style: Style) -> String {
        render::render(&self.sources, faults, self.subject, style)
    }

    /// The faults with the source excerpt of each, the span underlined. At most 500 are drawn.
    pub fn render(&self, style: Style) -> String {
        self.render_some(&self.faults.iter().collect::<Vec<_>>(), style)
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Report {}

/// A fault as data, for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultRecord {
    /// The stable code, `SDB0112`.
    pub code: &'static str,
    /// The rule's title.
    pub title: &'static str,
    /// The file, `specs/scheduler/graph_jobs.toml`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

/// The candidate nearest to a misspelt word, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= 1 + candidate.chars().count().min(word.chars().count()) / 4
        })
        .min()
        .map(|(_, candidate)| candidate)
}
