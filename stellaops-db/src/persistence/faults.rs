//! The faults of one file, and how much of its text they may show.

use std::collections::BTreeSet;
use std::ops::Range;

use stellaops_db_spec::diagnostic::{Diagnostics, Report};
use stellaops_db_spec::rule::Rule;
use stellaops_db_spec::source::{SourceFile, Sources, Span};

use super::mask::{leading_keys, masked};
use crate::config::Setting;

/// Collects what is wrong, with its place.
pub(super) struct Faults<'a> {
    text: &'a str,
    diagnostics: Diagnostics,
    told: BTreeSet<(usize, String)>,
    shown: Vec<Range<usize>>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Faults {
            text,
            diagnostics: Diagnostics::new(),
            told: BTreeSet::new(),
            shown: Vec::new(),
        }
    }

    /// Adds a fault; what was told of the same place already is not told again.
    pub(super) fn push(
        &mut self,
        rule: &'static Rule,
        range: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let message = message.into();
        if self.is_new(range, &message) {
            self.diagnostics.push(rule, span(range), message, help);
        }
    }

    /// Adds a fault with a second place that explains it.
    pub(super) fn push_related(
        &mut self,
        rule: &'static Rule,
        range: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
        related: (&Range<usize>, &str),
    ) {
        let message = message.into();
        if self.is_new(range, &message) {
            let related = (span(related.0), related.1.to_owned());
            self.diagnostics
                .push_related(rule, span(range), message, help, related);
        }
    }

    /// That part of the text holds no secret.
    pub(super) fn show(&mut self, range: &Range<usize>) {
        self.shown.push(range.clone());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Of a text that could not be parsed nothing is known but what stands in front of the colons.
    pub(super) fn show_leading_keys(&mut self) {
        let is_known = |word: &str| {
            Setting::of_name(word).is_some()
                || ["version", "defaults", "modules", "env", "file"].contains(&word)
        };
        self.shown.extend(leading_keys(self.text, is_known));
    }

    /// The text as faults may show it, under the name of its file.
    ///
    /// # Errors
    /// All that was found, sorted by place.
    pub(super) fn finish(self, path: &str) -> Result<Sources, Report> {
        let sources = Sources::new(vec![SourceFile {
            path: path.into(),
            text: masked(self.text, &self.shown).into(),
        }]);
        self.finish_in(&sources)?;
        Ok(sources)
    }

    /// As [`finish`](Self::finish), with the text as it may be shown.
    pub(super) fn finish_in(self, sources: &Sources) -> Result<(), Report> {
        let finished = self.diagnostics.finish(sources);
        finished.map_err(|report| report.about("the configuration"))
    }

    fn is_new(&mut self, range: &Range<usize>, message: &str) -> bool {
        self.told.insert((range.start, message.to_owned()))
    }
}

pub(super) fn span(range: &Range<usize>) -> Span {
    Span {
        file: 0,
        start: range.start,
        end: range.end,
    }
}
