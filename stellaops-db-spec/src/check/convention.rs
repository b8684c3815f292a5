//! Conventions: rules of judgement, which leave the model as it is, so that a table may be excused.

use crate::check::context::Context;
use crate::check::length::is_bounded;
use crate::check::pattern::check_pattern;
use crate::check::table::{Draft, column_spans};
use crate::model::{Column, ColumnRole, ColumnType, Default, UniqueKey, is_reserved_for_columns};
use crate::rule::{self, Rule};
use crate::source::Span;
use crate::syntax::{Entry, Node};

pub(super) fn check_conventions(context: &mut Context<'_>, draft: &Draft<'_>) {
    for entry in draft.root.get("columns").map(Node::entries).unwrap_or_default() {
        if let Some(column) = draft.table.column(&entry.key) {
            check_null(context, entry, column);
            check_named_form(context, draft, entry, column);
            check_anchor(context, entry);
        }
    }
    check_reserved_words(context, draft);
    check_key_lengths(context, draft);
    check_unique_and_soft_delete(context, draft);
    check_read_path(context, draft);
}

fn check_null(context: &mut Context<'_>, entry: &Entry, column: &Column) {
    let Some(nullable) = entry.node.entry("nullable").filter(|_| column.nullable) else {
        return;
    };
    if column.column_type == ColumnType::Boolean {
        context.push(
            rule::NULLABLE_BOOLEAN,
            nullable.key_span,
            format!("`{}` is true, false or NULL", column.name),
            "give it a default, or make it an enum of three values or a timestamp",
        );
    } else if column.column_type.is_array() {
        context.push(
            rule::NULLABLE_ARRAY,
            nullable.key_span,
            format!("`{}` is empty in two ways", column.name),
            "write `default = []` instead",
        );
    }
}

/// Columns whose names promise something.
fn check_named_form(context: &mut Context<'_>, draft: &Draft<'_>, entry: &Entry, column: &Column) {
    let is_unchanging = draft.table.append_only
        || matches!(
            column.role,
            ColumnRole::Immutable | ColumnRole::Key | ColumnRole::Touched
        );
    let filled_by_clock = column.column_type == ColumnType::TimestampTz
        && !column.nullable
        && column.default == Some(Default::Now);
    let (rule, good, help): (&'static Rule, bool, &str) = match column.name.as_str() {
        "created_at" => (
            rule::CREATED_AT_FORM,
            filled_by_clock && is_unchanging && column.role != ColumnRole::Touched,
            "write `type = \"timestamptz\"`, `default = \"now\"` and `immutable = true`, or another name",
        ),
        "updated_at" => (
            rule::UPDATED_AT_FORM,
            column.role == ColumnRole::Touched,
            "add `default = \"now\"` and `on_update = \"now\"`, or choose another name",
        ),
        "id" => (
            rule::ID_FORM,
            column.column_type == ColumnType::Uuid || column.role == ColumnRole::Identity,
            "make it a uuid with `default = \"uuid_v7\"`, a bigint with `identity = true`, or call it what it is",
        ),
        _ => return,
    };
    if !good {
        let message = format!("`{}` is something else than its name says", column.name);
        context.push(rule, entry.key_span, message, help);
    }
}

fn check_anchor(context: &mut Context<'_>, entry: &Entry) {
    check_pattern(context, &entry.node);
    let Some(pattern) = entry.node.get("pattern") else {
        return;
    };
    let text = pattern.as_str().unwrap_or_default();
    if !(text.starts_with('^') && text.ends_with('$')) {
        context.push(
            rule::PATTERN_ANCHOR,
            pattern.span,
            format!("the pattern of `{}` matches a part of the text", entry.key),
            "begin it with ^ and end it with $",
        );
    }
}

fn check_reserved_words(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = std::iter::once((draft.table.name.clone(), draft.root.span));
    for (name, span) in table.chain(column_spans(draft.root)) {
        if is_reserved_for_columns(&name) {
            context.push(
                rule::RESERVED_WORD,
                span,
                format!("`{name}` is a reserved word of SQL"),
                "choose another name: this one has to be quoted wherever somebody writes it",
            );
        }
    }
}

