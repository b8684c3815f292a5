//! Full-text search: over texts of a global table.

use std::sync::Arc;

use crate::check::context::{Context, column_names, suggest};
use crate::check::name::check_column_name;
use crate::check::sensitive;
use crate::check::table::Draft;
use crate::model::{Column, ColumnType, Search, SearchField, SearchLanguage, SearchWeight, Tenancy};
use crate::rule;
use crate::syntax::Node;

pub(super) fn check_search(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("search") else {
        return;
    };
    let node = &entry.node;
    if node.faulty {
        return;
    }
    let is_global = draft.table.tenancy == Tenancy::Global;
    if !is_global {
        context.push(
            rule::SEARCH_FORM,
            entry.key_span,
            "under row-level security no query uses the index of a search",
            "search global tables only: the operator `@@` is not leakproof, so that the policy reads every row of the tenant first",
        );
    }
    let column = check_column(context, draft, node);
    let fields = check_fields(context, draft, node);
    if let (true, Some(column), Some(fields)) = (is_global, column, fields) {
        draft.table.search = Some(Search {
            column,
            language: match node.text("language") {
                Some("english") => SearchLanguage::English,
                _ => SearchLanguage::Simple,
            },
            fields,
            why: node.text("why").unwrap_or_default().into(),
            place: context.place(entry.key_span),
        });
    }
}

/// The name of the generated column: no other column's.
fn check_column(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<String> {
    let named = node.get("column")?;
    let name = named.as_str()?;
    let before = context.diagnostics.len();
    check_column_name(context, name, named.span);
    if !draft.lacks_column(name) {
        context.push(
            rule::DOUBLED_NAME,
            named.span,
            format!("there is a column `{name}` already"),
            "choose another name: the column of a search is generated, and no field of a struct",
        );
    }
    (context.diagnostics.len() == before).then(|| name.into())
}

fn check_fields(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Vec<SearchField>> {
    let list = node.get("fields")?;
    let mut fields: Vec<SearchField> = Vec::new();
    let mut good = true;
    for item in list.items() {
        match check_field(context, draft, item, &fields) {
            Some(field) => fields.push(field),
            None => good = false,
        }
    }
    if list.items().is_empty() {
        context.push(
            rule::SEARCH_FORM,
            list.span,
            "nothing is searched",
            "name the columns whose words are found, the weightiest first",
        );
        good = false;
    }
    good.then_some(fields)
}

fn check_field(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    item: &Node,
    earlier: &[SearchField],
) -> Option<SearchField> {
    if item.faulty {
        return None;
    }
    let named = item.get("column")?;
    let name = named.as_str()?;
    let Some(column) = draft.table.column(name) else {
        if draft.lacks_column(name) {
            context.push(
                rule::INDEX_COLUMN,
                named.span,
                format!("there is no column `{name}`"),
                suggest(name, column_names(&draft.table.columns)),
            );
        }
        return None;
    };
    if earlier.iter().any(|field| field.column.name == name) {
        context.push(
            rule::INDEX_REPEATS,
            named.span,
            format!("`{name}` is searched twice"),
            "name each column once, with the weight that counts",
        );
        return None;
    }
    if let Some(fault) = unsearchable(column) {
        context.push(
            rule::SEARCH_FORM,
            named.span,
            format!("`{name}` cannot be searched: {fault}"),
            "search columns of type text or text[]",
        );
        return None;
    }
    sensitive::check_look_up(context, column, named.span);
    let weight = match item.text("weight")? {
        "A" => SearchWeight::A,
        "B" => SearchWeight::B,
        "C" => SearchWeight::C,
        _ => SearchWeight::D,
    };
    Some(SearchField {
        column: Arc::clone(column),
        weight,
    })
}

/// Why the words of a column cannot be found, if they cannot.
fn unsearchable(column: &Column) -> Option<String> {
    if column.is_generated() {
        return Some("it is generated, and no generated column is made from another".into());
    }
    match column.column_type {
        ColumnType::Text | ColumnType::TextArray => None,
        _ => Some(format!("it is of type {}", column.column_type.in_words())),
    }
}
