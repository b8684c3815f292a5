//! Finders: reads under names of their own, each served by an index or a unique key.

use crate::check::context::{Context, suggest};
use crate::check::name::check_name;
use crate::check::table::Draft;
use crate::model::{ColumnType, Finder, FinderTarget, Index, Scope};
use crate::rule;
use crate::syntax::Node;

pub(super) fn check_finders(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let nodes = draft.root.get("finders").map(Node::items).unwrap_or_default();
    for node in nodes.iter().filter(|node| !node.faulty) {
        if let Some(finder) = check_finder(context, draft, node) {
            draft.table.finders.push(finder);
        }
    }
}

fn check_finder(context: &mut Context<'_>, draft: &Draft<'_>, node: &Node) -> Option<Finder> {
    let name = node.get("name")?;
    let target = match (node.get("index"), node.get("unique")) {
        (Some(index), None) => check_index(context, draft, node, index),
        (None, Some(unique)) => check_unique(context, draft, node, unique),
        (index, _) => {
            let span = node.entry("unique").filter(|_| index.is_some());
            context.push(
                rule::FINDER_TARGET,
                span.map_or(name.span, |entry| entry.key_span),
                "a finder lists an index or looks up a unique key",
                "write exactly one of `index` and `unique`",
            );
            None
        }
    };
    let text = name.as_str()?;
    let good = check_name(context, "finder", text, name.span);
    let target = target?;
    if good {
        check_own_name(context, draft, name, text, &target);
    }
    Some(Finder {
        name: text.into(),
        target,
        doc: node.text("doc").unwrap_or_default().into(),
        place: context.place(name.span),
    })
}

fn check_index(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    named: &Node,
) -> Option<FinderTarget> {
    let name = named.as_str()?;
    if draft.faulty_indexes.iter().any(|faulty| faulty == name) {
        return None;
    }
    let Some(index) = draft.table.index(name) else {
        let known = draft.table.indexes.iter().map(|index| index.name.as_str());
        context.push(
            rule::FINDER_TARGET,
            named.span,
            format!("there is no index `{name}`"),
            suggest(name, known),
        );
        return None;
    };
    if index.order.is_empty() {
        context.push(
            rule::FINDER_TARGET,
            named.span,
            format!("`{name}` has no order to list rows in"),
            "add an `order` to the index, or choose another one",
        );
        return None;
    }
    let due = node.flag("due");
    if due && !is_of_times(index) {
        let span = node.get("due").map_or(node.span, |due| due.span);
        context.push(
            rule::FINDER_DUE,
            span,
            format!("`{name}` is not ordered by a time first"),
            "remove `due`, or choose an index whose first ordered column is a timestamptz",
        );
        return None;
    }
    Some(FinderTarget::Index {
        name: name.into(),
        due,
    })
}

fn is_of_times(index: &Index) -> bool {
    let first = index.order.first();
    first.is_some_and(|ordered| ordered.column.column_type == ColumnType::TimestampTz)
}

fn check_unique(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    node: &Node,
    named: &Node,
) -> Option<FinderTarget> {
    let name = named.as_str()?;
    if let Some(due) = node.get("due").filter(|due| due.is_true()) {
        context.push(
            rule::FINDER_DUE,
            due.span,
            "one row is looked up, whatever the time",
            "remove `due`, or name an `index`",
        );
    }
    let keys = draft.table.unique_keys.iter().map(|key| key.name.as_str());
    if draft.faulty_indexes.iter().any(|faulty| faulty == name) {
        return None;
    }
    if !keys.clone().any(|key| key == name) {
        context.push(
            rule::FINDER_TARGET,
            named.span,
            format!("there is no unique key `{name}`"),
            suggest(name, keys),
        );
        return None;
    }
    Some(FinderTarget::UniqueKey(name.into()))
}

/// A finder's name says what it gives, and no other method has it.
fn check_own_name(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    named: &Node,
    name: &str,
    target: &FinderTarget,
) {
    let (prefix, gives) = match target {
        FinderTarget::Index { .. } => ("list_", "lists rows"),
        FinderTarget::UniqueKey(_) => ("get_", "gives one row"),
    };
    if name.strip_prefix(prefix).is_none_or(str::is_empty) {
        context.push(
            rule::FINDER_NAME,
            named.span,
            format!("`{name}` does not say that the finder {gives}"),
            format!("begin it with `{prefix}`"),
        );
    } else if let Some(what) = taken_by(draft, name) {
        context.push(
            rule::FINDER_NAME,
            named.span,
            format!("`{name}` is {what} already"),
            "choose another name, or leave the finder out if it is the same",
        );
    }
}

/// What has the name already, in words.
fn taken_by(draft: &Draft<'_>, name: &str) -> Option<String> {
    let table = &draft.table;
    let key = table
        .unique_keys
        .iter()
        .find(|key| name == format!("get_by_{}", key.name));
    let mut listed = table.indexes.iter().filter(|index| !index.order.is_empty());
    let index = listed.find(|index| name == format!("list_{}", index.name));
    if let Some(key) = key {
        return Some(format!("the finder of the unique key `{}`", key.name));
    }
    if let Some(index) = index {
        let reads = match index.scope {
            Scope::Tenant => "",
            Scope::System => " across tenants",
        };
        return Some(format!("the list of the index `{}`{reads}", index.name));
    }
    let is_finder = table.finders.iter().any(|finder| finder.name == name);
    // The repository has it, and derived finders stand beside it.
    let is_verb = name == "get_by_unique";
    (is_finder || is_verb).then(|| "the name of another finder".into())
}