fn check_key_lengths(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = &draft.table;
    let in_key = table.own_key().into_iter().map(|column| (column, "the key"));
    let in_unique = table.unique_keys.iter().flat_map(|key| &key.columns);
    let in_index = table.indexes.iter().flat_map(|index| index.columns());
    let uses = in_key
        .chain(in_unique.map(|column| (column, "a unique key")))
        .chain(in_index.map(|column| (column, "an index")));
    let mut told: Vec<&str> = Vec::new();
    for (column, place) in uses {
        // What a reference holds is a key elsewhere, and is bounded there.
        let is_reference = table.references.iter().any(|reference| {
            let mut held = reference.columns.iter().chain(&reference.parent_tenant);
            held.any(|held| held.name == column.name)
        });
        if is_reference || told.contains(&column.name.as_str()) || is_bounded(table, column) {
            continue;
        }
        told.push(&column.name);
        let spans = column_spans(draft.root);
        let span = spans
            .iter()
            .find(|(name, _)| *name == column.name)
            .map_or(draft.root.span, |(_, span)| *span);
        context.push(
            rule::KEY_UNBOUNDED,
            span,
            format!(
                "`{}` is part of {place}, and has no length that fits into it",
                column.name
            ),
            match column.is_generated() {
                true => "give the member of the document a `pattern` that ends somewhere, `^sha256:[0-9a-f]{64}$`",
                false => "add `max_length`, at most 2000, or a `pattern` that ends somewhere, `^sha256:[0-9a-f]{64}$`",
            },
        );
    }
}

fn check_unique_and_soft_delete(context: &mut Context<'_>, draft: &Draft<'_>) {
    let Some(mark) = &draft.table.soft_delete else {
        return;
    };
    let forgets = |key: &&UniqueKey| {
        let condition = key.condition.as_deref().unwrap_or_default();
        !words(condition).any(|word| word == mark.name)
    };
    let forgetful: Vec<&UniqueKey> = draft.table.unique_keys.iter().filter(forgets).collect();
    for key in forgetful {
        context.push(
            rule::SOFT_DELETE_UNIQUE,
            unique_span(draft, &key.name),
            format!("a deleted row keeps its place in `{}`", key.name),
            format!("add `where = \"{} IS NULL\"`", mark.name),
        );
    }
}

fn unique_span(draft: &Draft<'_>, name: &str) -> Span {
    let nodes = draft.root.get("unique").map(Node::items).unwrap_or_default();
    let named = nodes.iter().filter_map(|node| node.get("name"));
    named
        .filter(|node| node.as_str() == Some(name))
        .map(|node| node.span)
        .next()
        .unwrap_or(draft.root.span)
}

fn words(condition: &str) -> impl Iterator<Item = &str> {
    condition.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
}

/// A key that nobody has made up, such as a code or a day, is known without the table.
fn check_read_path(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = &draft.table;
    let is_made_up = |column: &&std::sync::Arc<Column>| {
        column.role == ColumnRole::Identity || matches!(column.default, Some(Default::UuidV7 | Default::Now))
    };
    let own_key = table.own_key();
    let is_written = |key: &str| draft.root.get(key).is_some();
    let is_found = !table.unique_keys.is_empty()
        || table.indexes.iter().any(|index| !index.order.is_empty())
        || !draft.faulty_indexes.is_empty()
        || is_written("finders")
        || is_written("search");
    let is_known = own_key.is_empty() || !own_key.iter().all(is_made_up);
    if draft.is_key_good && !is_found && !is_known {
        context.push(
            rule::NO_READ_PATH,
            draft.root.span,
            format!("nothing finds the rows of `{}` but their ids", table.name),
            "add an index with an `order`, `order = [\"created_at desc\"]`, or a unique key",
        );
    }
}
