//! The words and signs of a condition.

use crate::expression::Comparison;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word outside of quotes, in lower case, as PostgreSQL folds it.
    Word(String),
    /// A quoted name.
    Name(String),
    Text(String),
    Integer(i64),
    Compare(Comparison),
    Open,
    Close,
    Comma,
}

/// All tokens; none when something in the text is none.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, behind) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            ',' => (Token::Comma, &rest[1..]),
            '\'' => quoted(&rest[1..], '\'').map(|(text, behind)| (Token::Text(text), behind))?,
            '"' => quoted(&rest[1..], '"').map(|(text, behind)| (Token::Name(text), behind))?,
            '0'..='9' => number(rest, "")?,
            '-' => number(&rest[1..], "-")?,
            'a'..='z' | 'A'..='Z' | '_' => word(rest),
            _ => comparison(rest)?,
        };
        tokens.push(token);
        rest = behind.trim_start();
    }
    Some(tokens)
}

/// The text up to the closing quote, and what is behind it. A doubled quote is one; what a backslash means
/// depends on the server.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once(quote)?;
        value.push_str(part);
        match behind.strip_prefix(quote) {
            Some(behind) => {
                value.push(quote);
                rest = behind;
            }
            None if value.contains('\\') => return None,
            None => return Some((value, behind)),
        }
    }
}

fn number<'a>(text: &'a str, sign: &str) -> Option<(Token, &'a str)> {
    let end = text.find(|sign: char| !sign.is_ascii_digit());
    let (digits, behind) = text.split_at(end.unwrap_or(text.len()));
    // A fraction, an exponent or a name that begins with a digit.
    let goes_on = behind.starts_with(|next: char| next == '.' || next == '_' || next.is_alphanumeric());
    let number = format!("{sign}{digits}").parse().ok().filter(|_| !goes_on)?;
    Some((Token::Integer(number), behind))
}

fn word(text: &str) -> (Token, &str) {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let end = text.find(|sign: char| !is_part(sign));
    let (word, behind) = text.split_at(end.unwrap_or(text.len()));
    (Token::Word(word.to_ascii_lowercase()), behind)
}

fn comparison(text: &str) -> Option<(Token, &str)> {
    let end = text.find(|sign: char| !"<>=!".contains(sign));
    let (operator, behind) = text.split_at(end.unwrap_or(text.len()));
    let comparison = match operator {
        "=" => Comparison::Equal,
        "<>" | "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    };
    Some((Token::Compare(comparison), behind))
}
