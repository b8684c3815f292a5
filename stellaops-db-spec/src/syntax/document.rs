//! A TOML document as an owned tree: every key and value with its place, in the order of the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostics;
use crate::rule;
use crate::source::Span;
use crate::syntax::characters::look_at_characters;

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
    /// Whether a fault of its form was reported. What a faulty table says is not whole: whoever
    /// depends on it passes it over. Tables inside it stand for themselves.
    pub faulty: bool,
}

/// A TOML value. Numbers that no spec key takes keep their text only.
#[derive(Debug, Clone)]
pub enum Value {
    /// A string.
    String(String),
    /// An integer.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// An array.
    List(Vec<Node>),
    /// A table, entries in the order of the file.
    Table(Vec<Entry>),
    /// Anything that no key takes: a float, a date, an integer over 64 bits. The name of its kind.
    Other(&'static str),
}

/// A key of a table and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key as written, without quotes.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The entries of a table, none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of the string under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_str)
    }

    /// The integer under a key.
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)?.value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// Whether the key is there and `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(Node::is_true)
    }

    /// Whether the value is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self.value, Value::Boolean(true))
    }

    /// The kind of the value, as an error names it.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::String(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Boolean(_) => "a boolean",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(kind) => kind,
        }
    }
}

/// Reads a whole file, with all its syntax faults. With any of them the tree is empty: what can be
/// read of such a file would only give errors of errors.
pub fn parse(file: usize, text: &str, diagnostics: &mut Diagnostics) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    let faulty = !errors.is_empty();
    let mut doubled_table = None;
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        if error.message() == "duplicate key" {
            // The keys of a table that is written twice are doubled too; once told is enough.
            let inside = |from: usize| {
                text.get(from..range.start)
                    .is_some_and(|text| !text.contains("\n["))
            };
            if doubled_table.is_some_and(inside) {
                continue;
            }
            doubled_table = is_header(text, range.start).then_some(range.start);
        }
        let span = error_span(file, text, range);
        diagnostics.push(
            rule::TOML_SYNTAX,
            span,
            format!("this is not TOML: {}", error.message()),
            match error.message() {
                "duplicate key" => "write it once: the second would silently win",
                _ => "mend the syntax here; what the file says is checked after that",
            },
        );
    }
    let span = Span {
        file,
        start: 0,
        end: text.find('\n').unwrap_or(text.len()),
    };
    let entries = if faulty {
        Vec::new()
    } else {
        convert_table(file, table.get_ref())
    };
    let root = Node {
        span,
        value: Value::Table(entries),
        faulty,
    };
    look_at_characters(&root, diagnostics);
    root
}

/// At least one character, unless the line ends there; never beyond the line.
fn error_span(file: usize, text: &str, range: std::ops::Range<usize>) -> Span {
    let start = text.floor_char_boundary(range.start);
    let rest = &text[start..];
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let first = line.chars().next().map_or(0, char::len_utf8);
    let length = range.end.saturating_sub(start).clamp(first, line.len());
    Span {
        file,
        start,
        end: text.ceil_char_boundary(start + length),
    }
}

/// Whether the line of a byte begins a table.
fn is_header(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |index| index + 1);
    text[line..].starts_with('[')
}

fn convert_table(file: usize, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: span(file, key.span()),
            node: node(file, value),
        })
        .collect();
    // The reader sorts keys by name; the order that counts is that of the file.
    entries.sort_by_key(|entry| entry.key_span);
    entries
}

fn node(file: usize, value: &Spanned<DeValue<'_>>) -> Node {
    Node {
        span: span(file, value.span()),
        value: convert(file, value.get_ref()),
        faulty: false,
    }
}

fn convert(file: usize, value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other("an integer beyond 64 bits"),
        },
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Float(_) => Value::Other("a float"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(file, item)).collect()),
        DeValue::Table(table) => Value::Table(convert_table(file, table)),
    }
}

fn span(file: usize, range: std::ops::Range<usize>) -> Span {
    Span {
        file,
        start: range.start,
        end: range.end,
    }
}
