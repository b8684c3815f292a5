//! The bounds of a member: of a type that has them, in order, and reachable.

use crate::check::context::Context;
use crate::model::{Item, Member, MemberType};
use crate::rule;
use crate::syntax::Entry;

/// Whether the bounds are good; an example is held against good ones only.
pub(super) fn check_bounds(context: &mut Context<'_>, entry: &Entry, member: &Member) -> bool {
    let before = context.diagnostics.len();
    check_types(context, entry, member.member_type);
    let none_is_misplaced = context.diagnostics.len() == before;
    if none_is_misplaced {
        check_order(context, entry, ("min", member.min), ("max", member.max), None);
        let lengths = (
            ("min_length", member.min_length),
            ("max_length", member.max_length),
        );
        check_order(
            context,
            entry,
            lengths.0,
            lengths.1,
            Some(greatest_length(member)),
        );
    }
    context.diagnostics.len() == before
}

fn check_types(context: &mut Context<'_>, entry: &Entry, member_type: MemberType) {
    let number = member_type.item() == Item::Integer;
    let length = member_type.has_length();
    for (key, fits) in [
        ("min", number),
        ("max", number),
        ("min_length", length),
        ("max_length", length),
    ] {
        if let Some(inner) = entry.node.entry(key).filter(|_| !fits) {
            context.push(
                rule::MEMBER_BOUND_TYPE,
                inner.key_span,
                format!("`{key}` says nothing about a member of type {}", member_type.in_words()),
                "`min` and `max` are for integers, alone or in a list or map; `min_length` and `max_length` for texts, lists and sets",
            );
        }
    }
}

/// A set cannot have more items than there are words.
fn greatest_length(member: &Member) -> i64 {
    match member.member_type {
        MemberType::Set if !member.values.is_empty() => {
            i64::try_from(member.values.len()).unwrap_or(i64::MAX)
        }
        _ => i32::MAX.into(),
    }
}

fn check_order(
    context: &mut Context<'_>,
    entry: &Entry,
    (low_key, low): (&str, Option<i64>),
    (high_key, high): (&str, Option<i64>),
    greatest: Option<i64>,
) {
    let span = |key: &str| entry.node.get(key).map_or(entry.key_span, |node| node.span);
    let mut good = true;
    for (key, bound) in [(low_key, low), (high_key, high)] {
        if let (Some(bound), Some(greatest)) = (bound, greatest)
            && !(0..=greatest).contains(&bound)
        {
            good = false;
            context.push(
                rule::MEMBER_BOUND_ORDER,
                span(key),
                format!("`{key}` is {bound}, which no value of this member reaches"),
                format!("choose a bound from 0 to {greatest}, or remove it"),
            );
        }
    }
    if let (Some(low), Some(high)) = (low, high)
        && good
        && low > high
    {
        context.push(
            rule::MEMBER_BOUND_ORDER,
            span(high_key),
            format!("no value is at least {low} and at most {high}"),
            "exchange the two bounds",
        );
    }
}
