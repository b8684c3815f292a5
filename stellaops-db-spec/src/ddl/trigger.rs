//! Triggers. The condition of each holds the rule, so that a statement that keeps to it calls no
//! function: what the toolkit itself sends never does.

use crate::ddl::writer::Lines;
use crate::ddl::{chain, retired};
use crate::model::{Column, Enum, Queue, Storage, Table, name, quote_identifier, quote_literal};

/// A trigger by name, with the statement that makes it and what to say about it.
pub(super) struct Named {
    /// The trigger's name.
    pub(super) name: String,
    /// `CREATE TRIGGER`.
    pub(super) statement: Lines,
    /// Its comment.
    pub(super) comment: String,
}

/// The triggers of the table in the given schema: retired values, hash chain, append-only, statuses,
/// times of change.
pub(super) fn triggers(table: &Table, schema: &str) -> Vec<Named> {
    let mut triggers = retired::triggers(table, schema);
    triggers.extend(chain::trigger(table, schema));
    if table.append_only {
        triggers.push(append_only(table, schema));
        triggers.extend(kept(table, schema));
        return triggers;
    }
    if !table.deletable {
        triggers.push(undeletable(table, schema));
        triggers.extend(kept(table, schema));
    }
    for column in table.statuses() {
        if let Some(declared) = column.declared_enum() {
            triggers.push(status(table, schema, column, declared));
        }
    }
    triggers.extend(
        table
            .touched()
            .into_iter()
            .map(|column| touch(table, schema, column)),
    );
    triggers
}

/// For each statement: it then refuses TRUNCATE too, and statements that would find no row.
fn append_only(table: &Table, schema: &str) -> Named {
    let (events, comment) = match table.purged_after() {
        None => (
            "UPDATE OR DELETE OR TRUNCATE",
            "Rows are facts: UPDATE, DELETE and TRUNCATE are refused, the owner's too.",
        ),
        Some(_) => (
            "UPDATE OR TRUNCATE",
            "Rows are facts: UPDATE and TRUNCATE are refused, the owner's too.",
        ),
    };
    let statement = ["refuse_change", events];
    for_each_statement(table, schema, "append_only", statement, comment)
}

/// The age is asked for each row, in the trigger's condition: a purge of old rows calls no function.
fn kept(table: &Table, schema: &str) -> Option<Named> {
    let retention = table.purged_after()?;
    let name = name::trigger(table, "kept");
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!(
            "BEFORE DELETE ON {} FOR EACH ROW",
            relation(table, schema)
        ))
        .line(format!(
            "WHEN (OLD.{} >= {})",
            retention.column.sql_name(),
            retention.kept_since()
        ))
        .line(format!(
            "EXECUTE FUNCTION stellaops.refuse_early_deletion({});",
            quote_literal(&retention.days.to_string())
        )),
    );
    Some(Named {
        name,
        statement,
        comment: format!(
            "Rows are kept for {} days; DELETE of a younger one is refused, the owner's too.",
            retention.days
        ),
    })
}

fn undeletable(table: &Table, schema: &str) -> Named {
    let (events, comment) = match table.purged_after() {
        None => (
            "DELETE OR TRUNCATE",
            "Rows are never deleted: DELETE and TRUNCATE are refused, the owner's too.",
        ),
        Some(_) => (
            "TRUNCATE",
            "Rows are deleted when their retention is over: TRUNCATE is refused, the owner's too.",
        ),
    };
    let statement = ["refuse_deletion", events];
    for_each_statement(table, schema, "undeletable", statement, comment)
}

fn for_each_statement(
    table: &Table,
    schema: &str,
    what: &str,
    [function, events]: [&str; 2],
    comment: &str,
) -> Named {
    let name = name::trigger(table, what);
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!("BEFORE {events} ON {}", relation(table, schema))).line(format!(
            "FOR EACH STATEMENT EXECUTE FUNCTION stellaops.{function}();"
        )),
    );
    Named {
        name,
        statement,
        comment: comment.into(),
    }
}

