//! Expressions as the server prints them, as text: quotes, parentheses, and the words that stand outside of them.

use std::ops::Range;

/// A text with its tokens, and the token that closes each `(`, `[` and `CASE`. Parts of it are ranges of tokens, so that
/// the text is read once, however deep it is: the server nests as deep as there are parts.
struct Nested<'a> {
    text: &'a str,
    /// Words, quoted texts and single other characters, with their places.
    tokens: Vec<(usize, &'a str)>,
    /// By token; of one that opens nothing, or is never closed, nothing.
    partners: Vec<Option<usize>>,
}

impl<'a> Nested<'a> {
    fn of(text: &'a str) -> Self {
        let tokens: Vec<(usize, &str)> = tokens(text).collect();
        let mut partners = vec![None; tokens.len()];
        let mut open = Vec::new();
        for (index, (_, token)) in tokens.iter().enumerate() {
            if opens(token) {
                open.push(index);
            } else if let Some(opened) = open.pop_if(|_| closes(token)) {
                partners[opened] = Some(index);
            }
        }
        Nested {
            text,
            tokens,
            partners,
        }
    }

    fn all(&self) -> Range<usize> {
        0..self.tokens.len()
    }

    fn text(&self, part: Range<usize>) -> &'a str {
        let place = |index: usize| {
            self.tokens
                .get(index)
                .map_or(self.text.len(), |(place, _)| *place)
        };
        &self.text[place(part.start)..place(part.end)]
    }

    /// Without the white space and the parentheses around all of it.
    fn bare(&self, part: Range<usize>) -> Range<usize> {
        let (mut begin, mut end) = (part.start, part.end);
        let is_blank = |index: usize| self.tokens[index].1.trim().is_empty();
        loop {
            while begin < end && is_blank(begin) {
                begin += 1;
            }
            while begin < end && is_blank(end - 1) {
                end -= 1;
            }
            let is_wrapped =
                begin < end && self.tokens[begin].1 == "(" && self.partners[begin] == Some(end - 1);
            if !is_wrapped {
                return begin..end;
            }
            (begin, end) = (begin + 1, end - 1);
        }
    }

    /// The parts between the separators outside of quotes, parentheses, brackets and CASE … END. What is behind a token that
    /// has no partner is one part.
    fn split(&self, part: Range<usize>, separator: &str) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut begun, mut at) = (part.start, part.start);
        while at < part.end {
            let (place, token) = self.tokens[at];
            if let Some(partner) = self.partners[at] {
                at = partner + 1;
            } else if opens(token) || closes(token) {
                break;
            } else if !token.starts_with(['\'', '"']) && self.text[place..].starts_with(separator) {
                parts.push(begun..at);
                let behind = place + separator.len();
                begun = at + self.tokens[at..].partition_point(|(place, _)| *place < behind);
                at = begun;
            } else {
                at += 1;
            }
        }
        parts.push(begun.min(part.end)..part.end);
        parts
    }
}

fn opens(token: &str) -> bool {
    matches!(token, "(" | "[" | "CASE")
}

fn closes(token: &str) -> bool {
    matches!(token, ")" | "]" | "END")
}

/// Without the parentheses around all of it.
pub(super) fn bare(text: &str) -> &str {
    let nested = Nested::of(text);
    nested.text(nested.bare(nested.all()))
}

/// Splits where the separator stands outside of quotes, parentheses, brackets and CASE … END.
pub(super) fn split(text: &str, separator: &str) -> Vec<String> {
    let nested = Nested::of(text);
    let parts = nested.split(nested.all(), separator).into_iter();
    parts.map(|part| nested.text(part).to_owned()).collect()
}

/// The parts of `((a AND b) AND c)`, for any word between them.
pub(super) fn joined(text: &str, word: &str) -> Vec<String> {
    let nested = Nested::of(text);
    let mut found = Vec::new();
    let mut open = vec![nested.all()];
    while let Some(part) = open.pop() {
        let part = nested.bare(part);
        let mut parts = nested.split(part.clone(), word);
        if parts.len() == 1 {
            found.push(nested.text(part).to_owned());
        } else {
            parts.reverse();
            open.append(&mut parts);
        }
    }
    found
}

/// On one line, and without the casts that the server adds to literals of type text.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\'' | '"' => quoted_length(rest, first),
            _ => first.len_utf8(),
        };
        let (token, behind) = rest.split_at(taken);
        rest = behind;
        if first.is_whitespace() {
            let spaced = plain.ends_with([' ', '(']) || plain.is_empty();
            plain.push_str(if spaced { "" } else { " " });
            continue;
        }
        plain.push_str(token);
        if first == '\'' {
            rest = rest
                .strip_prefix("::text")
                .filter(|rest| !rest.starts_with('['))
                .unwrap_or(rest);
        }
    }
    plain.trim_end().to_owned()
}

/// How many bytes a quoted name or text has, the quotes and doubled quotes included.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut from = 1;
    while let Some(end) = text[from..].find(quote) {
        from += end + 1;
        if !text[from..].starts_with(quote) {
            return from;
        }
        from += 1;
    }
    text.len()
}

/// Words, quoted texts and single other characters, with their places.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let rest = &text[position..];
        let first = rest.chars().next()?;
        let length = match first {
            '\'' | '"' => quoted_length(rest, first),
            first if first.is_alphanumeric() || first == '_' => rest
                .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let found = (position, &rest[..length]);
        position += length;
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bare, joined, plain, split};

    /// Parts in the order they are printed, and the print: each pair in parentheses, as deep as they come.
    fn printed() -> impl Strategy<Value = (Vec<String>, String)> {
        let part = prop::sample::select(vec![
            "a = 'x AND (y'",
            "f(b, c)",
            "CASE d WHEN 1 THEN e AND f ELSE g END",
            "h = ANY (ARRAY['(', '] AND '])",
            "\"i AND \" > 1",
        ]);
        let leaf = part.prop_map(|part| (vec![part.to_owned()], format!("({part})")));
        leaf.prop_recursive(24, 64, 2, |inner| {
            (inner.clone(), inner).prop_map(|((mut parts, left), (more, right))| {
                parts.extend(more);
                (parts, format!("({left} AND {right})"))
            })
        })
    }

    proptest! {
        #[test]
        fn what_was_joined_is_found_again_in_its_order((parts, text) in printed()) {
            prop_assert_eq!(joined(&text, " AND "), parts);
        }

        #[test]
        fn the_parts_with_the_separator_between_them_are_the_text(text in "[ab()\\[\\]', ]{0,40}") {
            prop_assert_eq!(split(&text, ", ").join(", "), text);
        }
    }

    #[test]
    fn only_parentheses_around_all_of_it_are_taken_away() {
        assert_eq!(bare(" ( (a) ) "), "a");
        assert_eq!(bare("(a) AND (b)"), "(a) AND (b)");
        assert_eq!(bare("('(')"), "'('");
        assert_eq!(bare("((a)"), "((a)");
    }

    #[test]
    fn a_text_is_plain_on_one_line_and_without_casts_of_texts() {
        assert_eq!(plain("(a\n    = 'b  c'::text)"), "(a = 'b  c')");
    }
}
