//! Patterns: what the database would find out only with the first row.

use crate::check::context::Context;
use crate::rule;
use crate::syntax::Node;

/// Looks at the pattern of a column or of a member.
pub(super) fn check_pattern(context: &mut Context<'_>, owner: &Node) {
    let Some(pattern) = owner.get("pattern") else {
        return;
    };
    let text = pattern.as_str().unwrap_or_default();
    if let Some(count) = repetition_counts(text).find(|count| *count > GREATEST_REPETITION) {
        context.push(
            rule::PATTERN_REPETITION,
            pattern.span,
            format!("the pattern repeats something {count} times"),
            format!(
                "write `+` or `*` and give the text a `max_length`: counts go up to {GREATEST_REPETITION}"
            ),
        );
    }
}

/// `DUPMAX` of PostgreSQL's regular expressions.
const GREATEST_REPETITION: u64 = 255;

/// The numbers between braces. A brace behind a backslash is a brace.
fn repetition_counts(pattern: &str) -> impl Iterator<Item = u64> {
    pattern
        .split('{')
        .zip(pattern.split('{').skip(1))
        .filter(|(before, _)| !before.ends_with('\\'))
        .filter_map(|(_, behind)| behind.split_once('}'))
        .flat_map(|(counts, _)| counts.split(','))
        .filter_map(|count| count.parse().ok())
}
