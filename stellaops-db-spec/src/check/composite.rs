//! References of several columns, or to a unique key.

use std::sync::Arc;

use crate::check::context::{Context, column_names, suggest};
use crate::check::reference::{check_on_delete, check_tenancies, find_parent};
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, Reference, Tenancy};
use crate::rule;
use crate::syntax::Node;

/// The key that a reference points at, without the tenant.
type Key = Vec<Arc<Column>>;

pub(super) fn check_references(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    names: &[&str],
) -> Vec<Reference> {
    let nodes = draft.root.get("references").map(Node::items).unwrap_or_default();
    let whole = nodes.iter().filter(|node| !node.faulty);
    whole
        .filter_map(|node| check_reference(context, draft, drafts, names, node))
        .collect()
}

/// Which columns of each reference are NULL where there is none. A nullable column with a reference of its
/// own is not: it says something without this one. When all of them have one, the last is taken.
pub(super) fn mark_cleared(references: &mut [Reference]) {
    let alone: Vec<String> = references
        .iter()
        .filter_map(Reference::only_column)
        .map(|column| column.name.clone())
        .collect();
    for reference in references {
        let mut nullable = reference.columns.iter().filter(|column| column.nullable);
        let mut cleared: Vec<Arc<Column>> = nullable
            .clone()
            .filter(|column| !alone.contains(&column.name))
            .cloned()
            .collect();
        if cleared.is_empty() {
            cleared.extend(nullable.next_back().cloned());
        }
        reference.cleared = cleared;
    }
}

/// Where a reference of the list is written; none for one that stands at its column.
pub(super) fn node_of<'a>(draft: &Draft<'a>, reference: &Reference) -> Option<&'a Node> {
    let nodes = draft.root.get("references").map(Node::items).unwrap_or_default();
    nodes.iter().find(|node| {
        let named = node.get("columns").map(Node::items).unwrap_or_default();
        let named = named.iter().filter_map(Node::as_str);
        reference.why.is_some() && named.eq(reference.columns.iter().map(|column| column.name.as_str()))
    })
}

fn check_reference(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    names: &[&str],
    node: &Node,
) -> Option<Reference> {
    let (target, list) = (node.get("to")?, node.get("columns")?);
    let columns = check_columns(context, draft, list);
    let parent = find_parent(context, drafts, names, target)?;
    check_tenancies(context, &draft.table, &parent.table, target.span);
    if parent.table.tenancy == Tenancy::TenantOrGlobal {
        context.push(
            rule::COMPOSITE_PARENT_TENANT,
            target.span,
            format!(
                "rows of `{}` belong to the tenant or to @global, and a reference of several columns has no place to say to which",
                parent.table.name
            ),
            "point at its key by one column with `references`, which brings the parent's tenant along",
        );
        return None;
    }
    let (columns, key) = (columns?, parent_key(context, parent, node)?);
    check_types(context, list, &columns, &key, &parent.table.name)?;
    Some(Reference {
        on_delete: check_on_delete(context, draft, (node, target.span), &columns),
        parent_tenant: None,
        parent_schema: parent.table.schema.clone(),
        parent: parent.table.name.clone(),
        parent_tenancy: parent.table.tenancy,
        key: node.text("key").map(Into::into),
        parent_columns: key.iter().map(|column| column.name.clone()).collect(),
        cleared: Vec::new(),
        why: node.text("why").map(Into::into),
        place: context.place(target.span),
        columns,
    })
}

/// The columns that point: each there, once, and set by whoever writes the row.
fn check_columns(context: &mut Context<'_>, draft: &Draft<'_>, list: &Node) -> Option<Vec<Arc<Column>>> {
    let mut columns: Vec<Arc<Column>> = Vec::new();
    let before = context.diagnostics.len();
    let mut good = true;
    for item in list.items() {
        let name = item.as_str().unwrap_or_default();
        let found = draft.table.column(name);
        let (message, help) = match found {
            None if !draft.lacks_column(name) => {
                good = false;
                continue;
            }
            None => (
                format!("there is no column `{name}`"),
                suggest(name, column_names(&draft.table.columns)),
            ),
            Some(column) if column.role == ColumnRole::Tenant => (
                "`tenant_id` is put in front by itself".into(),
                "remove it here".into(),
            ),
            Some(column) if column.is_generated() => (
                format!("`{name}` is generated, and points at nothing"),
                "name columns that are set at insert".into(),
            ),
            Some(_) if columns.iter().any(|column| column.name == name) => {
                (format!("`{name}` is there twice"), "name each column once".into())
            }
            Some(column) => {
                columns.push(column.clone());
                continue;
            }
        };
        context.push(rule::REFERENCE_COLUMNS, item.span, message, help);
    }
    if list.items().is_empty() {
        context.push(
            rule::REFERENCE_COLUMNS,
            list.span,
            "this reference has no column",
            "name the columns that hold the parent's key",
        );
    }
    (good && context.diagnostics.len() == before).then_some(columns)
}

/// The primary key, or the unique key that is named.
fn parent_key(context: &mut Context<'_>, parent: &Draft<'_>, node: &Node) -> Option<Key> {
    let table = &parent.table;
    let Some(named) = node.get("key") else {
        return parent
            .is_key_good
            .then(|| table.own_key().into_iter().cloned().collect());
    };
    let name = named.as_str()?;
    let found = table.unique_keys.iter().find(|key| key.name == name);
    match found {
        Some(key) if key.condition.is_none() => return Some(key.columns.clone()),
        Some(_) => context.push(
            rule::REFERENCE_KEY,
            named.span,
            format!("the unique key `{name}` of `{}` holds some rows only", table.name),
            "point at a unique key without `where`, or at the primary key",
        ),
        None if parent.faulty_indexes.iter().any(|faulty| faulty == name) => {}
        None => context.push(
            rule::REFERENCE_KEY,
            named.span,
            format!("`{}` has no unique key `{name}`", table.name),
            suggest(name, table.unique_keys.iter().map(|key| key.name.as_str())),
        ),
    }
    None
}

fn check_types(
    context: &mut Context<'_>,
    list: &Node,
    columns: &[Arc<Column>],
    key: &[Arc<Column>],
    parent: &str,
) -> Option<()> {
    let types = |columns: &[Arc<Column>]| {
        let words = columns
            .iter()
            .map(|column| format!("`{}` {}", column.name, column.column_type.in_words()));
        words.collect::<Vec<_>>().join(", ")
    };
    let fits = columns.len() == key.len()
        && columns
            .iter()
            .zip(key)
            .all(|(column, of_key)| column.column_type == of_key.column_type);
    if fits {
        return Some(());
    }
    let help = match key {
        [] => "that key is the tenant alone, which every row of this table has already: remove the reference"
            .into(),
        _ => format!(
            "that key is ({}): list as many columns, of the same types, in its order",
            types(key)
        ),
    };
    context.push(
        rule::PARENT_KEY,
        list.span,
        format!("({}) cannot point at the key of `{parent}`", types(columns)),
        help,
    );
    None
}
