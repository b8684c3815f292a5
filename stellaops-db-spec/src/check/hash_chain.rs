//! Hash chains: the three columns that the database sets, the order in which they are read, and the table with
//! the end of each tenant's chain.

use std::sync::Arc;

use crate::check::context::{Context, suggest};
use crate::check::retention::named_column;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, ColumnType, HashChain, Scope, Table, Tenancy};
use crate::rule;
use crate::syntax::{Entry, Node};

pub(super) fn check_hash_chain(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("hash_chain").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    check_table(context, draft, entry);
    let position = check_column(context, draft, node, "position", &ColumnType::BigInt);
    let previous = check_column(context, draft, node, "previous", &ColumnType::Bytea);
    let hash = check_column(context, draft, node, "hash", &ColumnType::Bytea);
    if let Some(position) = &position {
        check_order(context, draft, node, position);
    }
    if let (Some(heads), Some(position), Some(previous), Some(hash)) =
        (node.text("heads"), position, previous, hash)
    {
        draft.table.hash_chain = Some(HashChain {
            heads: heads.into(),
            position,
            previous,
            hash,
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(entry.key_span),
        });
    }
}

fn check_table(context: &mut Context<'_>, draft: &Draft<'_>, entry: &Entry) {
    let table = &draft.table;
    if !table.append_only || table.tenancy != Tenancy::Tenant {
        context.push(
            rule::HASH_CHAIN_COLUMN,
            entry.key_span,
            format!("rows of `{}` cannot be chained", table.name),
            "a chain goes through the facts of each tenant: `append_only = true` and `tenancy = \"tenant\"`",
        );
    }
}

fn check_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    key: &str,
    wanted: &ColumnType,
) -> Option<Arc<Column>> {
    let column = named_column(context, draft, node, key, rule::HASH_CHAIN_COLUMN)?;
    let good = column.column_type == *wanted
        && !column.nullable
        && column.default.is_none()
        && column.role == ColumnRole::Chained;
    if !good {
        context.push(
            rule::HASH_CHAIN_COLUMN,
            node.get(key).map_or(node.span, |inner| inner.span),
            format!("`{}` cannot be the chain's `{key}`", column.name),
            format!(
                "name a column of its own, {}, not NULL, without a default and no part of the key",
                wanted.in_words()
            ),
        );
        return None;
    }
    Some(column)
}

/// A chain is verified from its first row to its last.
fn check_order(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node, position: &Column) {
    let is_served = draft.table.indexes.iter().any(|index| {
        index.condition.is_none()
            && index.scope == Scope::Tenant
            && index
                .columns()
                .next()
                .is_some_and(|first| first.name == position.name)
    });
    if is_served || !draft.faulty_indexes.is_empty() {
        return;
    }
    context.push(
        rule::HASH_CHAIN_COLUMN,
        node.get("position").map_or(node.span, |inner| inner.span),
        format!("no index has the order of `{}`", position.name),
        format!(
            "add an index with `order = [\"{}\"]`: whoever verifies a chain reads it in its order",
            position.name
        ),
    );
}

/// The tables of the heads; each is told whose chain ends in it.
pub(super) fn check_heads(context: &mut Context<'_>, drafts: &mut [Draft<'_>]) {
    for position in 0..drafts.len() {
        let Some(chain) = &drafts[position].table.hash_chain else {
            continue;
        };
        let (chained, heads) = (drafts[position].table.name.clone(), chain.heads.clone());
        let node = drafts[position]
            .root
            .get("hash_chain")
            .and_then(|node| node.get("heads"));
        let span = node.map_or(drafts[position].root.span, |node| node.span);
        let Some(found) = drafts.iter_mut().find(|other| other.table.name == heads) else {
            let names: Vec<&str> = drafts.iter().map(|draft| draft.table.name.as_str()).collect();
            context.push(
                rule::HASH_CHAIN_HEADS,
                span,
                format!("there is no table `{heads}` in this schema"),
                suggest(&heads, names.into_iter()),
            );
            continue;
        };
        match what_is_wrong(&found.table) {
            Some(wrong) => context.push(
                rule::HASH_CHAIN_HEADS,
                span,
                format!("`{heads}` cannot hold the ends of the chains: {wrong}"),
                "it has one row a tenant: `tenancy = \"tenant\"`, `key = []`, and the columns `position` (bigint), `hash` (bytea) and `updated_at` (timestamptz), none of them NULL",
            ),
            None => found.table.chain_of = Some(chained),
        }
    }
}

fn what_is_wrong(heads: &Table) -> Option<String> {
    const COLUMNS: [(&str, ColumnType); 3] = [
        ("position", ColumnType::BigInt),
        ("hash", ColumnType::Bytea),
        ("updated_at", ColumnType::TimestampTz),
    ];
    if heads.tenancy != Tenancy::Tenant || !heads.own_key().is_empty() {
        return Some("its key is not the tenant alone".into());
    }
    if heads.append_only {
        return Some("its rows never change".into());
    }
    if let Some(other) = &heads.chain_of {
        return Some(format!("it holds those of `{other}`"));
    }
    for (name, column_type) in &COLUMNS {
        let is_there = |column: &Arc<Column>| column.column_type == *column_type && !column.nullable;
        if !heads.column(name).is_some_and(is_there) {
            return Some(format!("it has no `{name}` {}", column_type.in_words()));
        }
    }
    let is_known = |name: &str| COLUMNS.iter().any(|(known, _)| *known == name);
    let mut others = heads.columns.iter().filter(|column| !is_known(&column.name));
    let unset = others.find(|column| column.is_required_at_insert())?;
    Some(format!("nobody sets its `{}`", unset.name))
}
