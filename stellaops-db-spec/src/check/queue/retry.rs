//! How often a row of a queue is tried, and how long it waits.

use crate::check::context::Context;
use crate::model::Backoff;
use crate::rule;
use crate::syntax::Node;

/// What a queue says of failures.
pub(super) struct Retry {
    pub(super) max_attempts: Option<i32>,
    pub(super) backoff: Backoff,
}

/// A year, as the longest lease.
const MAX_SECONDS: i32 = 365 * 86_400;
const MAX_ATTEMPTS: i32 = 1_000_000;

pub(super) fn check_retry(context: &mut Context<'_>, node: &Node) -> Option<Retry> {
    let mut number = |key, most| check_number(context, node, key, most);
    let (max_attempts, first, most) = (
        number("max_attempts", MAX_ATTEMPTS),
        number("retry_after", MAX_SECONDS),
        number("retry_after_most", MAX_SECONDS),
    );
    let (max_attempts, first, most) = (max_attempts?, first?, most?);
    let first = first.unwrap_or(Backoff::USUAL.first);
    let backoff = Backoff {
        first,
        most: most.unwrap_or(Backoff::USUAL.most.max(first)),
    };
    if backoff.first > backoff.most {
        context.push(
            rule::QUEUE_RETRY,
            node.get("retry_after_most").map_or(node.span, |named| named.span),
            format!(
                "a row cannot wait {} seconds first and {} at most",
                backoff.first, backoff.most
            ),
            "the first wait is the shortest: lower `retry_after`, or raise `retry_after_most`",
        );
        return None;
    }
    Some(Retry {
        max_attempts,
        backoff,
    })
}

/// A number that may be absent; none where it is out of its range.
fn check_number(context: &mut Context<'_>, node: &Node, key: &str, most: i32) -> Option<Option<i32>> {
    let Some(written) = node.integer(key) else {
        return Some(None);
    };
    let number = i32::try_from(written).ok();
    let good = number.filter(|number| (1..=most).contains(number));
    if good.is_none() {
        context.push(
            rule::QUEUE_RETRY,
            node.get(key).map_or(node.span, |named| named.span),
            format!("`{key}` cannot be {written}"),
            format!("write a number from 1 to {most}"),
        );
    }
    good.map(Some)
}
