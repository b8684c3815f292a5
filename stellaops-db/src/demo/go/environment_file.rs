//! `go.env`: which module paths are private.

use super::fault::{Fault, FaultList, Place, quoted};
use super::glob::Glob;

/// A file of `NAME=value` lines, as `go env -w` writes them. Only `GOPRIVATE` is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentFile {
    private: Vec<Glob>,
}

impl EnvironmentFile {
    /// Reads the text of a `go.env`; `file` is its name in the faults. What is faulty is left out.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Fault>) {
        let mut faults = FaultList::new(file);
        let mut environment = Self::default();
        for (lines_before, line) in text.split('\n').enumerate() {
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some(("GOPRIVATE", patterns)) => {
                    environment.private = read_patterns(patterns, lines_before, &mut faults);
                }
                Some((name, _)) if is_name(name) => {}
                _ => {
                    let message = format!("{} is no setting", quoted(line));
                    faults.push(
                        Place::after(lines_before, 0),
                        message,
                        "write `NAME=value`, or `#` before a comment",
                    );
                }
            }
        }
        (environment, faults.into_faults())
    }

    /// Whether the module is private: a pattern matches its path or one of the folders above it.
    pub fn is_private(&self, path: &str) -> bool {
        self.private.iter().any(|pattern| pattern.matches_prefix(path))
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn read_patterns(patterns: &str, lines_before: usize, faults: &mut FaultList) -> Vec<Glob> {
    let mut column = "GOPRIVATE=".len();
    let mut read = Vec::new();
    for pattern in patterns.split(',') {
        match Glob::parse(pattern) {
            Some(_) if pattern.trim_end_matches('/').is_empty() => {}
            Some(glob) => read.push(glob),
            None => faults.push(
                Place::after(lines_before, column),
                format!("the pattern {} is malformed", quoted(pattern)),
                "close `[` with `]` around at least one character, and write a character after `\\`",
            ),
        }
        column += pattern.chars().count() + 1;
    }
    read
}
