//! Examples: good values, of their column's type.

use crate::check::column::fits;
use crate::check::context::{Context, suggest};
use crate::model::{ColumnRole, ColumnType, Literal};
use crate::rule;
use crate::syntax::{Entry, Node, Value};

/// The example of a column. Whether it keeps to the bounds is checked with them.
pub(super) fn check_example(
    context: &mut Context<'_>,
    entry: &Entry,
    column_type: &ColumnType,
    role: &ColumnRole,
) -> Option<Literal> {
    let node = entry.node.get("example")?;
    if *role == ColumnRole::Identity {
        context.push(
            rule::EXAMPLE_VALUE,
            node.span,
            format!("the database numbers `{}`, so nobody writes its value", entry.key),
            "remove the example",
        );
        return None;
    }
    let literal = literal(node, column_type);
    if literal.is_none() {
        let help = match (column_type, node.as_str()) {
            (ColumnType::Enum(declared), Some(word)) => {
                suggest(word, declared.values.iter().map(|value| value.name.as_str()))
            }
            _ => help(column_type).into(),
        };
        context.push(
            rule::EXAMPLE_VALUE,
            node.span,
            format!("this is no value of a column of type {}", column_type.in_words()),
            help,
        );
    }
    literal
}

fn literal(node: &Node, column_type: &ColumnType) -> Option<Literal> {
    match (&node.value, column_type) {
        (Value::String(text), kind) if is_text_of(text, kind) => Some(Literal::Text(text.clone())),
        (Value::String(text), ColumnType::Enum(declared)) => {
            declared.value(text).map(|_| Literal::EnumValue(text.clone()))
        }
        (Value::Integer(number), kind) if fits(*number, kind) => Some(Literal::Integer(*number)),
        (Value::Boolean(value), ColumnType::Boolean) => Some(Literal::Boolean(*value)),
        (Value::List(items), kind) if kind.is_array() => {
            let texts = items.iter().map(Node::as_str).collect::<Option<Vec<_>>>()?;
            let good = *kind == ColumnType::TextArray || texts.iter().all(|text| is_uuid(text));
            good.then(|| Literal::TextList(texts.into_iter().map(Into::into).collect()))
        }
        _ => None,
    }
}

/// Whether the text is how a value of the type is written, in the one form that the specification knows.
fn is_text_of(text: &str, column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Text => true,
        ColumnType::Uuid => is_uuid(text),
        ColumnType::Date => is_date(text),
        ColumnType::TimestampTz => is_timestamp(text),
        ColumnType::Bytea => text.len().is_multiple_of(2) && text.bytes().all(is_hexadecimal),
        _ => false,
    }
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// `018f3b2e-0000-7000-8000-000000000001`
fn is_uuid(text: &str) -> bool {
    follows(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

/// `2026-01-31`
fn is_date(text: &str) -> bool {
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    follows(text, "9999-99-99")
        && number(0..4) > 0
        && (1..=12).contains(&number(5..7))
        && (1..=days(number(0..4), number(5..7))).contains(&number(8..10))
}

/// The days of a month.
fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `2026-01-31T12:00:00Z`
fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let number = |range: std::ops::Range<usize>| time[range].parse::<u32>().unwrap_or(u32::MAX);
    is_date(date) && follows(time, "99:99:99Z") && number(0..2) < 24 && number(3..5) < 60 && number(6..8) < 60
}

/// Whether a text has the form: `9` is a digit, `x` a hexadecimal one, anything else itself.
fn follows(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| match form {
        b'9' => byte.is_ascii_digit(),
        b'x' => is_hexadecimal(byte),
        _ => byte == form,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

fn help(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Uuid => "write a uuid in lower case: \"018f3b2e-0000-7000-8000-000000000001\"",
        ColumnType::Text => "write a string",
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            "write an integer that the type can hold"
        }
        ColumnType::Boolean => "write `true` or `false`",
        ColumnType::TimestampTz => "write a string in UTC: \"2026-01-31T12:00:00Z\"",
        ColumnType::Date => "write a string: \"2026-01-31\"",
        ColumnType::Bytea => "write a string of hexadecimal digits, two for each byte: \"00ff\"",
        ColumnType::TextArray => "write a list of strings",
        ColumnType::UuidArray => "write a list of uuids in lower case",
        ColumnType::Enum(_) => "write the name of one of the enum's values",
        ColumnType::Json(_) => "remove it: the members of the shape have examples of their own",
    }
}
