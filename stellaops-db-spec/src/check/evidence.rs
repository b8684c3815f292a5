//! Evidence: the columns of an event that tell of a system scope's opening and end.

use std::sync::Arc;

use crate::check::context::Context;
use crate::check::retention::named_column;
use crate::check::table::Draft;
use crate::model::{Column, ColumnRole, ColumnType, Evidence, Tenancy, quote_literal};
use crate::rule;
use crate::syntax::{Entry, Node};

pub(super) fn check_evidence(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("evidence").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    if !draft.table.append_only || draft.table.tenancy != Tenancy::Tenant {
        context.push(
            rule::EVIDENCE_COLUMN,
            entry.key_span,
            format!("`{}` cannot hold the evidence of system scopes", draft.table.name),
            "evidence is facts of a tenant's kind: `append_only = true` and `tenancy = \"tenant\"`",
        );
    }
    let mut text = |key: &str| check_column(context, draft, node, key, &ColumnType::Text);
    let (actor, action, reason, entity) = (text("actor"), text("action"), text("reason"), text("entity"));
    let time = check_column(context, draft, node, "time", &ColumnType::TimestampTz);
    let values = check_values(context, draft, node);
    let (Some(actor), Some(action), Some(reason), Some(entity), Some(time), Some(values)) =
        (actor, action, reason, entity, time, values)
    else {
        return;
    };
    let evidence = Evidence {
        actor,
        action,
        reason,
        entity,
        time,
        values,
        place: context.place(entry.key_span),
    };
    check_complete(context, draft, entry, &evidence);
    draft.table.evidence = Some(evidence);
}

fn check_column(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    key: &str,
    wanted: &ColumnType,
) -> Option<Arc<Column>> {
    let column = named_column(context, draft, node, key, rule::EVIDENCE_COLUMN)?;
    if column.column_type == *wanted && column.is_inserted() && column.role != ColumnRole::Tenant {
        return Some(column);
    }
    context.push(
        rule::EVIDENCE_COLUMN,
        node.get(key).map_or(node.span, |inner| inner.span),
        format!("`{}` cannot take the `{key}`", column.name),
        format!("name a column of type {} that an INSERT sets", wanted.in_words()),
    );
    None
}

/// The columns that are the same in every row of evidence, with the SQL of their value.
fn check_values(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
) -> Option<Vec<(Arc<Column>, String)>> {
    let mut values = Vec::new();
    let mut good = true;
    for Entry { key, key_span, node } in node.get("values").map(Node::entries).unwrap_or_default() {
        let text = node.as_str().unwrap_or_default();
        let column = draft.table.column(key);
        let literal = column.and_then(|column| match &column.column_type {
            ColumnType::Text if column.role != ColumnRole::Tenant => Some(quote_literal(text)),
            ColumnType::Enum(declared) => declared.value(text).map(|value| declared.sql_literal(value)),
            _ => None,
        });
        match (column, literal) {
            (Some(column), Some(literal)) => values.push((column.clone(), literal)),
            _ if !draft.lacks_column(key) && column.is_none() => good = false,
            _ => {
                good = false;
                context.push(
                    rule::EVIDENCE_COLUMN,
                    *key_span,
                    format!("`{key}` cannot be `{text}` in every row of evidence"),
                    "name a text column, or an enum's column and one of its values",
                );
            }
        }
    }
    good.then_some(values)
}

/// A column that nothing sets would make every opening of a system scope fail.
fn check_complete(context: &mut Context<'_>, draft: &Draft<'_>, entry: &Entry, evidence: &Evidence) {
    let set = evidence.columns();
    let is_set = |column: &Column| {
        column.nullable
            || column.role == ColumnRole::Tenant
            || column.default.is_some()
            || set.iter().any(|known| known.name == column.name)
    };
    for column in draft
        .table
        .inserted()
        .into_iter()
        .filter(|column| !is_set(column))
    {
        context.push(
            rule::EVIDENCE_COLUMN,
            entry.key_span,
            format!("nothing says what `{}` is in a row of evidence", column.name),
            format!("add it: `values = {{ {} = \"…\" }}`", column.name),
        );
    }
    let doubled = |column: &&Arc<Column>| set.iter().filter(|other| other.name == column.name).count() > 1;
    if let Some(column) = set.iter().find(|column| doubled(column)) {
        context.push(
            rule::EVIDENCE_COLUMN,
            entry.key_span,
            format!("`{}` is set twice", column.name),
            "name each column once",
        );
    }
}
