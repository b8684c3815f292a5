//! Foreign keys: at the column where one column holds a primary key, in a list of their own otherwise.

use stellaops_db_spec::model::Tenancy;

use super::catalog::{Constraint, Relation};
use super::draft::Draft;
use super::index::unique_name;
use super::toml::{self, Section};
use super::world;

/// Takes over all foreign keys.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    for constraint in relation
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == "f")
    {
        match parent(draft, constraint) {
            Some(parent) => take_one(draft, constraint, parent),
            None => {
                let missing = format!("it points into another schema: {}", constraint.definition);
                draft.note(("constraint", &constraint.name), missing, "it is left out");
            }
        }
    }
}

fn parent<'a>(draft: &Draft<'a>, constraint: &Constraint) -> Option<&'a Relation> {
    let schema = constraint.parent_schema.as_deref()?;
    let parent = draft.world.relation(schema, constraint.parent.as_deref()?)?;
    (schema == draft.relation.schema).then_some(parent)
}

fn take_one(draft: &mut Draft<'_>, constraint: &Constraint, parent: &Relation) {
    let (columns, parent_columns) = without_tenant(draft, constraint, parent);
    let mut key = world::key(parent);
    if key.first().is_some_and(|first| first == "tenant_id") {
        key = &key[1..];
    }
    let is_primary = key == parent_columns;
    let unique = unique_key_of(parent, parent_columns);
    if !is_primary && unique.is_none() {
        let missing = format!(
            "it points at no key of {}: {}",
            parent.name, constraint.definition
        );
        return draft.note(("constraint", &constraint.name), missing, "it is left out");
    }
    tell_rest(draft, constraint);
    let on_delete = match constraint.on_delete.as_str() {
        "c" => Some("\"cascade\""),
        "n" => Some("\"set_null\""),
        _ => None,
    };
    let target = toml::text(&draft.world.table_name(&parent.schema, &parent.name));
    if let ([only], true) = (columns, is_primary) {
        return set_at_column(draft, constraint, only, target, on_delete);
    }
    let names: Vec<String> = columns.iter().map(|column| draft.names.get(column)).collect();
    let why = draft.why(
        &format!("the constraint {}", constraint.name),
        &constraint.comment,
    );
    let mut section = Section::new("[[references]]", ("constraint", &constraint.name))
        .with("columns", toml::list(names.iter().map(String::as_str)))
        .with("to", target);
    if let (false, Some(unique)) = (is_primary, unique) {
        section.set("key", toml::text(&unique));
    }
    if let Some(on_delete) = on_delete {
        section.set("on_delete", on_delete);
    }
    draft.rest.push(section.with("why", toml::text(&why)));
}

/// A reference of one column is said there.
fn set_at_column(
    draft: &mut Draft<'_>,
    constraint: &Constraint,
    column: &str,
    target: String,
    on_delete: Option<&str>,
) {
    if constraint.comment.is_some() {
        draft.note(
            ("constraint", &constraint.name),
            "a reference of one column has no comment",
            "it is left out",
        );
    }
    if let Some(section) = draft.column(column) {
        section.set("references", target);
        if let Some(on_delete) = on_delete {
            section.set("on_delete", on_delete);
        }
    }
}

/// Both sides without the tenant, which the tenancies put in front.
fn without_tenant<'c>(
    draft: &mut Draft<'_>,
    constraint: &'c Constraint,
    parent: &Relation,
) -> (&'c [String], &'c [String]) {
    let parent_tenancy = draft.world.tenancy(parent);
    let both = (
        constraint.columns.split_first(),
        constraint.parent_columns.split_first(),
    );
    if let (Some((first, columns)), Some((parent_first, parent_columns))) = both
        && parent_tenancy != Tenancy::Global
        && parent_first == "tenant_id"
        && (first == "tenant_id" || parent_tenancy == Tenancy::TenantOrGlobal)
    {
        return (columns, parent_columns);
    }
    if parent_tenancy != Tenancy::Global {
        let missing = format!("it can point into another tenant: {}", constraint.definition);
        draft.note(
            ("constraint", &constraint.name),
            missing,
            "the tenant is put in front, on both sides",
        );
    }
    (&constraint.columns, &constraint.parent_columns)
}

fn unique_key_of(parent: &Relation, columns: &[String]) -> Option<String> {
    let is_key = |constraint: &&Constraint| {
        let own = constraint.columns.as_slice();
        let own = match own.split_first() {
            Some((first, rest)) if first == "tenant_id" => rest,
            _ => own,
        };
        constraint.kind == "u" && own == columns
    };
    let found = parent.constraints.iter().find(is_key)?;
    Some(unique_name(parent, &found.name, columns))
}

fn tell_rest(draft: &mut Draft<'_>, constraint: &Constraint) {
    let mut told =
        |missing: &str, instead: &str| draft.note(("constraint", &constraint.name), missing, instead);
    if constraint.is_deferrable {
        told("it is DEFERRABLE", "it is checked by every statement");
    }
    if !constraint.is_valid {
        told("it is NOT VALID", "it holds for all rows");
    }
    if constraint.on_update != "a" {
        told("it has a rule ON UPDATE", "keys are never changed");
    }
    if constraint.matching == "f" {
        told("it is MATCH FULL", "it is MATCH SIMPLE");
    }
    match constraint.on_delete.as_str() {
        "a" => told("it is ON DELETE NO ACTION", "it is ON DELETE RESTRICT"),
        "d" => told("it is ON DELETE SET DEFAULT", "it is ON DELETE RESTRICT"),
        "n" if constraint.cleared.is_empty() => {
            told("it is ON DELETE SET NULL of all its columns", "the tenant stays")
        }
        _ => {}
    }
}
