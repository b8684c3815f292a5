//! What a value keeps within: of a column, and of a member of a document.

use stellaops_db_spec::row_rules::Limits;

use crate::memory::pattern::Pattern;

pub(super) fn hold_number(limits: &Limits, number: i64) -> bool {
    is_between(number, limits.min, limits.max)
}

/// A number of characters, bytes or elements.
pub(super) fn hold_length(limits: &Limits, length: usize) -> bool {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    is_between(length, limits.min_length, limits.max_length)
}

/// A pattern that is not understood is every text's.
pub(super) fn hold_pattern(limits: &Limits, text: &str) -> bool {
    let pattern = limits.pattern.as_deref().and_then(Pattern::parse);
    pattern.is_none_or(|pattern| pattern.matches(text))
}

fn is_between(number: i64, least: Option<i64>, greatest: Option<i64>) -> bool {
    least.is_none_or(|least| number >= least) && greatest.is_none_or(|greatest| number <= greatest)
}
