//! The tables that all schemas share: whether they are there, with their columns, keys and checks.

use stellaops_db_spec::ddl::expected::{self, Part, SharedTable};
use stellaops_db_spec::rule;

use super::shape::differing;
use super::{Context, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Catalog, Name, SHARED};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in expected::shared_tables() {
        recorder.examined(rule::TABLES_THERE, 1, "shared tables");
        let name = (SHARED.to_owned(), table.name.clone());
        for message in differences(context.catalog, &table, &name) {
            let help = "apply the generated schemas/stellaops.sql, and migrate the table";
            recorder.error(rule::TABLES_THERE, Object::Other(sql_name(&name)), message, help);
        }
    }
}

fn differences(catalog: &Catalog, table: &SharedTable, name: &Name) -> Vec<String> {
    let Some(relation) = catalog.relations.get(name) else {
        return vec!["the table is not there".to_owned()];
    };
    let mut found = Vec::new();
    if relation.kind != "r" || relation.persistence != "p" {
        found.push("it is another kind of relation".to_owned());
    }
    let columns = catalog.columns_of(name);
    let wanted = table.columns.iter();
    found.extend(differing(
        columns,
        wanted.map(|column| (column.name.as_str(), column.shape.clone())),
    ));
    let is_known = |name: &str| table.columns.iter().any(|column| column.name == name);
    let unknown = columns.iter().filter(|column| !is_known(&column.name));
    found.extend(unknown.map(|column| format!("it has a column `{}` that nobody knows", column.name)));
    found.extend(constraints(catalog, table, name));
    found
}

fn constraints(catalog: &Catalog, table: &SharedTable, name: &Name) -> Vec<String> {
    let there = catalog.constraints_of(name);
    let is_there = |name: &str, definition: Option<&str>| {
        there.iter().any(|constraint| {
            let is_same = match definition {
                // The server leaves out a space.
                Some(definition) => constraint.definition.replace(" (", "(") == definition.replace(" (", "("),
                None => constraint.kind == "c",
            };
            constraint.name == name && constraint.validated && is_same
        })
    };
    let keys = table.keys.iter();
    let keys = keys
        .filter(|key| !is_there(&key.name, Some(&key.definition)))
        .map(|key| format!("the key `{}` is missing or another: {}", key.name, key.definition));
    let checks = table
        .wordings
        .iter()
        .filter(|wording| wording.part == Part::Check);
    let checks = checks
        .filter(|check| !is_there(&check.name, None))
        .map(|check| format!("the check `{}` is missing or not validated", check.name));
    keys.chain(checks).collect()
}
