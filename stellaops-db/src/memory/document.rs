//! Documents: members by their path, changes in place, and the limits of members.

use serde_json::Value as Json;
use stellaops_db_spec::row_rules::MemberRules;

use crate::memory::limits::{hold_length, hold_number, hold_pattern};

/// The member at a path, as `#>` finds it.
pub(super) fn at<'a, S: AsRef<str>>(document: &'a Json, path: &[S]) -> Option<&'a Json> {
    path.iter().try_fold(document, |value, step| match value {
        Json::Object(members) => members.get(step.as_ref()),
        Json::Array(items) => items.get(step.as_ref().parse::<usize>().ok()?),
        _ => None,
    })
}

/// The member's text, as `->>` gives it: none of an absent member and of null.
pub(super) fn text(document: &Json, path: &[String]) -> Option<String> {
    match at(document, path)? {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Sets a member, as `jsonb_set` does: what it would be inside of has to be there. `None` removes it.
pub(super) fn change(document: &mut Json, path: &[&str], value: Option<Json>) {
    let Some((last, outer)) = path.split_last() else {
        return;
    };
    let around = outer.iter().try_fold(document, |value, step| match value {
        Json::Object(members) => members.get_mut(*step),
        _ => None,
    });
    let Some(Json::Object(members)) = around else {
        return;
    };
    match value {
        Some(value) => {
            members.insert((*last).to_owned(), value);
        }
        None => {
            members.remove(*last);
        }
    }
}

/// Whether the members of an object keep their limits. What is absent does.
pub(super) fn keeps_limits(object: &Json, members: &[MemberRules]) -> bool {
    members.iter().all(|rules| match object.get(&rules.name) {
        None => true,
        Some(Json::Array(items)) => {
            hold_length(&rules.limits, items.len()) && items.iter().all(|item| item_keeps_limits(item, rules))
        }
        Some(Json::Object(values)) if rules.is_map => {
            values.values().all(|value| item_keeps_limits(value, rules))
        }
        Some(Json::String(text)) => {
            hold_length(&rules.limits, text.chars().count()) && hold_pattern(&rules.limits, text)
        }
        Some(value) => item_keeps_limits(value, rules),
    })
}

fn item_keeps_limits(value: &Json, rules: &MemberRules) -> bool {
    match value {
        Json::Number(number) => number
            .as_i64()
            .is_none_or(|number| hold_number(&rules.limits, number)),
        Json::String(text) => hold_pattern(&rules.limits, text),
        object => keeps_limits(object, &rules.members),
    }
}
