//! Tables: the tenant in front, the columns, the key; then what needs other tables.

use std::sync::Arc;

use crate::check::column::{check_column, check_doubled};
use crate::check::condition::check_condition;
use crate::check::context::{Context, Declared};
use crate::check::role::Jobs;
use crate::check::{
    append_only, convention, cycle, evidence, finder, hash_chain, index, name, outbox, partition, queue,
    reference, relation, retention, search,
};
use crate::load::{Document, FileRole};
use crate::model::name as relation_name;
use crate::model::{Check, Column, ColumnRole, ColumnType, Reference, Table, Tenancy};
use crate::rule;
use crate::source::{Place, Span};
use crate::syntax::{Entry, Node, Value};

/// A table on its way: the columns and the key stand, the rest follows. What was found faulty on the
/// way is remembered, so that its uses are not reported as well.
pub(super) struct Draft<'a> {
    pub(super) table: Table,
    pub(super) root: &'a Node,
    /// The columns that are written and could not be read.
    pub(super) faulty_columns: Vec<String>,
    /// Whether the key is as it was written.
    pub(super) is_key_good: bool,
    /// The indexes and unique keys that are written and could not be read.
    pub(super) faulty_indexes: Vec<String>,
}

impl Draft<'_> {
    /// Whether nothing in the table's file is a column of that name, faulty or not.
    pub(super) fn lacks_column(&self, name: &str) -> bool {
        self.table.column(name).is_none() && !self.faulty_columns.iter().any(|faulty| faulty == name)
    }
}

pub(super) fn check_tables(
    context: &mut Context<'_>,
    schema: &str,
    documents: &[&Document],
    declared: &Declared,
) -> Vec<Table> {
    let mut drafts = Vec::new();
    let mut names = Vec::new();
    for document in documents {
        if let FileRole::Table { table, .. } = &document.role {
            names.push(table.as_str());
            drafts.extend(check_columns_and_key(
                context,
                schema,
                table,
                &document.root,
                declared,
            ));
        }
    }
    for draft in &mut drafts {
        index::check_unique_keys(context, draft);
    }
    for position in 0..drafts.len() {
        let references = reference::check_references(context, &drafts[position], &drafts, &names);
        drafts[position].table.references = references;
    }
    for draft in &mut drafts {
        index::check_indexes(context, draft);
        finder::check_finders(context, draft);
        search::check_search(context, draft);
        queue::check_queue(context, draft);
        check_checks(context, draft);
        append_only::check_append_only(context, draft);
        convention::check_conventions(context, draft);
        retention::check_retention(context, draft);
        partition::check_partition(context, draft);
        hash_chain::check_hash_chain(context, draft);
        outbox::check_outbox(context, draft);
        evidence::check_evidence(context, draft);
        reference::check_indexed(context, draft);
    }
    partition::check_referrers(context, &drafts);
    hash_chain::check_heads(context, &mut drafts);
    relation::check_relation_names(context, &drafts);
    cycle::parents_first(context, drafts)
}

fn check_columns_and_key<'a>(
    context: &mut Context<'_>,
    schema: &str,
    name: &str,
    root: &'a Node,
    declared: &Declared,
) -> Option<Draft<'a>> {
    name::check_name(context, "table", name, root.span);
    let tenancy = Tenancy::parse(root.text("tenancy")?)?;
    let key_names = key_names(root, tenancy);
    let jobs = Jobs::gather(root, &key_names);
    let before = context.diagnostics.len();
    check_key_length(context, root, tenancy, &key_names);
    if !root.faulty {
        jobs.check_known(context, root);
    }
    let mut is_key_good = context.diagnostics.len() == before;
    let (columns, faulty_columns) = check_columns(context, root, tenancy, &jobs, declared)?;
    let before = context.diagnostics.len();
    let key = check_key(context, &columns, &key_names);
    is_key_good &= context.diagnostics.len() == before
        && !key_names.iter().any(|(name, _)| faulty_columns.contains(name));
    // When the table's own keys are faulty, what looks at the whole table would only repeat it.
    (!root.faulty).then(|| Draft {
        table: table_of(
            root,
            [schema, name],
            tenancy,
            columns,
            key,
            context.place(root.span),
        ),
        root,
        faulty_columns,
        is_key_good,
        faulty_indexes: Vec::new(),
    })
}

