//! The characters of the texts: what a spec says must read the same wherever it is written down.

use crate::diagnostic::Diagnostics;
use crate::rule;
use crate::source::Span;
use crate::syntax::document::{Node, Value};

/// Reports every text and key with a NUL, or with a character that shows its neighbours in another order.
pub(super) fn look_at_characters(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        Value::String(text) => look_at(text, node.span, diagnostics),
        Value::List(items) => items
            .iter()
            .for_each(|item| look_at_characters(item, diagnostics)),
        Value::Table(entries) => {
            for entry in entries {
                look_at(&entry.key, entry.key_span, diagnostics);
                look_at_characters(&entry.node, diagnostics);
            }
        }
        Value::Integer(_) | Value::Boolean(_) | Value::Other(_) => {}
    }
}

fn look_at(text: &str, span: Span, diagnostics: &mut Diagnostics) {
    if let Some(character) = text.chars().find(|character| is_refused(*character)) {
        diagnostics.push(
            rule::HIDDEN_CHARACTER,
            span,
            format!("this text holds the character U+{:04X}", u32::from(character)),
            "take it out; where a pattern or a condition means it, write it as their own escape does",
        );
    }
}

/// NUL, and what overrides the direction of a text, which the Rust compiler refuses in comments:
/// <https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings>.
fn is_refused(character: char) -> bool {
    matches!(character, '\0' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
