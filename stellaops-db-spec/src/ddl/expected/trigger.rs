//! Triggers, in a form that the statement that makes one and the server's print of it share.

use std::collections::BTreeSet;

use crate::ddl::{evidence, trigger};
use crate::model::{Database, Table};

/// A trigger without the wording of its condition, which the server prints in its own way.
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
    /// Whether it has a condition; [`condition_of`] tells which.
    pub is_conditional: bool,
    /// The function, with its arguments.
    pub call: String,
}

/// A trigger of the specs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trigger {
    /// Everything but the condition.
    pub form: TriggerForm,
    /// The condition, as the files write it.
    pub condition: Option<String>,
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
        let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = around_condition(statement);
        let (head, call) = match &parts {
            Some((head, _, behind)) => {
                let call = spaced(behind).strip_prefix("EXECUTE FUNCTION ")?.to_owned();
                (spaced(head), call)
            }
            None => {
                let text = spaced(statement);
                let (head, call) = text.rsplit_once(" EXECUTE FUNCTION ")?;
                (head.to_owned(), call.to_owned())
            }
        };
        let head = head.strip_prefix("CREATE TRIGGER ")?;
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
            is_conditional: parts.is_some(),
            call: call.trim_end_matches(';').to_owned(),
        })
    }
}

/// The condition of a `CREATE TRIGGER`, ours or as the server prints it, without the parentheses around it.
///
/// ```
/// use stellaops_db_spec::ddl::expected::condition_of;
/// let printed = "CREATE TRIGGER t AFTER UPDATE ON s.r FOR EACH ROW WHEN ((old.a = ')'::text)) EXECUTE FUNCTION s.f()";
/// assert_eq!(condition_of(printed), Some("(old.a = ')'::text)"));
/// ```
pub fn condition_of(statement: &str) -> Option<&str> {
    around_condition(statement).map(|(_, condition, _)| condition)
}

/// What is before WHEN, in its parentheses, and behind them. Quotes are looked at: a name or a text may hold anything.
fn around_condition(statement: &str) -> Option<(&str, &str, &str)> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut begun: Option<(usize, usize)> = None;
    for (place, sign) in statement.char_indices() {
        match (quote, sign) {
            (Some(open), sign) if sign == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(') if begun.is_none() => {
                // Only a function's arguments and the condition stand in parentheses.
                let head = statement[..place].trim_end().strip_suffix("WHEN")?;
                head.ends_with(char::is_whitespace).then_some(())?;
                begun = Some((head.len(), place + 1));
            }
            (None, '(') => depth += 1,
            (None, ')') => match (begun, depth.checked_sub(1)) {
                (Some((head, inside)), None) => {
                    return Some((
                        &statement[..head],
                        &statement[inside..place],
                        &statement[place + 1..],
                    ));
                }
                (Some(_), Some(outer)) => depth = outer,
                (None, _) => return None,
            },
            (None, _) => {}
        }
    }
    None
}

/// The triggers of a table.
pub fn triggers(table: &Table) -> Vec<Trigger> {
    let named = trigger::triggers(table, &table.schema).into_iter();
    named.filter_map(|named| read(&named.statement.text())).collect()
}

/// The triggers of `stellaops.system_access`: one for each table that takes the evidence of system scopes.
pub fn evidence_triggers(database: &Database) -> Vec<Trigger> {
    let created = database.tables().filter_map(evidence::create);
    created.filter_map(|statement| read(&statement.text())).collect()
}

fn read(statement: &str) -> Option<Trigger> {
    Some(Trigger {
        form: TriggerForm::parse(statement)?,
        condition: condition_of(statement).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_condition_is_found_between_texts_that_look_like_one() {
        let statement = r#"CREATE TRIGGER "t WHEN (true)" AFTER UPDATE ON s.r FOR EACH ROW WHEN ((old.a = ') EXECUTE FUNCTION x('::text)) EXECUTE FUNCTION s.f(' WHEN (')"#;
        assert_eq!(
            condition_of(statement),
            Some("(old.a = ') EXECUTE FUNCTION x('::text)")
        );
        let form = TriggerForm::parse(statement).expect("a trigger");
        assert_eq!(
            (form.name.as_str(), form.call.as_str()),
            ("\"t WHEN (true)\"", "s.f(' WHEN (')")
        );
        let without = "CREATE TRIGGER t BEFORE UPDATE ON s.r FOR EACH ROW EXECUTE FUNCTION s.f(' WHEN (x)')";
        assert_eq!(condition_of(without), None);
    }

    #[test]
    fn every_trigger_of_the_specs_has_a_form() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        let database = crate::load(&folder).expect("readable").expect("no faults");
        for table in database.tables() {
            let made = trigger::triggers(table, &table.schema).len();
            assert_eq!(triggers(table).len(), made, "{}", table.qualified());
            for trigger in triggers(table) {
                assert_eq!(trigger.condition.is_some(), trigger.form.is_conditional);
            }
        }
        assert_eq!(evidence_triggers(&database).len(), 1);
    }
}
