//! Faults: where a file is wrong, in what way, and how to mend it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Faults kept for one file; a file of noise must not become an endless report.
const MAXIMUM_FAULTS_A_FILE: usize = 100;

/// Characters of the user's own text that a message repeats.
const MAXIMUM_QUOTED_CHARACTERS: usize = 80;

/// A place in a text, both numbers counted from 1; columns are counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character within the line.
    pub column: u32,
}

impl Place {
    /// Where a fault of a whole file is reported.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place after `lines` whole lines and `characters` characters.
    pub(super) fn after(lines: usize, characters: usize) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX - 1) + 1;
        Self {
            line: count(lines),
            column: count(characters),
        }
    }
}

/// One thing that is wrong in one file of a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The file, relative to the project's folder, with `/` between its parts.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The character within the line, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
            remedy,
        } = self;
        write!(formatter, "{file}:{line}:{column}: {message}\n  help: {remedy}")
    }
}

/// The faults as text: two lines each, the place and message, then the remedy.
pub fn render_faults(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

/// What is wrong with a word, before it is known where the word stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) remedy: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// Collects the faults of one file.
#[derive(Debug)]
pub(super) struct FaultList {
    file: String,
    faults: Vec<Fault>,
}

impl FaultList {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            faults: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, place: Place, message: impl Into<String>, remedy: impl Into<String>) {
        let (message, remedy) = match self.faults.len() {
            count if count < MAXIMUM_FAULTS_A_FILE => (message.into(), remedy.into()),
            MAXIMUM_FAULTS_A_FILE => (
                "further faults are not listed".to_owned(),
                "mend the ones above, then read the project again".to_owned(),
            ),
            _ => return,
        };
        self.faults.push(Fault {
            file: self.file.clone(),
            line: place.line,
            column: place.column,
            message,
            remedy,
        });
    }

    pub(super) fn push_problem(&mut self, place: Place, problem: Problem) {
        self.push(place, problem.message, problem.remedy);
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }
}

/// The user's words between backticks, on one line and cut to a length that a message can carry.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAXIMUM_QUOTED_CHARACTERS)
        .flat_map(shown_character)
        .collect();
    if text.chars().nth(MAXIMUM_QUOTED_CHARACTERS).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

fn shown_character(character: char) -> Vec<char> {
    match character {
        '"' | '\'' | '\\' => vec![character],
        _ => character.escape_debug().collect(),
    }
}
