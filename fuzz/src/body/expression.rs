//! Conditions of specs: read or not, and parentheses around one change nothing.

use stellaops_db_spec::expression::Expression;

use super::text;
use crate::Target;

/// So long a condition cannot be nested deeper than one is read.
const SHORT: usize = 32;

/// The target.
pub const TARGET: Target = Target {
    name: "expression",
    body,
    pieces: &[
        "(",
        ")",
        " AND ",
        " OR ",
        " NOT ",
        " IS NULL",
        " IS NOT NULL",
        " IN (",
        ", ",
        "=",
        "<>",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "a",
        "\"a\"",
        "'x'",
        "''",
        "\\",
        "-",
        "1",
        "9223372036854775808",
        "true",
        "null",
        "num_nonnulls(",
        "btrim(",
        "char_length(",
        "cardinality(",
        "current_date",
        "$",
        "é",
        "\u{a0}",
        "\n",
        "::text",
        "E'",
        "--",
        "/*",
    ],
};

/// Nothing panics.
pub fn body(data: &[u8]) {
    let text = text(data);
    let Some(read) = Expression::parse(&text) else {
        return;
    };
    let inside = Expression::parse(&format!("({text})"));
    assert!(inside.is_some() || text.len() > SHORT, "({text}) is not read");
    assert!(
        inside.is_none_or(|inside| inside == read),
        "({text}) is something else"
    );
    let negated = Expression::parse(&format!("NOT ({text})"));
    assert!(
        negated.is_none_or(|negated| negated == Expression::Not(Box::new(read))),
        "NOT ({text})"
    );
}
