//! Triggers on columns whose enum has retired values: old rows keep them, no row gets one.

use crate::ddl::trigger::{Named, names_of_codes, relation};
use crate::ddl::writer::Lines;
use crate::model::{Column, Enum, Storage, Table, name, quote_identifier, quote_literal};

/// The triggers of the table in the given schema. A CHECK would refuse every change of a row that
/// still holds such a value; the trigger refuses the value only where it is new.
pub(super) fn triggers(table: &Table, schema: &str) -> Vec<Named> {
    let columns = table.columns.iter();
    let declared = columns.filter_map(|column| Some((column, column.declared_enum()?)));
    declared
        .filter(|(_, declared)| !declared.retired.is_empty())
        .map(|(column, declared)| trigger(table, schema, column, declared))
        .collect()
}

fn trigger(table: &Table, schema: &str, column: &Column, declared: &Enum) -> Named {
    let name = name::trigger(table, &format!("{}_retired", column.name));
    let literals: Vec<String> = declared
        .retired
        .iter()
        .map(|value| declared.sql_literal(value))
        .collect();
    let mut arguments = vec![quote_literal(&column.name)];
    if declared.storage == Storage::SmallInt {
        arguments.push(quote_literal(&names_of_codes(declared)));
    }
    let statement = Lines::one(format!("CREATE TRIGGER {}", quote_identifier(&name))).nested(
        Lines::one(format!(
            "BEFORE INSERT OR UPDATE ON {} FOR EACH ROW",
            relation(table, schema)
        ))
        .line(format!(
            "WHEN (NEW.{} IN ({}))",
            column.sql_name(),
            literals.join(", ")
        ))
        .line(format!(
            "EXECUTE FUNCTION stellaops.refuse_retired({});",
            arguments.join(", ")
        )),
    );
    let names: Vec<&str> = declared.retired.iter().map(|value| value.name.as_str()).collect();
    Named {
        name,
        statement,
        comment: format!(
            "No row gets a retired value of {}: {}.",
            column.name,
            names.join(", ")
        ),
    }
}
