//! The text of a file without what may be a secret: faults show excerpts, and those end up in logs.

use std::ops::Range;

/// What YAML's structure is made of; a secret is never these alone.
const STRUCTURE: &str = ":-[]{},&*!?|>'\"#";

/// The text with everything masked but its structure and the ranges that are known to hold no secret. Every character
/// keeps its length, so that places stay what they are.
pub(super) fn masked(text: &str, shown: &[Range<usize>]) -> String {
    let mut is_shown = vec![false; text.len()];
    for range in shown {
        let end = range.end.min(text.len());
        for place in &mut is_shown[range.start.min(end)..end] {
            *place = true;
        }
    }
    let character = |(at, character): (usize, char)| match character {
        _ if is_shown[at] || character.is_whitespace() => character,
        _ if STRUCTURE.contains(character) => character,
        _ => mask(character),
    };
    text.char_indices().map(character).collect()
}

/// A mask of as many bytes.
fn mask(character: char) -> char {
    match character.len_utf8() {
        1 => '*',
        2 => '\u{b7}',
        3 => '\u{2022}',
        _ => '\u{10101}',
    }
}

/// Where the known keys of a text are that cannot be parsed: the first word of a line, before a colon.
pub(super) fn leading_keys(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches([' ', '-']);
        if let Some(end) = bare.find(':').filter(|end| is_known(&bare[..*end])) {
            let start = line_start + line.len() - bare.len();
            found.push(start..start + end);
        }
        line_start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_structure_and_what_is_known_to_be_harmless_is_left() {
        let text = "url: s3\u{e9}\u{20ac}\u{1f600} # s3cret\n  - \"s3cret\"\n";
        let shown = leading_keys(text, |key| key == "url");
        assert_eq!(
            masked(text, &shown),
            "url: **\u{b7}\u{2022}\u{10101} # ******\n  - \"******\"\n"
        );
    }
}
