//! References: inside the schema, into the same tenant, to a key of one column, indexed.

use crate::check::context::{Context, suggest};
use crate::check::table::Draft;
use crate::model::{Column, ColumnType, OnDelete, Reference, Scope, Table, Tenancy};
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
    references
}

fn check_reference(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    names: &[&str],
    entry: &Entry,
    target: &Node,
) -> Option<Reference> {
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
    let column = draft.table.column(&entry.key)?.clone();
    let Some(parent) = drafts.iter().find(|other| other.table.name == name) else {
        // A table whose own keys are faulty is there all the same.
        if !names.contains(&name) {
            context.push(
                rule::PARENT_UNKNOWN,
                target.span,
                format!("there is no table `{name}` in this schema"),
                suggest(name, names.iter().copied()),
            );
        }
        return None;
    };
    let parent_column = check_parent_key(context, parent, &column, target.span)?;
    let parent = &parent.table;
    check_tenancies(context, &draft.table, parent, target.span);
    let on_delete = check_on_delete(context, draft, entry, &column);
    Some(Reference {
        parent_tenant: check_parent_tenant(context, draft, parent, &column, target.span),
        parent_schema: parent.schema.clone(),
        parent: parent.name.clone(),
        parent_tenancy: parent.tenancy,
        parent_column,
        on_delete,
        place: context.place(target.span),
        column,
    })
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
                "that key is ({}); a reference needs a key of one column, of its own type",
                kinds.join(", ")
            ),
        },
    );
    None
}

fn check_tenancies(context: &mut Context<'_>, child: &Table, parent: &Table, span: Span) {
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
) -> Option<std::sync::Arc<Column>> {
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

fn check_on_delete(context: &mut Context<'_>, draft: &Draft<'_>, entry: &Entry, column: &Column) -> OnDelete {
    let span = entry
        .node
        .get("on_delete")
        .map_or(entry.key_span, |node| node.span);
    match entry.node.text("on_delete") {
        Some("cascade") => {
            if draft.table.append_only {
                context.push(
                    rule::CASCADE_APPEND_ONLY,
                    span,
                    "a cascade would delete rows of an append-only table",
                    "use `on_delete = \"restrict\"`: what has facts cannot be deleted",
                );
            }
            OnDelete::Cascade
        }
        Some("set_null") => {
            if !column.nullable {
                context.push(
                    rule::SET_NULL_REQUIRED,
                    span,
                    format!("`{}` cannot become NULL", column.name),
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
        let served = match &reference.parent_tenant {
            Some(tenant) => is_served_across_tenants(table, [&reference.column.name, &tenant.name]),
            None => is_served(table, &reference.column.name),
        };
        if served {
            continue;
        }
        let columns = draft.root.get("columns");
        let span = columns
            .and_then(|columns| columns.entry(&reference.column.name))
            .map(|entry| entry.key_span);
        let column = &reference.column.name;
        let help = match &reference.parent_tenant {
            Some(tenant) => format!(
                "add an index with `scope = \"system\"` and `pinned = [\"{column}\", \"{}\"]`: a row of @global is pointed at by rows of every tenant, so the tenant cannot lead",
                tenant.name
            ),
            None => format!(
                "add an index without `where` that pins `{column}` first; deleting a parent reads the whole table otherwise"
            ),
        };
        context.push(
            rule::REFERENCE_UNINDEXED,
            span.unwrap_or(draft.root.span),
            format!("no index serves the reference `{column}`"),
            help,
        );
    }
}

/// Whether an index, a unique key or the primary key begins with the tenant and this column.
fn is_served(table: &Table, column: &str) -> bool {
    let by_index = table.indexes.iter().any(|index| {
        index.condition.is_none()
            && index.scope == Scope::Tenant
            && index.columns().next().is_some_and(|first| first.name == column)
    });
    let by_unique = table
        .unique_keys
        .iter()
        .any(|key| key.condition.is_none() && key.columns.first().is_some_and(|first| first.name == column));
    by_index || by_unique || table.own_key().first().is_some_and(|first| first.name == column)
}

/// Whether an index begins with both columns of the reference, without the row's own tenant in front.
fn is_served_across_tenants(table: &Table, wanted: [&str; 2]) -> bool {
    table.indexes.iter().any(|index| {
        let mut first: Vec<&str> = index
            .columns()
            .take(2)
            .map(|column| column.name.as_str())
            .collect();
        let mut wanted = wanted;
        first.sort_unstable();
        wanted.sort_unstable();
        index.condition.is_none() && index.scope == Scope::System && first == wanted
    })
}