/// The columns, the tenant in front, and the names of those that could not be read.
fn check_columns(
    context: &mut Context<'_>,
    root: &Node,
    tenancy: Tenancy,
    jobs: &Jobs,
    declared: &Declared,
) -> Option<(Vec<Arc<Column>>, Vec<String>)> {
    let mut columns = Vec::new();
    if tenancy.has_tenant() {
        columns.push(tenant_column(context, root, tenancy));
    }
    let mut faulty = Vec::new();
    for entry in root.get("columns")?.entries() {
        let checked = check_column(context, entry, jobs, declared);
        if checked.is_empty() {
            faulty.extend(columns_of(entry).map(|(name, _)| name.to_string()));
        }
        columns.extend(checked);
    }
    check_doubled(context, &columns, &column_spans(root));
    Some((columns.into_iter().map(Arc::new).collect(), faulty))
}

/// The table as far as its own keys and columns say; what needs other tables is not there yet.
fn table_of(
    root: &Node,
    [schema, name]: [&str; 2],
    tenancy: Tenancy,
    columns: Vec<Arc<Column>>,
    key: Vec<Arc<Column>>,
    place: Place,
) -> Table {
    let find = |key: &str| {
        let mut columns = columns.iter();
        columns
            .find(|column| Some(column.name.as_str()) == root.text(key))
            .cloned()
    };
    Table {
        schema: schema.into(),
        name: name.into(),
        summary: root.text("summary").unwrap_or_default().into(),
        doc: root.text("doc").map(Into::into),
        tenancy,
        key,
        unique_keys: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        append_only: root.flag("append_only"),
        deletable: !root
            .get("deletable")
            .is_some_and(|node| matches!(node.value, Value::Boolean(false))),
        row_version: find("row_version"),
        soft_delete: find("soft_delete"),
        queue: None,
        finders: Vec::new(),
        search: None,
        retention: None,
        partition: None,
        hash_chain: None,
        chain_of: None,
        outbox: None,
        evidence: None,
        waivers: Vec::new(),
        place,
        columns,
    }
}

/// A key names at least one column where there is no tenant, and none where the tenant is the key.
fn check_key_length(context: &mut Context<'_>, root: &Node, tenancy: Tenancy, names: &[(String, Span)]) {
    let Some(entry) = root.entry("key").filter(|_| !root.faulty) else {
        return;
    };
    let (good, message, help) = match tenancy {
        Tenancy::Global => (
            !names.is_empty(),
            "the key has no column",
            "name the columns that tell two rows apart",
        ),
        Tenancy::Registry => (
            false,
            "the key of a registry is the tenant alone",
            "remove `key`: a row of this table is a tenant",
        ),
        Tenancy::Tenant | Tenancy::TenantOrGlobal => return,
    };
    if !good {
        context.push(rule::KEY_COLUMN, entry.key_span, message, help);
    }
}

/// The key's names as written, or `id`; the registry's key is the tenant alone.
fn key_names(root: &Node, tenancy: Tenancy) -> Vec<(String, Span)> {
    match root.get("key") {
        Some(node) => node
            .items()
            .iter()
            .filter_map(|item| Some((item.as_str()?.to_string(), item.span)))
            .collect(),
        None if tenancy == Tenancy::Registry => Vec::new(),
        None => {
            let columns = root.get("columns");
            let span = columns
                .and_then(|node| node.entry("id"))
                .map_or(root.span, |entry| entry.key_span);
            vec![("id".into(), span)]
        }
    }
}

