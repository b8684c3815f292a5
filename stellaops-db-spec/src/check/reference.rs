//! References of one column to a primary key; and of all references: whether an index serves them.

use std::sync::Arc;

use crate::check::composite;
use crate::check::context::{Context, suggest};
use crate::check::table::Draft;
use crate::model::{Column, ColumnType, OnDelete, Reference, Scope, Table, Tenancy, name};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Node};

pub(super) fn check_references(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    names: &[&str],
) -> Vec<Reference> {
    let mut references = Vec::new();
    let entries = draft.root.get("columns").map(Node::entries).unwrap_or_default();
    for entry in entries.iter().filter(|entry| !entry.node.faulty) {
        match (entry.node.get("references"), entry.node.entry("on_delete")) {
            (Some(target), _) => {
                references.extend(check_reference(context, draft, drafts, names, entry, target));
            }
            (None, Some(alone)) => context.push(
                rule::ON_DELETE_ALONE,
                alone.key_span,
                format!("`{}` points at no table", entry.key),
                "add `references`, or remove `on_delete`",
            ),
            (None, None) => {}
        }
    }
    references.extend(composite::check_references(context, draft, drafts, names));
    composite::mark_cleared(&mut references);
    check_names(context, draft, &references);
    references
}

/// Names are made of the columns' names, so two references can come to the same one.
fn check_names(context: &mut Context<'_>, draft: &Draft<'_>, references: &[Reference]) {
    for (position, reference) in references.iter().enumerate() {
        let generated = name::foreign_key(&draft.table, reference);
        let mut earlier = references[..position].iter();
        if earlier.any(|other| name::foreign_key(&draft.table, other) == generated) {
            context.push(
                rule::INDEX_CLASH,
                span_of(draft, reference),
                format!("another reference is called `{generated}`"),
                "remove one of the two, or rename a column",
            );
        }
    }
}

fn check_reference(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    names: &[&str],
    entry: &Entry,
    target: &Node,
) -> Option<Reference> {
    let column = draft.table.column(&entry.key)?.clone();
    let parent = find_parent(context, drafts, names, target)?;
    let parent_column = check_parent_key(context, parent, &column, target.span)?;
    let parent = &parent.table;
    check_tenancies(context, &draft.table, parent, target.span);
    let on_delete = check_on_delete(
        context,
        draft,
        (&entry.node, entry.key_span),
        std::slice::from_ref(&column),
    );
    Some(Reference {
        parent_tenant: check_parent_tenant(context, draft, parent, &column, target.span),
        parent_schema: parent.schema.clone(),
        parent: parent.name.clone(),
        parent_tenancy: parent.tenancy,
        key: None,
        parent_columns: vec![parent_column],
        cleared: Vec::new(),
        on_delete,
        why: None,
        place: context.place(target.span),
        columns: vec![column],
    })
}

/// The table that a reference names: of the same schema, and there.
pub(super) fn find_parent<'d, 'a>(
    context: &mut Context<'_>,
    drafts: &'d [Draft<'a>],
    names: &[&str],
    target: &Node,
) -> Option<&'d Draft<'a>> {
    let name = target.as_str()?;
    if name.contains('.') {
        context.push(
            rule::CROSS_SCHEMA,
            target.span,
            "a reference never leaves its schema",
            "name a table of this schema; a row of another service is held by its id, without a foreign key",
        );
        return None;
    }
    let found = drafts.iter().find(|other| other.table.name == name);
    // A table whose own keys are faulty is there all the same.
    if found.is_none() && !names.contains(&name) {
        context.push(
            rule::PARENT_UNKNOWN,
            target.span,
            format!("there is no table `{name}` in this schema"),
            suggest(name, names.iter().copied()),
        );
    }
    found
}

fn check_parent_key(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    column: &Column,
    span: Span,
) -> Option<String> {
    if !draft.is_key_good {
        return None;
    }
    let parent = &draft.table;
    let own_key = parent.own_key();
    if let [key] = own_key.as_slice()
        && key.column_type == column.column_type
    {
        return Some(key.name.clone());
    }
    let kinds: Vec<String> = own_key
        .iter()
        .map(|key| format!("`{}` {}", key.name, key.column_type.in_words()))
        .collect();
    context.push(
        rule::PARENT_KEY,
        span,
        format!(
            "`{}` of type {} cannot point at the key of `{}`",
            column.name,
            column.column_type.in_words(),
            parent.name
        ),
        match kinds.as_slice() {
            [] => {
                "that key is the tenant alone, which every row of this table has already: remove `references`"
                    .into()
            }
            _ => format!(
                "that key is ({}): give the column its type, or list all columns of such a key under `[[references]]`",
                kinds.join(", ")
            ),
        },
    );
    None
}

/// Global rows point at global rows only.
pub(super) fn check_tenancies(context: &mut Context<'_>, child: &Table, parent: &Table, span: Span) {
    if child.tenancy == Tenancy::Global && parent.tenancy != Tenancy::Global {
        context.push(
            rule::GLOBAL_POINTS_AT_TENANT,
            span,
            format!(
                "`{}` is global and cannot point at the tenants' rows of `{}`",
                child.name, parent.name
            ),
            "turn the reference round, or give this table a tenant",
        );
    }
}

