//! What is asked of every row that is written, and the specs do not have: checks, and indexes that call somebody's
//! function. It forbids more, which harms nobody; but it also runs, with the rights of whoever writes, and sees the row.

use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::model::Table;
use stellaops_db_spec::rule;

use super::{Context, drop_constraint, drop_index, key_of, object_of};
use crate::verify::audit::Recorder;

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        checks(context, table, recorder);
        indexes(context, table, recorder);
    }
}

/// A partition may have a check that says which rows it takes, so that it is attached without being read.
fn checks(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    let specified = expected::checks(table);
    for relation in context.relations_of(table) {
        let is_partition = relation != key_of(table);
        let there = context.catalog.constraints_of(&relation).iter();
        for check in
            there.filter(|constraint| constraint.kind == "c" && !specified.contains(&constraint.name))
        {
            let message = format!(
                "the specs have no check `{}`, which runs for every row that is written",
                check.name
            );
            let help = drop_constraint(&relation, &check.name);
            let object = object_of(table, &relation);
            match is_partition && check.calls.is_empty() {
                true => recorder.warning(rule::TABLES_THERE, object, message, help),
                false => recorder.error(rule::TABLES_THERE, object, message, help),
            }
        }
    }
}

/// The conditions of those that the specs have are compared in their wording, elsewhere.
fn indexes(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    let specified = expected::indexes(table);
    for relation in context.relations_of(table) {
        let there = context.catalog.indexes_of(&relation).iter();
        for index in there.filter(|index| !index.calls.is_empty() && !specified.contains(&index.name)) {
            let message = format!(
                "the specs have no index `{}`, which calls {} for every row that is written",
                index.name,
                index.calls.join(", ")
            );
            let help = drop_index(&relation, &index.name);
            recorder.error(rule::TABLES_THERE, object_of(table, &relation), message, help);
        }
    }
}
