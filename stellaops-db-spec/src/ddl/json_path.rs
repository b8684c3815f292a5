//! SQL/JSON paths: where the objects inside a document are, and what is wrong with a value there.

use crate::model::{Item, Member, MemberType};

/// The way from a document to the objects that a part describes.
#[derive(Debug, Clone, Default)]
pub(super) struct Location {
    steps: Vec<String>,
}

impl Location {
    /// To what the member holds: each item of a list, each value of a map, or the member itself.
    pub(super) fn inside(&self, member: &Member) -> Self {
        let items = match member.member_type {
            MemberType::List(_) | MemberType::Set => "[*]",
            MemberType::Map(_) => ".*",
            _ => "",
        };
        self.step(format!("{}{items}", accessor(member)))
    }

    /// To the member as a whole.
    pub(super) fn at(&self, member: &Member) -> Self {
        self.step(accessor(member))
    }

    /// The values that the filter selects. Strict, because the lax mode takes arrays apart before it
    /// looks at them. In the strict mode an absent member is an error, which ends the filter that it
    /// happens in: so each object on the way has a filter of its own, and an error in one of them
    /// leaves the others to be looked at.
    pub(super) fn strict(&self, filter: &str) -> String {
        let inner = self
            .steps
            .iter()
            .skip(1)
            .rev()
            .fold(format!("? ({filter})"), |inner, step| {
                format!("? (exists(@{step} {inner}))")
            });
        format!(
            "strict ${} {inner}",
            self.steps.first().map_or("", String::as_str)
        )
    }

    /// All values there. Lax, so that absent members are passed over; what is no array or object where
    /// one should be is found by a strict path.
    pub(super) fn lax(&self) -> String {
        format!("lax ${}", self.steps.concat())
    }

    fn step(&self, step: String) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Location { steps }
    }
}

/// The path of a member from the object it is in.
pub(super) fn accessor(member: &Member) -> String {
    format!(".{}", text(&member.name))
}

/// What is wrong with one value, alone or inside a list, set or map; joined by OR. A comparison of
/// another type than the value's is unknown, and the type itself is told first.
pub(super) fn wrong_value(member: &Member, subject: &str) -> Vec<String> {
    let wanted = match member.member_type.item() {
        Item::Text => "string",
        Item::Integer => "number",
        Item::Boolean => "boolean",
        Item::Object => "object",
    };
    let mut wrong = vec![format!("{subject}.type() != \"{wanted}\"")];
    if member.member_type.item() == Item::Integer {
        wrong.push(out_of_range(member, subject));
    }
    if !member.values.is_empty() {
        let words: Vec<String> = member
            .values
            .iter()
            .map(|word| format!("{subject} == {}", text(word)))
            .collect();
        wrong.push(format!("!({})", words.join(" || ")));
    }
    wrong
}

/// Outside the bounds, and never beyond the 64 bits of every integer.
pub(super) fn out_of_range(member: &Member, subject: &str) -> String {
    let (least, greatest) = (member.min.unwrap_or(i64::MIN), member.max.unwrap_or(i64::MAX));
    format!("{subject} < {least} || {subject} > {greatest}")
}

/// What is wrong with the number of items; none when it is not limited.
pub(super) fn wrong_size(member: &Member, subject: &str) -> Option<String> {
    let (least, greatest) = match member.member_type {
        MemberType::List(_) | MemberType::Set => (member.min_length, member.max_length),
        _ => (None, None),
    };
    let bounds = [
        least.map(|least| format!("{subject}.size() < {least}")),
        greatest.map(|greatest| format!("{subject}.size() > {greatest}")),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    (!bounds.is_empty()).then(|| bounds.join(" || "))
}

/// A text inside a path. The checker lets no control character in.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
