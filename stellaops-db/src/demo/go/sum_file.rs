//! `go.sum` and `go.work.sum`.

use std::collections::BTreeMap;

use super::fault::{Fault, FaultList, Place, Problem, quoted};
use super::module_path::check_module_path;
use super::version::is_version;

/// Characters of a SHA-256 in padded base64, without the `=`.
const HASH_CHARACTERS: usize = 43;

/// The checksums of a `go.sum` or `go.work.sum`, by module path and version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SumFile {
    /// Each checksum with the place of its line.
    pub entries: BTreeMap<(String, String), Checksums>,
}

/// What is known of one module at one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checksums {
    /// Of the module's files: `h1:` and base64 of a SHA-256.
    pub module: Option<(String, Place)>,
    /// Of its `go.mod` alone.
    pub go_mod: Option<(String, Place)>,
}

impl SumFile {
    /// Reads the text of a checksum file; `file` is its name in the faults. What is faulty is left out.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Fault>) {
        let mut faults = FaultList::new(file);
        let mut sums = Self::default();
        for (lines_before, line) in text.split('\n').enumerate() {
            sums.read_line(&words(line, lines_before), &mut faults);
        }
        (sums, faults.into_faults())
    }

    fn read_line(&mut self, words: &[(&str, Place)], faults: &mut FaultList) {
        let [
            (path, path_place),
            (version, version_place),
            (checksum, checksum_place),
        ] = words
        else {
            if let Some((_, place)) = words.first() {
                let message = format!("the line has {} words instead of 3", words.len());
                faults.push(
                    *place,
                    message,
                    "write `module version h1:checksum`, or remove the line and run `go mod tidy`",
                );
            }
            return;
        };
        let (version, of_go_mod) = match version.strip_suffix("/go.mod") {
            Some(version) => (version, true),
            None => (*version, false),
        };
        let faults_found = [
            (check_module_path(path).err(), path_place),
            (version_problem(version), version_place),
            (checksum_problem(checksum), checksum_place),
        ];
        let mut faulty = false;
        for (problem, place) in faults_found {
            if let Some(problem) = problem {
                faulty = true;
                faults.push_problem(*place, problem);
            }
        }
        if !faulty {
            let entry = self
                .entries
                .entry(((*path).to_owned(), version.to_owned()))
                .or_default();
            let slot = if of_go_mod {
                &mut entry.go_mod
            } else {
                &mut entry.module
            };
            record(slot, path, (checksum, *checksum_place), faults);
        }
    }
}

fn record(slot: &mut Option<(String, Place)>, path: &str, found: (&str, Place), faults: &mut FaultList) {
    match slot {
        Some((earlier, place)) if earlier != found.0 => faults.push(
            found.1,
            format!("a second checksum for the same version of {}, unlike the one in line {}", quoted(path), place.line),
            "find out which is right before you keep it: remove both lines and run `go mod verify` and `go mod tidy`",
        ),
        Some(_) => {}
        None => *slot = Some((found.0.to_owned(), found.1)),
    }
}

fn version_problem(version: &str) -> Option<Problem> {
    if is_version(version) {
        return None;
    }
    let message = format!("{} is not a version", quoted(version));
    Some(Problem::new(
        message,
        "write a version such as `v1.2.3`, or `v1.2.3/go.mod`",
    ))
}

fn checksum_problem(checksum: &str) -> Option<Problem> {
    let is_sha256 = checksum
        .strip_prefix("h1:")
        .and_then(|hash| hash.strip_suffix('='))
        .is_some_and(|hash| {
            // 43 characters carry two bits more than 256; an encoder leaves them zero.
            hash.len() == HASH_CHARACTERS
                && hash
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
                && hash.ends_with(|last| "AEIMQUYcgkosw048".contains(last))
        });
    if is_sha256 {
        return None;
    }
    let message = format!("{} is not a checksum", quoted(checksum));
    Some(Problem::new(
        message,
        "a checksum is `h1:` and 44 characters of base64; remove the line and run `go mod tidy`",
    ))
}

/// The words of a line with their places.
pub(super) fn words(line: &str, lines_before: usize) -> Vec<(&str, Place)> {
    let mut words = Vec::new();
    let mut start = None;
    for (column, (offset, character)) in line.char_indices().enumerate() {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some((offset, column)),
            (true, Some((from, at))) => {
                words.push((&line[from..offset], Place::after(lines_before, at)));
                start = None;
            }
            _ => {}
        }
    }
    if let Some((from, at)) = start {
        words.push((&line[from..], Place::after(lines_before, at)));
    }
    words
}
