//! The names of relations: tables, indexes and keys of a schema share one namespace.

use crate::check::context::Context;
use crate::check::table::Draft;
use crate::model::name;
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// Names are made of a table's and its columns' names, so two tables can come to the same one.
/// Inside one table that is reported where the indexes are checked.
pub(super) fn check_relation_names(context: &mut Context<'_>, drafts: &[Draft<'_>]) {
    let mut taken: Vec<(usize, String, Span)> = Vec::new();
    for (position, draft) in drafts.iter().enumerate() {
        for (name, span) in relations_of(draft) {
            match taken
                .iter()
                .find(|(other, known, _)| *other != position && *known == name)
            {
                Some((_, _, first)) => context.diagnostics.push_related(
                    rule::INDEX_CLASH,
                    span,
                    format!("the name `{name}` is taken by another table of this schema"),
                    "rename this, or give an index another column or `what`: both are relations of one schema",
                    (*first, "this has the same name".into()),
                ),
                None => taken.push((position, name, span)),
            }
        }
    }
}

fn relations_of(draft: &Draft<'_>) -> Vec<(String, Span)> {
    let table = &draft.table;
    let span_in = |list: &str, wanted: &str| {
        let items = draft.root.get(list).map(Node::items).unwrap_or_default();
        let named = items.iter().find(|item| item.text("name") == Some(wanted));
        named
            .and_then(|item| item.get("name"))
            .map_or(draft.root.span, |node| node.span)
    };
    let mut relations = vec![
        (table.name.clone(), draft.root.span),
        (name::primary_key(table), draft.root.span),
    ];
    for key in &table.unique_keys {
        relations.push((name::unique_key(table, key), span_in("unique", &key.name)));
    }
    if let Some(search) = &table.search {
        let span = draft
            .root
            .entry("search")
            .map_or(draft.root.span, |entry| entry.key_span);
        relations.push((name::search_index(table, search), span));
    }
    for index in table.made_indexes() {
        relations.push((name::index(table, index), span_in("indexes", &index.name)));
    }
    relations
}
