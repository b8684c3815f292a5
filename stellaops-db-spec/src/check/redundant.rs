//! Indexes that are in each other's way: names that come out alike, and columns that another index
//! begins with.

use crate::check::context::Context;
use crate::check::table::Draft;
use crate::model::{Column, Direction, Index, Nulls, Scope, name};
use crate::rule;
use crate::source::Span;

pub(super) fn check_clashes(context: &mut Context<'_>, draft: &Draft<'_>, spans: &[Span]) {
    let table = &draft.table;
    for (position, index) in table.indexes.iter().enumerate() {
        let earlier = &table.indexes[..position];
        let generated = name::index(table, index);
        // An order that a key serves has no index, and so no name but its own.
        let is_made =
            |other: &&Index| other.is_made() && index.is_made() && name::index(table, other) == generated;
        if earlier.iter().any(|other| other.name == index.name) {
            context.push(
                rule::INDEX_CLASH,
                spans[position],
                format!("another index is called `{}`", index.name),
                "rename it",
            );
        } else if let Some(other) = earlier.iter().find(is_made) {
            context.push(
                rule::INDEX_CLASH,
                spans[position],
                format!(
                    "`{}` would be `{generated}` in the database, and so is `{}`",
                    index.name, other.name
                ),
                "take one of them out, or let it hold the rows only that it is read for: `where = \"status = 1\"`, and a word for them in the name, `what = \"queued\"`",
            );
        }
        if table.column(&index.name).is_some() {
            context.push(
                rule::INDEX_CLASH,
                spans[position],
                format!("a column is called `{}` too", index.name),
                "rename the index: both would be the same name in Rust",
            );
        }
    }
}

/// An index whose columns begin another one, a unique key or the primary key is never needed.
pub(super) fn check_prefixes(context: &mut Context<'_>, draft: &Draft<'_>, spans: &[Span]) {
    for (position, index) in draft.table.indexes.iter().enumerate() {
        if index.condition.is_some() || index.scope == Scope::System || !index.is_made() {
            continue;
        }
        if let Some(other) = longer(draft, index, position) {
            context.push(
                rule::INDEX_PREFIX,
                spans[position],
                format!("`{}` is the beginning of {other}", index.name),
                "remove it: the longer one serves the same queries; where the longer one is a key, `served_by` lists in its order",
            );
        }
    }
}

/// A column of an index, with its direction and the place of its NULLs where that matters.
type Part<'a> = (&'a str, Option<(Direction, Option<Nulls>)>);

/// What begins with the index, in words.
fn longer(draft: &Draft<'_>, index: &Index, position: usize) -> Option<String> {
    let table = &draft.table;
    let own = parts(index);
    let declared = &own[..index.pinned.len() + index.declared_order.len()];
    let begins = |theirs: &[Part<'_>]| theirs.len() >= own.len() && own.iter().zip(theirs).all(same);
    let own_key = table.own_key();
    if draft.is_key_good && begins(&plain(own_key.iter().map(|column| column.as_ref()))) {
        return Some("the primary key".into());
    }
    let unconditional = table.unique_keys.iter().filter(|key| key.condition.is_none());
    for key in unconditional {
        let theirs = plain(key.columns.iter().map(|column| column.as_ref()));
        // Where no two rows agree, the tie-break decides nothing.
        let is_the_key = declared.len() == theirs.len() && declared.iter().zip(&theirs).all(same);
        if is_the_key || begins(&theirs) {
            return Some(format!("the unique key `{}`", key.name));
        }
    }
    table.indexes.iter().enumerate().find_map(|(other, candidate)| {
        let theirs = parts(candidate);
        let comparable = other != position
            && candidate.is_made()
            && candidate.condition.is_none()
            && candidate.scope == Scope::Tenant;
        let first = theirs.len() > own.len() || other < position;
        (comparable && first && begins(&theirs)).then(|| format!("`{}`", candidate.name))
    })
}

fn parts(index: &Index) -> Vec<Part<'_>> {
    let order = index.order.iter().map(|ordered| {
        (
            ordered.column.name.as_str(),
            Some((ordered.direction, ordered.nulls)),
        )
    });
    plain(index.pinned.iter().map(|column| column.as_ref()))
        .into_iter()
        .chain(order)
        .collect()
}

fn plain<'a>(columns: impl Iterator<Item = &'a Column>) -> Vec<Part<'a>> {
    columns.map(|column| (column.name.as_str(), None)).collect()
}

/// A pin serves equality only, so that a direction in the longer index does not matter; a column
/// without a direction is ascending.
fn same((own, theirs): (&Part<'_>, &Part<'_>)) -> bool {
    let fits = |(direction, nulls): (Direction, Option<Nulls>)| match theirs.1 {
        Some(theirs) => theirs == (direction, nulls),
        None => direction == Direction::Ascending && nulls != Some(Nulls::First),
    };
    own.0 == theirs.0 && own.1.is_none_or(fits)
}
