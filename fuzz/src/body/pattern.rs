//! Patterns of specs, as the twin without a server reads them.

use stellaops_db::fuzzing::is_known_pattern;

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "pattern",
    body,
    pieces: &[
        "^",
        "$",
        ".",
        "*",
        "+",
        "?",
        "{",
        "}",
        "{2,3}",
        "{9999999999}",
        "(",
        ")",
        "(?",
        "|",
        "[",
        "]",
        "[^",
        "[a-z]",
        "[[:alpha:]]",
        "[]",
        "\\",
        "\\d",
        "\\.",
        "-",
        "a",
        "é",
        "𝄞",
    ],
};

/// Nothing panics. Whether it matches is not asked: a pattern of a spec may take its time, and is the author's.
pub fn body(data: &[u8]) {
    is_known_pattern(&text(data));
}