fn check_parent_tenant(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    parent: &Table,
    column: &Column,
    span: Span,
) -> Option<Arc<Column>> {
    if parent.tenancy != Tenancy::TenantOrGlobal || draft.table.tenancy == Tenancy::Global {
        return None;
    }
    let wanted = format!(
        "{}_tenant_id",
        column.name.strip_suffix("_id").unwrap_or(&column.name)
    );
    let found = draft
        .table
        .column(&wanted)
        .filter(|found| found.column_type == ColumnType::Text && found.nullable == column.nullable);
    if found.is_none() && !draft.faulty_columns.contains(&wanted) {
        context.push(
            rule::PARENT_TENANT,
            span,
            format!(
                "rows of `{}` belong to the tenant or to @global; nothing says to which",
                parent.name
            ),
            format!(
                "add a text column `{wanted}`{}, which is checked to be the own tenant or @global",
                if column.nullable { ", nullable" } else { "" }
            ),
        );
    }
    found.cloned()
}

/// The delete rule that stands in a node, or beside a key; columns that can be NULL for `set_null`.
pub(super) fn check_on_delete(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    (node, beside): (&Node, Span),
    columns: &[Arc<Column>],
) -> OnDelete {
    let span = node.get("on_delete").map_or(beside, |node| node.span);
    match node.text("on_delete") {
        Some("cascade") => {
            if draft.table.append_only {
                context.push(
                    rule::CASCADE_APPEND_ONLY,
                    span,
                    "a cascade would delete rows of an append-only table",
                    "use `on_delete = \"restrict\"`: what has facts cannot be deleted",
                );
            }
            if !draft.table.deletable {
                context.push(
                    rule::CASCADE_UNDELETABLE,
                    span,
                    format!(
                        "a cascade would delete rows of `{}`, which are never deleted",
                        draft.table.name
                    ),
                    "use `on_delete = \"restrict\"`: the parent stays as long as they do",
                );
            }
            OnDelete::Cascade
        }
        Some("set_null") => {
            if !columns.iter().any(|column| column.nullable) {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                context.push(
                    rule::SET_NULL_REQUIRED,
                    span,
                    format!("`{}` cannot become NULL", names.join("`, `")),
                    "add `nullable = true`, or choose another delete rule",
                );
            }
            if draft.table.append_only {
                context.push(
                    rule::CASCADE_APPEND_ONLY,
                    span,
                    "a delete rule would change rows of an append-only table",
                    "use `on_delete = \"restrict\"`",
                );
            }
            OnDelete::SetNull
        }
        _ => OnDelete::Restrict,
    }
}

/// Deleting or updating a parent looks for its children: without an index, through the whole table.
pub(super) fn check_indexed(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = &draft.table;
    // A faulty index may have been the one.
    if !draft.faulty_indexes.is_empty() {
        return;
    }
    for reference in &table.references {
        let names: Vec<&str> = reference
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let served = match &reference.parent_tenant {
            Some(tenant) => is_served_across_tenants(table, &[names[0], tenant.name.as_str()]),
            None => is_served(table, &names),
        };
        if served {
            continue;
        }
        let columns = names.join("`, `");
        let help = match &reference.parent_tenant {
            Some(tenant) => format!(
                "add an index with `scope = \"system\"` and `pinned = [\"{columns}\", \"{}\"]`: a row of @global is pointed at by rows of every tenant, so the tenant cannot lead",
                tenant.name
            ),
            None => format!(
                "add an index without `where` that pins `{columns}` first; deleting a parent reads the whole table otherwise"
            ),
        };
        context.push(
            rule::REFERENCE_UNINDEXED,
            pointing_span(draft, reference),
            format!("no index serves the reference `{columns}`"),
            help,
        );
    }
}

/// Whether an index, a unique key or the primary key begins with the tenant and these columns, in any
/// order: all of them are compared by equality.
fn is_served(table: &Table, wanted: &[&str]) -> bool {
    let by_index = table.made_indexes().any(|index| {
        index.condition.is_none() && index.scope == Scope::Tenant && begins(index.columns(), wanted)
    });
    let by_unique = table
        .unique_keys
        .iter()
        .any(|key| key.condition.is_none() && begins(&key.columns, wanted));
    by_index || by_unique || begins(table.own_key(), wanted)
}

/// Whether an index begins with both columns of the reference, without the row's own tenant in front.
fn is_served_across_tenants(table: &Table, wanted: &[&str]) -> bool {
    table.made_indexes().any(|index| {
        index.condition.is_none() && index.scope == Scope::System && begins(index.columns(), wanted)
    })
}

fn begins<'c>(columns: impl IntoIterator<Item = &'c Arc<Column>>, wanted: &[&str]) -> bool {
    let first = columns.into_iter().take(wanted.len());
    let mut first: Vec<&str> = first.map(|column| column.name.as_str()).collect();
    let mut wanted = wanted.to_vec();
    first.sort_unstable();
    wanted.sort_unstable();
    first == wanted
}

/// Where a reference says its table.
pub(super) fn span_of(draft: &Draft<'_>, reference: &Reference) -> Span {
    let listed = composite::node_of(draft, reference).and_then(|node| node.get("to"));
    let entry = entry_of(draft, reference);
    let node = listed.or_else(|| entry.and_then(|entry| entry.node.get("references")));
    node.map_or(draft.root.span, |node| node.span)
}

/// Where a reference says its columns.
fn pointing_span(draft: &Draft<'_>, reference: &Reference) -> Span {
    let listed = composite::node_of(draft, reference).and_then(|node| node.get("columns"));
    let entry = entry_of(draft, reference).map(|entry| entry.key_span);
    listed.map(|node| node.span).or(entry).unwrap_or(draft.root.span)
}

fn entry_of<'a>(draft: &Draft<'a>, reference: &Reference) -> Option<&'a Entry> {
    let column = reference.only_column()?;
    draft.root.get("columns")?.entry(&column.name)
}
