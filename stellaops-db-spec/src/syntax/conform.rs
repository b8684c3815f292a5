//! The tree held against the key tables: unknown keys, wrong kinds, missing keys, unknown words.

use crate::diagnostic::{Diagnostics, nearest};
use crate::rule;
use crate::syntax::document::{Node, Value};
use crate::syntax::keys::{Key, Kind};

/// Reports whatever in the tree does not have the form that the keys describe.
pub fn conform(node: &Node, keys: &[Key], what: &str, diagnostics: &mut Diagnostics) {
    for entry in node.entries() {
        match keys.iter().find(|key| key.name == entry.key) {
            Some(key) => conform_kind(&entry.node, key.kind, &entry.key, diagnostics),
            None => {
                let names = || keys.iter().map(|key| key.name);
                let help = match nearest(&entry.key, names()) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("a {what} takes: {}", names().collect::<Vec<_>>().join(", ")),
                };
                diagnostics.push(
                    rule::UNKNOWN_KEY,
                    entry.key_span,
                    format!("a {what} has no key `{}`", entry.key),
                    help,
                );
            }
        }
    }
    for key in keys
        .iter()
        .filter(|key| key.required && node.get(key.name).is_none())
    {
        diagnostics.push(
            rule::MISSING_KEY,
            node.span,
            format!("this {what} says no `{}`", key.name),
            format!("add `{}`: {}", key.name, key.doc),
        );
    }
}

fn conform_kind(node: &Node, kind: Kind, name: &str, diagnostics: &mut Diagnostics) {
    match (kind, &node.value) {
        (Kind::Text, Value::String(text)) => {
            if text.trim().is_empty() {
                diagnostics.push(
                    rule::EMPTY_TEXT,
                    node.span,
                    format!("`{name}` is empty"),
                    "write something here, or leave the key out",
                );
            }
        }
        (Kind::Integer, Value::Integer(_))
        | (Kind::Boolean, Value::Boolean(_))
        | (Kind::Literal, Value::String(_) | Value::Integer(_) | Value::Boolean(_) | Value::List(_))
        | (Kind::Codes, Value::Table(_) | Value::List(_)) => {}
        (Kind::Word(words), Value::String(text)) => {
            if !words.iter().any(|word| word.name == text) {
                let names = || words.iter().map(|word| word.name);
                let help = match nearest(text, names()) {
                    Some(word) => format!(
                        "did you mean `{word}`? Known: {}",
                        names().collect::<Vec<_>>().join(", ")
                    ),
                    None => format!("one of: {}", names().collect::<Vec<_>>().join(", ")),
                };
                diagnostics.push(
                    rule::UNKNOWN_WORD,
                    node.span,
                    format!("`{text}` is no value of `{name}`"),
                    help,
                );
            }
        }
        (Kind::TextList, Value::List(items)) => {
            for item in items {
                conform_kind(item, Kind::Text, name, diagnostics);
            }
        }
        (Kind::Table(what, keys), Value::Table(_)) => conform(node, keys, what, diagnostics),
        (Kind::TableList(what, keys), Value::List(items)) => {
            for item in items {
                conform_kind(item, Kind::Table(what, keys), name, diagnostics);
            }
        }
        (Kind::TableMap(what, keys), Value::Table(entries)) => {
            for entry in entries {
                conform_kind(&entry.node, Kind::Table(what, keys), &entry.key, diagnostics);
            }
        }
        (Kind::TextListMap, Value::Table(entries)) => {
            for entry in entries {
                conform_kind(&entry.node, Kind::TextList, &entry.key, diagnostics);
            }
        }
        (_, _) => diagnostics.push(
            rule::WRONG_KIND,
            node.span,
            format!("`{name}` is {}, and should be {}", node.kind(), kind.in_words()),
            format!("write {} here", kind.in_words()),
        ),
    }
}