fn status(table: &Table, schema: &str, column: &Column, declared: &Enum) -> Named {
    let name = name::trigger(table, &column.name);
    let value = column.sql_name();
    let legal = Lines::comma_separated(steps(declared).into_iter().map(Lines::one).collect());
    let condition = Lines::one(format!("WHEN (OLD.{value} IS DISTINCT FROM NEW.{value}")).nested(
        Lines::one(format!("AND (OLD.{value}, NEW.{value}) NOT IN ("))
            .nested(legal)
            .line("))"),
    );
    let mut arguments = vec![quote_literal(&column.name)];
    if declared.storage == Storage::SmallInt {
        arguments.push(quote_literal(&names_of_codes(declared)));
    }
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!(
            "BEFORE UPDATE ON {} FOR EACH ROW",
            relation(table, schema)
        ))
        .then(condition)
        .line(format!(
            "EXECUTE FUNCTION stellaops.refuse_transition({});",
            arguments.join(", ")
        )),
    );
    Named {
        name,
        statement,
        comment: format!(
            "Only these steps of {} are legal: {}.",
            column.name,
            in_words(declared)
        ),
    }
}

/// One line for each value that is left.
fn steps(declared: &Enum) -> Vec<String> {
    let code = |name: &str| {
        declared
            .stored()
            .find(|value| value.name == name)
            .map(|value| declared.sql_literal(value))
            .unwrap_or_default()
    };
    let leaving = declared
        .transitions
        .iter()
        .filter(|transition| !transition.to.is_empty());
    leaving
        .map(|transition| {
            let pairs = transition
                .to
                .iter()
                .map(|to| format!("({}, {})", code(&transition.from), code(to)));
            pairs.collect::<Vec<_>>().join(", ")
        })
        .collect()
}

fn in_words(declared: &Enum) -> String {
    let leaving = declared
        .transitions
        .iter()
        .filter(|transition| !transition.to.is_empty());
    leaving
        .map(|transition| format!("{} -> {}", transition.from, transition.to.join(" | ")))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn names_of_codes(declared: &Enum) -> String {
    let pairs = declared
        .stored()
        .map(|value| format!("\"{}\": \"{}\"", value.code, value.name));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn touch(table: &Table, schema: &str, column: &Column) -> Named {
    let name = name::trigger(table, &column.name);
    let value = column.sql_name();
    let left_alone = format!("OLD.{value} IS NOT DISTINCT FROM NEW.{value}");
    let (condition, besides) = match &table.queue {
        None => (Lines::one(format!("WHEN ({left_alone})")), ""),
        Some(queue) => (
            Lines::one(format!("WHEN ({left_alone}")).nested(is_not_renewed(queue).suffixed(")")),
            " A lease that is made longer is no change.",
        ),
    };
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!(
            "BEFORE UPDATE ON {} FOR EACH ROW",
            relation(table, schema)
        ))
        .then(condition)
        .line(format!(
            "EXECUTE FUNCTION stellaops.touch({});",
            quote_literal(&column.name)
        )),
    );
    Named {
        name,
        statement,
        comment: format!(
            "Sets {} for statements that leave it alone; a supplied value stays.{besides}",
            column.name
        ),
    }
}

/// Whether more happens to a row than that its holder makes the lease longer. Of the other columns those are compared
/// that every claim and every end moves: a list of all would be another one with each new column, and costs the
/// reading of large values.
fn is_not_renewed(queue: &Queue) -> Lines {
    let lease = queue.lease_expires_at.sql_name();
    let status = queue.steps.as_ref().map(|steps| &steps.status);
    let columns = [&queue.leased_by, &queue.attempts].into_iter().chain(status);
    let names: Vec<String> = columns.map(|column| column.sql_name()).collect();
    let of = |row: &str| {
        let columns = names.iter().map(|name| format!("{row}.{name}"));
        columns.collect::<Vec<_>>().join(", ")
    };
    Lines::one(format!("AND (OLD.{lease} IS NOT DISTINCT FROM NEW.{lease}")).nested(Lines::one(format!(
        "OR ({}) IS DISTINCT FROM ({}))",
        of("OLD"),
        of("NEW")
    )))
}

pub(super) fn relation(table: &Table, schema: &str) -> String {
    format!("{}.{}", quote_identifier(schema), quote_identifier(&table.name))
}
