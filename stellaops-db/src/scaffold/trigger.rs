//! Triggers of the toolkit: what they guard is said by keys. All others are told.

use std::collections::BTreeMap;

use super::catalog::Trigger;
use super::chain;
use super::condition::{Scalar, conjuncts, literal, one_of, scalar};
use super::draft::Draft;
use super::enumeration::coded;
use super::nested::{bare, plain, split};
use super::toml::{self, Section};

/// Takes over what the triggers say; the columns and checks come before.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    for trigger in &relation.triggers {
        if take_one(draft, trigger).is_none() {
            let missing = format!("the format has no such trigger: {}", trigger.definition);
            draft.note(("trigger", &trigger.name), missing, "it is left out");
        } else if !trigger.is_enabled {
            draft.note(("trigger", &trigger.name), "it is disabled", "it fires");
        }
    }
}

fn take_one(draft: &mut Draft<'_>, trigger: &Trigger) -> Option<()> {
    match trigger.function.as_str() {
        "stellaops.refuse_change" => draft.head.set("append_only", "true"),
        "stellaops.refuse_deletion" => draft.head.set("deletable", "false"),
        "stellaops.touch" => {
            let column = arguments(trigger).into_iter().next()?;
            draft.column(&column)?.set("on_update", "\"now\"");
            let excused = condition(trigger).map_or(0, |condition| conjuncts(&condition).len());
            if excused > 1 {
                let missing = "it excuses leases that are made longer, as a queue's does";
                draft.note(
                    ("trigger", &trigger.name),
                    missing,
                    "it excuses none until `[queue]` is added",
                );
            }
        }
        "stellaops.refuse_early_deletion" => {
            let days = arguments(trigger).into_iter().next()?;
            let condition = condition(trigger)?;
            let column = bare(&condition)
                .strip_prefix("old.")?
                .split_once(" >= ")?
                .0
                .to_owned();
            retain(draft, ("trigger", &trigger.name), &column, &days);
        }
        "stellaops.refuse_transition" => put_transitions(draft, trigger)?,
        "stellaops.refuse_retired" => put_retired(draft, trigger)?,
        other if other == format!("{}.chain_{}", draft.relation.schema, draft.relation.name) => {
            chain::take(draft, trigger)?;
        }
        _ => return None,
    }
    Some(())
}

/// `[retention]`, with the reason that the table's comment gives.
pub(super) fn retain(draft: &mut Draft<'_>, object: (&str, &str), column: &str, days: &str) {
    if draft.rest.iter().any(|section| section.header == "[retention]") {
        return;
    }
    let told = retention_in(draft.relation.comment.as_deref().unwrap_or_default());
    let why = told
        .filter(|told| (told.days, told.column) == (days, column))
        .map(|told| told.why.to_owned());
    let why = draft.why("the retention", &why);
    let section = Section::new("[retention]", object)
        .with("column", toml::text(&draft.names.get(column)))
        .with("days", days.to_owned())
        .with("why", toml::text(&why));
    draft.rest.push(section);
}

/// What the last paragraph of a table's comment says of its retention.
pub(super) struct Retention<'c> {
    pub(super) days: &'c str,
    pub(super) column: &'c str,
    pub(super) why: &'c str,
}

/// `Rows are kept for 90 days, counted from created_at: the reason.`
pub(super) fn retention_in(comment: &str) -> Option<Retention<'_>> {
    let last = comment.trim().rsplit("\n\n").next()?;
    let (days, behind) = last
        .strip_prefix("Rows are kept for ")?
        .split_once(" days, counted from ")?;
    let (column, why) = behind.split_once(": ")?;
    days.parse::<u32>().ok()?;
    Some(Retention { days, column, why })
}

/// The steps that the condition lets pass.
fn put_transitions(draft: &mut Draft<'_>, trigger: &Trigger) -> Option<()> {
    let arguments = arguments(trigger);
    let column = arguments.first()?;
    let names = names_of_codes(arguments.get(1))?;
    let name = |value: &str| match scalar(value)? {
        Scalar::Text(text) => Some(text),
        Scalar::Integer(code) => names.get(&code.to_string()).cloned(),
    };
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    for part in conjuncts(&condition(trigger)?) {
        if part.contains(" IS DISTINCT FROM ") {
            continue;
        }
        let sides = split(&part, " OR ");
        let [from, to] = sides.as_slice() else {
            return None;
        };
        let from = name(bare(from).split_once(" <> ")?.1)?;
        let to = name(bare(to).split_once(" <> ")?.1)?;
        match steps.iter_mut().find(|(known, _)| *known == from) {
            Some((_, targets)) => targets.push(to),
            None => steps.push((from, vec![to])),
        }
    }
    let steps: Vec<String> = steps
        .iter()
        .map(|(from, to)| format!("{from} = {}", toml::list(to.iter().map(String::as_str))))
        .collect();
    enum_of(draft, column)?.set("transitions", format!("{{ {} }}", steps.join(", ")));
    Some(())
}

/// The values that the condition asks for are used no more.
fn put_retired(draft: &mut Draft<'_>, trigger: &Trigger) -> Option<()> {
    let column = arguments(trigger).into_iter().next()?;
    let condition = condition(trigger)?;
    let (_, list) = bare(&condition).split_once(" = ")?;
    let retired = one_of(&format!(" = {list}"))?;
    let section = enum_of(draft, &column)?;
    let written: ::toml::Table = ::toml::from_str(&format!("values = {}", section.get("values")?)).ok()?;
    let (kept, gone) = match &written["values"] {
        ::toml::Value::Array(values) => {
            let texts = values.iter().filter_map(::toml::Value::as_str);
            let (gone, kept): (Vec<&str>, Vec<&str>) =
                texts.partition(|text| retired.contains(&Scalar::Text((*text).to_owned())));
            (toml::list(kept), toml::list(gone))
        }
        ::toml::Value::Table(values) => {
            let codes = values
                .iter()
                .filter_map(|(name, code)| Some((code.as_integer()?, name.clone())));
            let (mut gone, mut kept): (Vec<_>, Vec<_>) =
                codes.partition(|(code, _)| retired.contains(&Scalar::Integer(*code)));
            gone.sort();
            kept.sort();
            (coded(&kept), coded(&gone))
        }
        _ => return None,
    };
    section.set("values", kept);
    section.set("retired", gone);
    Some(())
}

fn enum_of<'d>(draft: &'d mut Draft<'_>, column: &str) -> Option<&'d mut Section> {
    let header = format!("[enums.{}_{}]", draft.name(), draft.names.get(column));
    draft.types.iter_mut().find(|section| section.header == header)
}

fn names_of_codes(argument: Option<&String>) -> Option<BTreeMap<String, String>> {
    match argument {
        Some(names) => serde_json::from_str(names).ok(),
        None => Some(BTreeMap::new()),
    }
}

/// What stands between WHEN and EXECUTE.
fn condition(trigger: &Trigger) -> Option<String> {
    let (_, behind) = trigger.definition.split_once(" WHEN (")?;
    let (condition, _) = behind.rsplit_once(") EXECUTE FUNCTION ")?;
    Some(plain(condition))
}

fn arguments(trigger: &Trigger) -> Vec<String> {
    let list = trigger
        .definition
        .rsplit_once(" EXECUTE FUNCTION ")
        .and_then(|(_, call)| call.split_once('('))
        .and_then(|(_, list)| list.strip_suffix(')'));
    let items = split(list.unwrap_or_default(), ", ");
    items.iter().filter_map(|item| literal(item)).collect()
}
