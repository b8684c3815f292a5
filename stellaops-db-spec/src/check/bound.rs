//! Bounds: of a type that has them, in order, and kept by the default.

use crate::check::context::Context;
use crate::model::{Column, ColumnType, Default, Literal};
use crate::rule::{self, Rule};
use crate::syntax::Entry;

pub(super) fn check_bounds(context: &mut Context<'_>, entry: &Entry, column: &Column) {
    check_types(context, entry, &column.column_type);
    let numbers = (entry, "min", "max", column.min, column.max);
    let lengths = (
        entry,
        "min_length",
        "max_length",
        column.min_length,
        column.max_length,
    );
    let before = context.diagnostics.len();
    check_order(context, numbers, range(&column.column_type));
    check_order(context, lengths, Some((0, i64::from(i32::MAX))));
    if context.diagnostics.len() == before {
        if let Some(Default::Literal(literal)) = &column.default {
            check_literal(context, entry, column, literal, ("default", rule::DEFAULT_TYPE));
        }
        if let Some(literal) = &column.example {
            check_literal(context, entry, column, literal, ("example", rule::EXAMPLE_VALUE));
        }
    }
}

fn check_types(context: &mut Context<'_>, entry: &Entry, kind: &ColumnType) {
    let length = *kind == ColumnType::Text || kind.is_array();
    for (key, fits) in [
        ("min", kind.is_integer()),
        ("max", kind.is_integer()),
        ("min_length", length),
        ("max_length", length),
        ("pattern", *kind == ColumnType::Text),
    ] {
        if let Some(inner) = entry.node.entry(key).filter(|_| !fits) {
            context.push(
                rule::BOUND_TYPE,
                inner.key_span,
                format!("`{key}` says nothing about a column of type {}", kind.in_words()),
                "`min` and `max` are for integers, `min_length` and `max_length` for texts and arrays, `pattern` for texts",
            );
        }
    }
}

/// The values of an integer type; none where `min` and `max` have no meaning.
fn range(kind: &ColumnType) -> Option<(i64, i64)> {
    match kind {
        ColumnType::SmallInt => Some((i16::MIN.into(), i16::MAX.into())),
        ColumnType::Integer => Some((i32::MIN.into(), i32::MAX.into())),
        ColumnType::BigInt => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

type Bounds<'a> = (&'a Entry, &'a str, &'a str, Option<i64>, Option<i64>);

fn check_order(context: &mut Context<'_>, bounds: Bounds<'_>, possible: Option<(i64, i64)>) {
    let (entry, low_key, high_key, low, high) = bounds;
    let Some((least, greatest)) = possible else { return };
    let span = |key: &str| entry.node.get(key).map_or(entry.key_span, |node| node.span);
    let mut good = true;
    for (key, bound) in [(low_key, low), (high_key, high)] {
        if let Some(bound) = bound
            && !(least..=greatest).contains(&bound)
        {
            good = false;
            context.push(
                rule::BOUND_ORDER,
                span(key),
                format!("`{key}` is {bound}, which no value of this column reaches"),
                format!("choose a bound from {least} to {greatest}, or remove it"),
            );
        }
    }
    if let (Some(low), Some(high)) = (low, high)
        && good
        && low > high
    {
        context.push(
            rule::BOUND_ORDER,
            span(high_key),
            format!("no value is at least {low} and at most {high}"),
            "exchange the two bounds",
        );
    }
}

/// A value that its own column refuses would fail at the first insert that relies on it.
fn check_literal(
    context: &mut Context<'_>,
    entry: &Entry,
    column: &Column,
    literal: &Literal,
    (key, rule): (&str, &'static Rule),
) {
    let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let (size, low, high) = match literal {
        Literal::Integer(number) => (*number, column.min, column.max),
        Literal::Text(text) if column.column_type == ColumnType::Text => {
            (length(text.chars().count()), column.min_length, column.max_length)
        }
        Literal::TextList(items) => (length(items.len()), column.min_length, column.max_length),
        Literal::Text(_) | Literal::Boolean(_) | Literal::EnumValue(_) => return,
    };
    if low.is_some_and(|low| size < low) || high.is_some_and(|high| size > high) {
        let span = entry.node.get(key).map_or(entry.key_span, |node| node.span);
        context.push(
            rule,
            span,
            format!("the {key} of `{}` breaks the column's own bounds", column.name),
            format!("change the {key} or the bound"),
        );
    }
}
