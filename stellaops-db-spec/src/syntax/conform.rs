//! The tree held against the key tables: unknown keys, wrong kinds, missing keys, unknown words.
//!
//! A table with such a fault is marked, so that the checker passes it over and goes on with the rest.

use crate::diagnostic::{Diagnostics, nearest};
use crate::rule;
use crate::source::Span;
use crate::syntax::document::{Entry, Node, Value};
use crate::syntax::keys::{Key, Kind, Word, refused_type, usual_spelling};

/// Reports whatever in the tree does not have the form that the keys describe, and marks it.
pub fn conform(node: &mut Node, keys: &[Key], what: &str, diagnostics: &mut Diagnostics) {
    let before = diagnostics.len();
    let unknown = || {
        let is_known = |name: &str| keys.iter().any(|key| key.name == name);
        node.entries().iter().filter(move |entry| !is_known(&entry.key))
    };
    let meant: Vec<&str> = unknown()
        .filter_map(|entry| nearest(&entry.key, keys.iter().map(|key| key.name)))
        .collect();
    // A misspelt key is told as that, and not as missing too.
    for key in keys
        .iter()
        .filter(|key| key.required && !meant.contains(&key.name))
    {
        if node.get(key.name).is_some() {
            continue;
        }
        diagnostics.push(
            rule::MISSING_KEY,
            node.span,
            format!("this {what} says no `{}`", key.name),
            format!("add `{}`: {}", key.name, key.doc),
        );
    }
    for entry in unknown() {
        unknown_key(entry, keys, what, diagnostics);
    }
    let mut good = diagnostics.len() == before;
    if let Value::Table(entries) = &mut node.value {
        for entry in entries {
            if let Some(key) = keys.iter().find(|key| key.name == entry.key) {
                good &= conform_kind(&mut entry.node, key.kind, &entry.key, diagnostics);
            }
        }
    }
    node.faulty |= !good;
}

fn unknown_key(entry: &Entry, keys: &[Key], what: &str, diagnostics: &mut Diagnostics) {
    let names = || keys.iter().map(|key| key.name);
    let help = match nearest(&entry.key, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!(
            "{} {what} takes: {}",
            article(what),
            names().collect::<Vec<_>>().join(", ")
        ),
    };
    diagnostics.push(
        rule::UNKNOWN_KEY,
        entry.key_span,
        format!("{} {what} has no key `{}`", article(what), entry.key),
        help,
    );
}

fn article(noun: &str) -> &'static str {
    // `unique key` is spoken with a consonant.
    match noun.starts_with(['a', 'e', 'i', 'o']) {
        true => "an",
        false => "a",
    }
}

/// Says whether the value has the form of its kind. A fault inside a table of its own does not count:
/// that table is marked instead.
fn conform_kind(node: &mut Node, kind: Kind, name: &str, diagnostics: &mut Diagnostics) -> bool {
    let span = node.span;
    match (kind, &mut node.value) {
        (Kind::Text, Value::String(text)) => conform_text(text, span, name, diagnostics),
        (Kind::Word(words), Value::String(text)) => conform_word(text, words, span, name, diagnostics),
        (Kind::ColumnType(words), Value::String(text)) => {
            conform_column_type(text, words, span, name, diagnostics)
        }
        (Kind::Integer, Value::Integer(_))
        | (Kind::Boolean, Value::Boolean(_))
        | (Kind::Literal, Value::String(_) | Value::Integer(_) | Value::Boolean(_) | Value::List(_))
        | (Kind::Codes, Value::Table(_) | Value::List(_)) => true,
        (Kind::TextList, Value::List(items)) => {
            let each = |item: &mut Node| conform_kind(item, Kind::Text, name, diagnostics);
            items.iter_mut().map(each).fold(true, |all, one| all & one)
        }
        (Kind::TextMap, Value::Table(entries)) => {
            let each = |entry: &mut Entry| conform_kind(&mut entry.node, Kind::Text, &entry.key, diagnostics);
            entries.iter_mut().map(each).fold(true, |all, one| all & one)
        }
        (Kind::TextListMap, Value::Table(entries)) => {
            let each =
                |entry: &mut Entry| conform_kind(&mut entry.node, Kind::TextList, &entry.key, diagnostics);
            entries.iter_mut().map(each).fold(true, |all, one| all & one)
        }
        (Kind::Table(what, keys), Value::Table(_)) => {
            conform(node, keys, what, diagnostics);
            true
        }
        (Kind::TableList(what, keys), Value::List(items)) => {
            for item in items {
                item.faulty |= !conform_kind(item, Kind::Table(what, keys), name, diagnostics);
            }
            true
        }
        (Kind::TableMap(what, keys), Value::Table(entries)) => {
            for Entry { key, node, .. } in entries {
                node.faulty |= !conform_kind(node, Kind::Table(what, keys), key, diagnostics);
            }
            true
        }
        (_, _) => {
            diagnostics.push(
                rule::WRONG_KIND,
                span,
                format!("`{name}` is {}, and should be {}", node.kind(), kind.in_words()),
                format!("write {} here", kind.in_words()),
            );
            false
        }
    }
}

fn conform_text(text: &str, span: Span, name: &str, diagnostics: &mut Diagnostics) -> bool {
    let good = !text.trim().is_empty();
    if !good {
        diagnostics.push(
            rule::EMPTY_TEXT,
            span,
            format!("`{name}` is empty"),
            "write something here, or leave the key out",
        );
    }
    good
}

/// A column type. A type of SQL that is none has a reason of its own.
fn conform_column_type(
    text: &str,
    words: &[Word],
    span: Span,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> bool {
    if words.iter().any(|word| word.name == text) {
        return true;
    }
    match (usual_spelling(text), refused_type(text)) {
        (None, Some(refused)) => {
            let message = format!("no column has the type `{text}`: {}", refused.rule.title);
            diagnostics.push(refused.rule, span, message, refused.help);
        }
        (usual, _) => {
            let near = || nearest(text, words.iter().map(|word| word.name));
            unknown_word(text, usual.or_else(near), words, span, name, diagnostics);
        }
    }
    false
}

fn conform_word(text: &str, words: &[Word], span: Span, name: &str, diagnostics: &mut Diagnostics) -> bool {
    let good = words.iter().any(|word| word.name == text);
    if !good {
        let near = nearest(text, words.iter().map(|word| word.name));
        unknown_word(text, near, words, span, name, diagnostics);
    }
    good
}

fn unknown_word(
    text: &str,
    meant: Option<&str>,
    words: &[Word],
    span: Span,
    name: &str,
    diagnostics: &mut Diagnostics,
) {
    let names: Vec<&str> = words.iter().map(|word| word.name).collect();
    let known = names.join(", ");
    let help = match meant {
        Some(word) => format!("did you mean `{word}`? Known: {known}"),
        None => format!("one of: {known}"),
    };
    diagnostics.push(
        rule::UNKNOWN_WORD,
        span,
        format!("`{text}` is no value of `{name}`"),
        help,
    );
}
