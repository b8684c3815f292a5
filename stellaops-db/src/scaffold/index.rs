//! Unique keys and indexes.

use super::catalog::{Constraint, Index, IndexColumn, Relation};
use super::draft::Draft;
use super::name::{is_good, snake_case};
use super::nested::{bare, plain};
use super::toml::{self, Section};
use super::world;

/// Takes over unique keys, then indexes.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    for constraint in &relation.constraints {
        match constraint.kind.as_str() {
            "u" => take_unique(draft, constraint),
            "x" => {
                let missing = format!(
                    "exclusion constraints are none of the format: {}",
                    constraint.definition
                );
                draft.note(("constraint", &constraint.name), missing, "it is left out");
            }
            "p" if constraint.is_deferrable || constraint.definition.contains(" INCLUDE (") => {
                let missing = format!("it has more than columns: {}", constraint.definition);
                draft.note(("constraint", &constraint.name), missing, "a plain primary key");
            }
            _ => {}
        }
    }
    for index in &relation.indexes {
        take_index(draft, index);
    }
}

/// The name of a unique key in the spec: the one that generates the name it has, or its columns.
pub(super) fn unique_name(relation: &Relation, name: &str, columns: &[String]) -> String {
    let own = name.strip_prefix(&format!("uq_{}_", relation.name));
    match own.filter(|own| is_good(own)) {
        Some(own) => own.to_owned(),
        None => snake_case(&columns.join("_")),
    }
}

fn take_unique(draft: &mut Draft<'_>, constraint: &Constraint) {
    let further = [" INCLUDE (", " NULLS NOT DISTINCT"];
    if constraint.is_deferrable || further.iter().any(|word| constraint.definition.contains(word)) {
        let missing = format!("it has more than columns: {}", constraint.definition);
        draft.note(("constraint", &constraint.name), missing, "a plain unique key");
    }
    put_unique(
        draft,
        ("constraint", &constraint.name),
        &constraint.columns,
        None,
        &constraint.comment,
    );
}

fn put_unique(
    draft: &mut Draft<'_>,
    object: (&str, &str),
    columns: &[String],
    condition: Option<String>,
    comment: &Option<String>,
) {
    let own = draft.own(columns);
    let starts_with_tenant = columns.first().is_some_and(|first| draft.is_tenant(first));
    if draft.tenancy.has_tenant() && !starts_with_tenant {
        let missing = format!("({}) is unique across tenants", columns.join(", "));
        draft.note(object, missing, "it is unique within a tenant");
    }
    let name = unique_name(draft.relation, object.1, &own);
    let why = draft.why(&format!("the {} {}", object.0, object.1), comment);
    let mut section = Section::new("[[unique]]", object)
        .with("name", toml::text(&name))
        .with("columns", toml::list(own.iter().map(String::as_str)));
    if let Some(condition) = condition {
        section.set("where", toml::text(&condition));
    }
    draft.rest.push(section.with("why", toml::text(&why)));
}

fn take_index(draft: &mut Draft<'_>, index: &Index) {
    let object = ("index", index.name.as_str());
    let columns: Option<Vec<IndexColumn>> = index
        .columns
        .iter()
        .map(|column| column.name.is_some().then(|| column.clone()))
        .collect();
    if index.method == "gin" && is_of_search(draft, index) {
        return;
    }
    let condition = index
        .condition
        .as_deref()
        .map(|text| bare(&plain(text)).to_owned());
    let renames = condition.as_deref().is_some_and(|text| draft.names_renamed(text));
    let columns = match columns {
        Some(columns) if index.method == "btree" && index.is_plain && index.is_valid && !renames => columns,
        _ => {
            let missing = format!("no index of the format is like this one: {}", index.definition);
            return draft.note(object, missing, "it is left out");
        }
    };
    if !index.is_unique {
        return put_index(draft, index, &columns, condition);
    }
    if columns.iter().any(|column| column.descending) {
        draft.note(
            object,
            "a unique index has descending columns",
            "they are ascending",
        );
    }
    if condition.is_none() {
        draft.note(object, "it is a unique index and no constraint", "a unique key");
    }
    let names: Vec<String> = columns.into_iter().filter_map(|column| column.name).collect();
    put_unique(draft, object, &names, condition, &index.comment);
}

fn is_of_search(draft: &Draft<'_>, index: &Index) -> bool {
    let search = draft.rest.iter().find(|section| section.header == "[search]");
    let column = search.and_then(|section| section.get("column"));
    let first = index.columns.first().and_then(|column| column.name.as_deref());
    first.is_some_and(|first| column == Some(toml::text(&draft.names.get(first)).as_str()))
}

/// How the columns of an index are told apart.
struct Split {
    is_system: bool,
    pinned: Vec<String>,
    /// With the direction.
    order: Vec<String>,
    /// The generated name, without what is said of the rows.
    name: String,
    is_cut: bool,
}

