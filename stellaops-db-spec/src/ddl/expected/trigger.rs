//! Triggers, in a form that the statement that makes one and the server's print of it share.

use std::collections::BTreeSet;

use crate::ddl::{evidence, trigger};
use crate::model::{Database, Table};

/// A trigger without the wording of its condition, which the server prints in its own way: of that, the columns that
/// it looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TriggerForm {
    /// The name, quoted where SQL needs it.
    pub name: String,
    /// `BEFORE`, `AFTER` or `INSTEAD OF`.
    pub time: String,
    /// The events, sorted.
    pub events: BTreeSet<String>,
    /// Whether it is called for each row.
    pub for_each_row: bool,
    /// `old.status` and the like, of its condition; empty without one.
    pub condition: BTreeSet<String>,
    /// The function, with its arguments.
    pub call: String,
}

impl TriggerForm {
    /// Reads `CREATE TRIGGER`, ours or as `pg_get_triggerdef` prints it while `search_path` is empty.
    ///
    /// ```
    /// use stellaops_db_spec::ddl::expected::TriggerForm;
    /// let ours = "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON s.r FOR EACH ROW WHEN (OLD.a < 3) EXECUTE FUNCTION s.f('x');";
    /// let printed = "CREATE TRIGGER t BEFORE DELETE OR UPDATE ON s.r FOR EACH ROW WHEN ((old.a < 3)) EXECUTE FUNCTION s.f('x')";
    /// assert_eq!(TriggerForm::parse(ours), TriggerForm::parse(printed));
    /// assert!(TriggerForm::parse("CREATE TABLE t ()").is_none());
    /// ```
    pub fn parse(statement: &str) -> Option<Self> {
        let text = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let (head, call) = text.rsplit_once(" EXECUTE FUNCTION ")?;
        let head = head.strip_prefix("CREATE TRIGGER ")?;
        let (head, condition) = match head.split_once(" WHEN (") {
            Some((head, condition)) => (head, condition),
            None => (head, ""),
        };
        let (head, each) = head.rsplit_once(" FOR EACH ")?;
        let (head, _relation) = head.split_once(" ON ")?;
        let times = [" BEFORE ", " AFTER ", " INSTEAD OF "];
        let (name, time, events) = times.into_iter().find_map(|time| {
            let (name, events) = head.split_once(time)?;
            Some((name, time.trim(), events))
        })?;
        Some(TriggerForm {
            name: name.to_owned(),
            time: time.to_owned(),
            events: events.split(" OR ").map(str::to_owned).collect(),
            for_each_row: each == "ROW",
            condition: columns(condition),
            call: call.trim_end_matches(';').to_owned(),
        })
    }
}

/// What a condition says of the old row and the new one, and whether it says that something always or never is.
fn columns(condition: &str) -> BTreeSet<String> {
    let is_in_name = |character: char| character.is_alphanumeric() || "_.\"".contains(character);
    let words = condition.split(|character| !is_in_name(character));
    let constants = words
        .clone()
        .map(str::to_lowercase)
        .filter(|word| word == "true" || word == "false");
    let lower = words.filter_map(|word| {
        let (row, column) = word.split_once('.')?;
        Some((row.to_lowercase(), column))
    });
    lower
        .filter(|(row, _)| row == "old" || row == "new")
        .map(|(row, column)| format!("{row}.{column}"))
        .chain(constants)
        .collect()
}

/// The triggers of a table.
pub fn triggers(table: &Table) -> Vec<TriggerForm> {
    let named = trigger::triggers(table, &table.schema).into_iter();
    named
        .filter_map(|named| TriggerForm::parse(&named.statement.text()))
        .collect()
}

/// The triggers of `stellaops.system_access`: one for each table that takes the evidence of system scopes.
pub fn evidence_triggers(database: &Database) -> Vec<TriggerForm> {
    let created = database.tables().filter_map(evidence::create);
    created
        .filter_map(|statement| TriggerForm::parse(&statement.text()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_trigger_of_the_specs_has_a_form() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        let database = crate::load(&folder).expect("readable").expect("no faults");
        for table in database.tables() {
            let made = trigger::triggers(table, &table.schema).len();
            assert_eq!(triggers(table).len(), made, "{}", table.qualified());
        }
        assert_eq!(evidence_triggers(&database).len(), 1);
    }
}