/// The columns as written, those of promoted paths too, and where.
pub(super) fn column_spans(root: &Node) -> Vec<(String, Span)> {
    let entries = root.get("columns").map(Node::entries).unwrap_or_default();
    let spans = entries.iter().flat_map(columns_of);
    spans.map(|(name, span)| (name.to_string(), span)).collect()
}

/// The names that an entry gives to columns: its own and those of its promoted paths.
fn columns_of(entry: &Entry) -> impl Iterator<Item = (&str, Span)> {
    let paths = entry.node.get("paths").map(Node::items).unwrap_or_default();
    let promoted = paths.iter().filter_map(|path| path.get("column"));
    let promoted = promoted.filter_map(|node| Some((node.as_str()?, node.span)));
    std::iter::once((entry.key.as_str(), entry.key_span)).chain(promoted)
}

fn tenant_column(context: &Context<'_>, root: &Node, tenancy: Tenancy) -> Column {
    let span = root.entry("tenancy").map_or(root.span, |entry| entry.key_span);
    let doc = match tenancy {
        Tenancy::TenantOrGlobal => {
            "The tenant that owns the row, or @global for a row that every tenant may read."
        }
        _ => "The tenant that owns the row.",
    };
    Column {
        name: "tenant_id".into(),
        doc: doc.into(),
        column_type: ColumnType::Text,
        nullable: false,
        default: None,
        role: ColumnRole::Tenant,
        compare_and_swap: false,
        min: None,
        max: None,
        min_length: Some(1),
        max_length: Some(255),
        pattern: None,
        collation: None,
        sensitive: false,
        example: None,
        place: context.place(span),
    }
}

fn check_key(
    context: &mut Context<'_>,
    columns: &[Arc<Column>],
    names: &[(String, Span)],
) -> Vec<Arc<Column>> {
    let mut key: Vec<Arc<Column>> = columns
        .iter()
        .filter(|column| column.role == ColumnRole::Tenant)
        .cloned()
        .collect();
    for (name, span) in names {
        if key.iter().any(|column| column.name == *name) {
            context.push(
                rule::KEY_COLUMN,
                *span,
                format!("`{name}` is in the key already"),
                "name each column once; the tenant is put in front by itself",
            );
        } else if let Some(column) = columns.iter().find(|column| column.name == *name) {
            if column.is_generated() {
                context.push(
                    rule::KEY_TYPE,
                    *span,
                    format!("`{name}` is generated, and cannot be a key"),
                    "make the key of columns that are set at insert",
                );
            }
            key.push(column.clone());
        }
    }
    key
}

fn check_checks(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let mut names: Vec<(String, Span)> = Vec::new();
    for node in draft.root.get("checks").map(Node::items).unwrap_or_default() {
        let (Some(name), Some(expression), Some(why)) =
            (node.get("name"), node.text("expression"), node.text("why"))
        else {
            continue;
        };
        if node.faulty {
            continue;
        }
        let condition = node.get("expression");
        if !condition.is_some_and(|condition| check_condition(context, condition)) {
            continue;
        }
        let text = name.as_str().unwrap_or_default().to_string();
        name::check_name(context, "check", &text, name.span);
        // A column's own bounds give the check `ck_<table>_<column>`.
        // So does a reference of several nullable columns.
        let of_reference = |reference: &Reference| {
            let generated = relation_name::reference_check(&draft.table, reference);
            !reference.half_filled().is_empty() && generated == format!("ck_{}_{text}", draft.table.name)
        };
        let taken = names.iter().any(|(other, _)| *other == text)
            || !draft.lacks_column(&text)
            || draft.table.references.iter().any(of_reference);
        if taken {
            context.push(
                rule::DOUBLED_NAME,
                name.span,
                format!("another check, a column or a reference is called `{text}`"),
                "rename the check after what it keeps out",
            );
        }
        names.push((text.clone(), name.span));
        draft.table.checks.push(Check {
            name: text,
            expression: expression.trim().into(),
            why: why.into(),
            place: context.place(name.span),
        });
    }
}
