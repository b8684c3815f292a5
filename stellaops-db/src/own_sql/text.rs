//! A look at a text of SQL before it is sent: what kind of statement it is, and how many parameters it
//! names. It finds mistakes, and is no wall: that is row-level security.

use crate::error::Error;
use crate::value::Parameter;

/// Statements on data. Others would change the connection for whoever uses it next, or end a transaction
/// behind its back.
const STATEMENTS: [&str; 8] = [
    "SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE",
];

/// Refuses what is no statement on data, and values that are not as many as the parameters.
pub(crate) fn check(text: &str, bound: usize) -> Result<(), Error> {
    let seen = Seen::of(text);
    let is_known = |word: &&str| word.eq_ignore_ascii_case(seen.first_word);
    if !STATEMENTS.iter().any(is_known) {
        return Err(Error::QueryStatement {
            word: seen.first_word.to_owned(),
        });
    }
    match seen.parameters == bound {
        true => Ok(()),
        false => Err(Error::QueryParameters {
            named: seen.parameters,
            bound,
        }),
    }
}

/// The text with the types of its parameters. The driver keeps prepared statements by their text alone,
/// and the same text with parameters of other types is another statement.
pub(super) fn typed(text: &str, parameters: &[Parameter]) -> String {
    let types: Vec<&str> = parameters.iter().map(Parameter::sql_type).collect();
    format!("/* stellaops-db query({}) */ {text}", types.join(", "))
}

/// What is seen of a text.
#[derive(Debug, Default, PartialEq)]
struct Seen<'t> {
    /// Empty when the text begins with something else.
    first_word: &'t str,
    /// The greatest number of a parameter.
    parameters: usize,
}

impl<'t> Seen<'t> {
    fn of(text: &'t str) -> Self {
        let mut seen = Seen::default();
        let mut rest = text;
        let mut is_begun = false;
        while let Some(sign) = rest.chars().next() {
            let length = match sign {
                '-' if rest.starts_with("--") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => comment(rest),
                sign if sign.is_whitespace() || sign == '(' => sign.len_utf8(),
                sign => {
                    let (length, parameter) = token(sign, rest);
                    if !is_begun && is_word(sign) {
                        seen.first_word = &rest[..length];
                    }
                    is_begun = true;
                    seen.parameters = seen.parameters.max(parameter);
                    length
                }
            };
            rest = &rest[length..];
        }
        seen
    }
}

/// The length of what a text begins with, and the number of the parameter that it is.
fn token(sign: char, rest: &str) -> (usize, usize) {
    match sign {
        '\'' | '"' => (quoted(rest, sign, false), 0),
        // Only here a backslash keeps a quote from ending the text.
        'e' | 'E' if rest[1..].starts_with('\'') => (1 + quoted(&rest[1..], '\'', true), 0),
        '$' => dollar(rest),
        // Also numbers; a dollar within a word is part of it.
        sign if is_word(sign) || sign.is_ascii_digit() => {
            let is_part = |sign: char| is_word(sign) || sign.is_ascii_digit() || sign == '$';
            (rest.find(|sign| !is_part(sign)).unwrap_or(rest.len()), 0)
        }
        other => (other.len_utf8(), 0),
    }
}

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphabetic() || sign == '_' || !sign.is_ascii()
}

/// Comments lie within comments.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// A doubled quote ends one text and begins the next, which comes to the same.
fn quoted(rest: &str, quote: char, has_escapes: bool) -> usize {
    let mut signs = rest.char_indices().skip(1);
    while let Some((at, sign)) = signs.next() {
        if sign == quote {
            return at + 1;
        }
        if sign == '\\' && has_escapes {
            signs.next();
        }
    }
    rest.len()
}

/// `$1`, or a text between `$tag$` and `$tag$`.
fn dollar(rest: &str) -> (usize, usize) {
    let inside = &rest[1..];
    let digits = inside
        .find(|sign: char| !sign.is_ascii_digit())
        .unwrap_or(inside.len());
    if digits > 0 {
        // A number that is too great is more than anybody binds.
        return (1 + digits, inside[..digits].parse().unwrap_or(usize::MAX));
    }
    let Some(end) = inside.find(|sign: char| !(is_word(sign) || sign.is_ascii_digit())) else {
        return (rest.len(), 0);
    };
    if !inside[end..].starts_with('$') {
        return (1, 0);
    }
    let tag = &rest[..end + 2];
    let closing = rest[tag.len()..].find(tag);
    (closing.map_or(rest.len(), |at| at + 2 * tag.len()), 0)
}

#[cfg(test)]
mod tests {
    use super::Seen;

    fn seen(text: &str) -> (&str, usize) {
        let Seen {
            first_word,
            parameters,
        } = Seen::of(text);
        (first_word, parameters)
    }

    #[test]
    fn the_first_word_stands_behind_comments_and_brackets() {
        for (text, word) in [
            ("SELECT 1", "SELECT"),
            ("\n  -- why\n /* a /* nested */ one */ ((select 1))", "select"),
            ("WITH x AS (SELECT 1) TABLE x", "WITH"),
            ("; SELECT 1", ""),
            ("'SELECT'", ""),
            ("", ""),
            ("/* never ends", ""),
        ] {
            assert_eq!(seen(text).0, word, "{text}");
        }
    }

    #[test]
    fn parameters_are_counted_where_they_are_parameters() {
        for (text, number) in [
            ("SELECT $1, $12, $2", 12),
            ("SELECT 1", 0),
            ("SELECT '$3', \"$4\", 'it''s $5' || $1", 1),
            (r"SELECT E'\'$7', $1", 1),
            (r"SELECT '\', $2", 2),
            ("SELECT $$ $3 $$, $tag$ $4 $$ $5 $tag$, $1", 1),
            (
                "SELECT a$9, _$8, ä$7 FROM t -- $6\nWHERE b=$1 /* $5 /* $4 */ */",
                1,
            ),
            // The server ends a remark at each of the two.
            ("SELECT 1 -- $2\r, $1", 1),
            ("SELECT $1::text||$2", 2),
            ("SELECT $99999999999999999999999", usize::MAX),
            ("SELECT 'never ends $3", 0),
            ("SELECT $", 0),
            ("SELECT $tag$ $3", 0),
        ] {
            assert_eq!(seen(text).1, number, "{text}");
        }
    }

    #[test]
    fn any_text_is_seen_to_its_end() {
        let signs = [
            "$", "'", "\"", "/*", "*/", "--", "\\", "e'", "ä", "$1", "$t$", "\n", "(",
        ];
        for first in signs {
            for second in signs {
                for third in signs {
                    Seen::of(&[first, second, third].concat());
                }
            }
        }
    }
}
