//! Unique keys hold the tenant; foreign keys are validated and looked at, and carry nothing to other tenants' rows. (Whether
//! they are true, the rows say.) Of tables and their partitions.

use stellaops_db_spec::model::{Table, name, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, drop_constraint, drop_index, object_of, sql_name};
use crate::verify::audit::Recorder;
use crate::verify::catalog::{Constraint, Name};

const TENANT: &str = "tenant_id";

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        for relation in context.relations_of(table) {
            if table.is_row_secured() {
                hold_the_tenant(context, table, &relation, recorder);
                stay_within(context, table, &relation, recorder);
            }
            for constraint in context.catalog.constraints_of(&relation) {
                if constraint.kind == "f" {
                    looked_at(table, &relation, constraint, recorder);
                }
            }
        }
    }
}

fn hold_the_tenant(context: &Context<'_>, table: &Table, relation: &Name, recorder: &mut Recorder) {
    for index in context.catalog.indexes_of(relation) {
        if !index.unique {
            continue;
        }
        recorder.examined(rule::KEYS_HOLD_TENANT, 1, "unique keys");
        if !index.columns.iter().any(|column| column == TENANT) {
            let message = format!(
                "the unique key `{}` has no `{TENANT}`: it tells a tenant which values another one has",
                index.name
            );
            let help = drop_index(relation, &index.name);
            recorder.error(rule::KEYS_HOLD_TENANT, object_of(table, relation), message, help);
        }
    }
}

/// Exclusions hold the tenant as well, and foreign keys neither point at other tenants' rows nor carry changes to them.
fn stay_within(context: &Context<'_>, table: &Table, relation: &Name, recorder: &mut Recorder) {
    for constraint in context.catalog.constraints_of(relation) {
        let (rule, message) = match constraint.kind.as_str() {
            "x" if !constraint.columns.iter().any(|column| column == TENANT) => (
                rule::KEYS_HOLD_TENANT,
                format!("the exclusion `{}` has no `{TENANT}`", constraint.name),
            ),
            "f" if is_across(context, table, constraint) => (
                rule::KEYS_HOLD_TENANT,
                format!(
                    "the foreign key `{}` has no `{TENANT}`: a row can point at another tenant's",
                    constraint.name
                ),
            ),
            "f" if is_carried(context, table, constraint) => (
                rule::ROWS_COPIED_NOWHERE,
                format!(
                    "the foreign key `{}` carries a change of {} to the rows of all tenants, past the policies",
                    constraint.name,
                    constraint.parent.as_deref().unwrap_or_default()
                ),
            ),
            _ => continue,
        };
        let help = drop_constraint(relation, &constraint.name);
        recorder.error(rule, object_of(table, relation), message, help);
    }
}

/// The table of the specs that a foreign key points at.
fn parent_of<'a>(context: &Context<'a>, table: &Table, constraint: &Constraint) -> Option<&'a Table> {
    let parent = constraint.parent.as_deref().unwrap_or_default();
    let own = context.specs.table(&format!("{}.{parent}", table.schema));
    own.or_else(|| context.specs.table(parent))
}

/// Whether a foreign key leads to another tenant's rows: it names none, or a column that is not the row's own tenant, nor
/// the one that the specs give for a parent that may be everybody's.
fn is_across(context: &Context<'_>, table: &Table, constraint: &Constraint) -> bool {
    let parent = parent_of(context, table, constraint);
    if !parent.is_some_and(|parent| parent.tenancy.has_tenant()) {
        return false;
    }
    let specified = table.references.iter().find_map(|reference| {
        let column = reference.parent_tenant.as_ref()?;
        (name::foreign_key(table, reference) == constraint.name).then_some(column.name.as_str())
    });
    let mut pairs = constraint.columns.iter().zip(&constraint.parent_columns);
    let paired = pairs.find_map(|(own, parent)| (parent == TENANT).then_some(own.as_str()));
    paired.is_none_or(|column| column != specified.unwrap_or(TENANT))
}

/// Whether the specs have no such foreign key, and whoever changes or deletes a row of a parent that belongs to no tenant
/// changes rows of all: the server does that as the owner of the table, held by no policy.
fn is_carried(context: &Context<'_>, table: &Table, constraint: &Constraint) -> bool {
    let mut references = table.references.iter();
    let is_specified = references.any(|reference| name::foreign_key(table, reference) == constraint.name);
    let carries = |action: &str| ["c", "n", "d"].contains(&action);
    let parent = parent_of(context, table, constraint);
    !is_specified
        && !parent.is_some_and(|parent| parent.tenancy.has_tenant())
        && (carries(&constraint.on_delete) || carries(&constraint.on_update))
}

fn looked_at(table: &Table, relation: &Name, constraint: &Constraint, recorder: &mut Recorder) {
    recorder.examined(rule::REFERENCES_TRUE, 1, "foreign keys");
    if !constraint.validated {
        let message = format!(
            "the foreign key `{}` is not validated, or not enforced",
            constraint.name
        );
        let help = format!(
            "ALTER TABLE {} VALIDATE CONSTRAINT {};   -- as stellaops_migrator, which sees all rows",
            sql_name(relation),
            quote_identifier(&constraint.name)
        );
        recorder.error(rule::REFERENCES_TRUE, object_of(table, relation), message, help);
    }
    if let Some(place) = &constraint.disabled_on {
        let message = format!(
            "nobody looks at the foreign key `{}`: its triggers on {place} are off",
            constraint.name
        );
        let help = format!("ALTER TABLE {place} ENABLE TRIGGER ALL;");
        recorder.error(rule::REFERENCES_TRUE, object_of(table, relation), message, help);
    }
}
