//! Indexes that row-level security lets nobody use.

use stellaops_db_spec::model::{Scope, Table, name};
use stellaops_db_spec::rule;

use super::{Context, drop_index, key_of};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::Index;

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables().filter(|table| table.is_row_secured()) {
        for index in context.catalog.indexes_of(&key_of(table)) {
            recorder.examined(rule::INDEXES_USED, 1, "indexes");
            let help = drop_index(&key_of(table), &index.name);
            let why = match unusable(index) {
                Some(why) => why,
                None if serves_nobody(table, index) => {
                    "does not begin with `tenant_id`: no tenant's query finds its rows by it"
                }
                None => continue,
            };
            let message = format!("the index `{}` {why}", index.name);
            match is_specified(table, index) {
                true => recorder.error(
                    rule::INDEXES_USED,
                    Object::Table(table),
                    message,
                    "REINDEX it, or let the spec say another one",
                ),
                false => recorder.warning(rule::INDEXES_USED, Object::Table(table), message, help),
            }
        }
    }
}

fn unusable(index: &Index) -> Option<&'static str> {
    if !index.valid {
        return Some("is invalid: it costs every write and serves no read");
    }
    if index.leakproof.iter().any(|leakproof| !leakproof) {
        return Some("has operators that are not leakproof: no query of an application uses it");
    }
    if index.columns.iter().any(String::is_empty) {
        return Some(
            "is on an expression, which is computed behind the policy: no query of an application uses it",
        );
    }
    None
}

fn serves_nobody(table: &Table, index: &Index) -> bool {
    let is_across = table
        .indexes
        .iter()
        .any(|specified| specified.scope == Scope::System && name::index(table, specified) == index.name);
    !is_across && index.columns.first().is_none_or(|column| column != "tenant_id")
}

fn is_specified(table: &Table, index: &Index) -> bool {
    let keys = table.unique_keys.iter().map(|key| name::unique_key(table, key));
    let indexes = table
        .indexes
        .iter()
        .map(|specified| name::index(table, specified));
    let mut names = keys.chain(indexes).chain([name::primary_key(table)]);
    names.any(|name| name == index.name)
}
