//! SQL conditions: one expression each, so that whatever is put around it stays around it.
//!
//! This is no parser: it knows strings, quoted names, comments and parentheses, which is what decides
//! where an expression ends. Whether the expression means anything is PostgreSQL's to say.

use crate::check::context::Context;
use crate::rule;
use crate::syntax::Node;

/// Checks the text of a condition. Says whether it is good.
pub(super) fn check_condition(context: &mut Context<'_>, node: &Node) -> bool {
    let Some(fault) = node.as_str().and_then(fault) else {
        return true;
    };
    context.push(
        rule::CONDITION_FORM,
        node.span,
        format!("this is not one SQL expression: {fault}"),
        "write a single expression over the row's columns, without comments; put remarks into `why`",
    );
    false
}

/// What ends or swallows the expression, if anything does.
fn fault(text: &str) -> Option<&'static str> {
    let mut depth = 0_u32;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        rest = match first {
            '\'' | '"' => match behind_quote(behind, first) {
                Some(behind) => behind,
                None => return Some("a quote is not closed"),
            },
            '-' if behind.starts_with('-') => return Some("`--` begins a comment"),
            '/' if behind.starts_with('*') => return Some("`/*` begins a comment"),
            ';' => return Some("`;` ends a statement"),
            '$' => return Some("`$` begins a parameter or a quote"),
            '\\' => return Some("a backslash outside of quotes"),
            '(' => {
                depth += 1;
                behind
            }
            ')' if depth == 0 => return Some("a parenthesis is closed that was not opened"),
            ')' => {
                depth -= 1;
                behind
            }
            _ => behind,
        };
    }
    (depth > 0).then_some("a parenthesis is not closed")
}

/// What follows the closing quote. A doubled quote stands for itself: it closes and opens again. A
/// backslash before a quote would close it or not, as the server is set, so such a text is refused.
fn behind_quote(text: &str, quote: char) -> Option<&str> {
    let end = text.find(quote)?;
    if text[..end].ends_with('\\') {
        None
    } else {
        Some(&text[end + quote.len_utf8()..])
    }
}
