//! Unique keys hold the tenant; foreign keys are validated. (Whether they are true, the rows say.)

use stellaops_db_spec::model::{Table, name, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, key_of};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::Constraint;

const TENANT: &str = "tenant_id";

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        if table.is_row_secured() {
            hold_the_tenant(context, table, recorder);
        }
        validated(context, table, recorder);
    }
}

fn hold_the_tenant(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    for index in context.catalog.indexes.get(&key_of(table)).into_iter().flatten() {
        if !index.unique {
            continue;
        }
        recorder.examined(rule::KEYS_HOLD_TENANT, 1, "unique keys");
        if !index.columns.iter().any(|column| column == TENANT) {
            let message = format!(
                "the unique key `{}` has no `{TENANT}`: it tells a tenant which values another one has",
                index.name
            );
            let help = format!(
                "DROP INDEX {}.{};",
                quote_identifier(&table.schema),
                quote_identifier(&index.name)
            );
            recorder.error(rule::KEYS_HOLD_TENANT, Object::Table(table), message, help);
        }
    }
    for constraint in context.catalog.constraints_of(&key_of(table)) {
        let message = match constraint.kind.as_str() {
            "x" if !constraint.columns.iter().any(|column| column == TENANT) => {
                format!("the exclusion `{}` has no `{TENANT}`", constraint.name)
            }
            "f" if is_across(context, table, constraint) => {
                format!(
                    "the foreign key `{}` has no `{TENANT}`: a row can point at another tenant's",
                    constraint.name
                )
            }
            _ => continue,
        };
        let help = format!(
            "ALTER TABLE {} DROP CONSTRAINT {};",
            table.sql_name(),
            quote_identifier(&constraint.name)
        );
        recorder.error(rule::KEYS_HOLD_TENANT, Object::Table(table), message, help);
    }
}

/// Whether a foreign key leads to another tenant's rows: it names none, or a column that is not the row's own tenant, nor
/// the one that the specs give for a parent that may be everybody's.
fn is_across(context: &Context<'_>, table: &Table, constraint: &Constraint) -> bool {
    let parent = constraint.parent.as_deref().unwrap_or_default();
    let own = context.specs.table(&format!("{}.{parent}", table.schema));
    let parent = own.or_else(|| context.specs.table(parent));
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

fn validated(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    for constraint in context.catalog.constraints_of(&key_of(table)) {
        if constraint.kind != "f" {
            continue;
        }
        recorder.examined(rule::REFERENCES_TRUE, 1, "foreign keys");
        if !constraint.validated {
            let message = format!(
                "the foreign key `{}` is not validated, or not enforced",
                constraint.name
            );
            let help = format!(
                "ALTER TABLE {} VALIDATE CONSTRAINT {};   -- as stellaops_migrator, which sees all rows",
                table.sql_name(),
                quote_identifier(&constraint.name)
            );
            recorder.error(rule::REFERENCES_TRUE, Object::Table(table), message, help);
        }
    }
}