fn put_index(draft: &mut Draft<'_>, index: &Index, columns: &[IndexColumn], condition: Option<String>) {
    let split = split(draft, index, columns);
    if !split.is_cut && !split.order.is_empty() {
        let missing = format!("its order is not total: {}", index.definition);
        draft.note(("index", &index.name), missing, "the key is appended to it");
    }
    let joined = split
        .name
        .strip_prefix(&format!("idx_{}_", draft.relation.name))
        .unwrap_or_default();
    let mut name = format!("by_{joined}");
    let mut section = Section::new("[[indexes]]", ("index", &index.name));
    let what = condition.as_ref().map(|_| what(&index.name, &split.name));
    if let Some(what) = what.as_deref().or(split.is_system.then_some("everywhere")) {
        name = format!("{name}_{what}");
    }
    section.set("name", toml::text(&unused(draft, &name)));
    if !split.pinned.is_empty() {
        section.set("pinned", toml::list(split.pinned.iter().map(String::as_str)));
    }
    if !split.order.is_empty() {
        section.set("order", toml::list(split.order.iter().map(String::as_str)));
    }
    if let (Some(condition), Some(what)) = (condition, what) {
        section.set("where", toml::text(&condition));
        section.set("what", toml::text(&what));
    }
    if split.is_system {
        section.set("scope", "\"system\"");
    }
    let why = draft.why(&format!("the index {}", index.name), &index.comment);
    draft.rest.push(section.with("why", toml::text(&why)));
}

fn what(name: &str, generated: &str) -> String {
    let behind = name
        .strip_prefix(generated)
        .and_then(|rest| rest.strip_prefix('_'));
    behind
        .filter(|what| is_good(what))
        .unwrap_or("some_rows")
        .to_owned()
}

fn unused(draft: &Draft<'_>, name: &str) -> String {
    let is_used = |name: &String| {
        let written = toml::text(name);
        draft
            .rest
            .iter()
            .any(|section| section.header == "[[indexes]]" && section.get("name") == Some(&written))
    };
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names
        .find(|name| !is_used(name))
        .expect("there are more numbers than indexes")
}

/// The tenant in front and the key at the end go without saying. How much of the key was declared is told
/// by the name; the rest of the split changes nothing in the database.
fn split(draft: &Draft<'_>, index: &Index, columns: &[IndexColumn]) -> Split {
    let name = |column: &IndexColumn| column.name.clone().unwrap_or_default();
    let starts_with_tenant = columns.first().is_some_and(|first| draft.is_tenant(&name(first)));
    let is_system = draft.tenancy.has_tenant() && !starts_with_tenant;
    let rest = if starts_with_tenant {
        &columns[1..]
    } else {
        columns
    };
    let mut key: Vec<String> = world::key(draft.relation).to_vec();
    key.retain(|column| is_system || !draft.is_tenant(column));
    let mut candidates: Vec<Split> = (0..=tail(&key, rest))
        .rev()
        .filter(|cut| *cut == 0 || is_tie_break(rest, *cut))
        .map(|cut| {
            declared(
                draft,
                &rest[..rest.len() - cut],
                cut > 0 || holds_all(&key, rest),
                is_system,
            )
        })
        .collect();
    let has_suffix = index.condition.is_some() || is_system;
    let is_exact = |split: &Split| index.name == split.name;
    let is_longer = |split: &Split| has_suffix && index.name.starts_with(&format!("{}_", split.name));
    let exact = candidates.iter().position(is_exact);
    let chosen = exact
        .or_else(|| candidates.iter().rposition(is_longer))
        .unwrap_or(0);
    candidates.swap_remove(chosen)
}

/// The tie-break goes in the direction of the last column in front of it.
fn is_tie_break(columns: &[IndexColumn], cut: usize) -> bool {
    let (front, end) = columns.split_at(columns.len() - cut);
    front
        .last()
        .is_some_and(|last| end.iter().all(|column| column.descending == last.descending))
}

fn holds_all(key: &[String], columns: &[IndexColumn]) -> bool {
    key.iter()
        .all(|wanted| columns.iter().any(|column| column.name.as_ref() == Some(wanted)))
}

/// How many columns at the end can be the tie-break: columns of the key, in its order, all that are not in
/// front of it.
fn tail(key: &[String], columns: &[IndexColumn]) -> usize {
    let names: Vec<&String> = columns.iter().filter_map(|column| column.name.as_ref()).collect();
    let is_tail = |cut: &usize| {
        let (front, end) = names.split_at(names.len() - cut);
        let missing: Vec<&String> = key.iter().filter(|column| !front.contains(column)).collect();
        missing == end
    };
    (0..=names.len()).rev().find(is_tail).unwrap_or(0)
}

fn declared(draft: &Draft<'_>, columns: &[IndexColumn], is_cut: bool, is_system: bool) -> Split {
    let names: Vec<String> = columns
        .iter()
        .map(|column| draft.names.get(column.name.as_deref().unwrap_or_default()))
        .collect();
    let first_ordered = columns.iter().position(IndexColumn::is_ordered);
    let begins = match (first_ordered, is_cut) {
        (Some(position), _) => position,
        (None, true) => columns.len() - 1,
        (None, false) => columns.len(),
    };
    let ordered = columns.iter().zip(&names).skip(begins);
    let order = ordered.map(|(column, name)| column.order(name));
    Split {
        is_system,
        order: order.collect(),
        name: format!("idx_{}_{}", draft.relation.name, names.join("_")),
        pinned: names[..begins].to_vec(),
        is_cut,
    }
}
