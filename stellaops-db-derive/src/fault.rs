//! Faults of a type: our code, the place, the remedy.

use quote::ToTokens;
use stellaops_db_spec::rule::Rule;

/// Collects the faults of one type, so that all are reported together.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    error: Option<syn::Error>,
    number: usize,
}

impl Faults {
    /// Adds a fault that is marked at these tokens.
    pub(crate) fn push(&mut self, rule: &'static Rule, at: impl ToTokens, message: &str, help: &str) {
        self.add(syn::Error::new_spanned(at, text(rule, message, help)));
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.error.is_none()
    }

    /// How many there are; two readings around a step tell whether the step found any.
    pub(crate) fn len(&self) -> usize {
        self.number
    }

    /// What was found.
    pub(crate) fn finish(self) -> Option<syn::Error> {
        self.error
    }

    fn add(&mut self, error: syn::Error) {
        self.number += 1;
        match &mut self.error {
            Some(known) => known.combine(error),
            None => self.error = Some(error),
        }
    }
}

/// A fault's text, as the compiler prints it; also that of the checks that the compiler makes.
pub(crate) fn text(rule: &Rule, message: &str, help: &str) -> String {
    let Rule { code, .. } = rule;
    format!("[{code}] {message}\n= help: {help}\n= note: run `stellaops-db explain {code}`")
}

/// ``help: … `nearest` …`` for a misspelt word, or the list of the words that are known.
pub(crate) fn known_words(what: &str, words: &[&str]) -> String {
    match words {
        [] => format!("there is no {what}"),
        words => format!("known: {}", quoted(words)),
    }
}

/// `` `a`, `b`, `c` ``, at most twelve of them.
pub(crate) fn quoted(words: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = words
        .iter()
        .take(SHOWN)
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if words.len() > SHOWN {
        text.push_str(", …");
    }
    text
}
