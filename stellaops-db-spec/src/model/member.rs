use std::sync::Arc;

use crate::model::{Literal, Shape};
use crate::source::Place;

/// A member of a document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The name in the JSON.
    pub name: String,
    /// What it means.
    pub doc: Option<String>,
    /// Its type.
    pub member_type: MemberType,
    /// Whether it may be absent.
    pub optional: bool,
    /// The regular expression of a text, or of each text inside.
    pub pattern: Option<String>,
    /// The words that a text, or each text inside, may be; none: any.
    pub values: Vec<String>,
    /// The part that an object, or each object inside, is.
    pub shape: Option<Arc<Shape>>,
    /// The least value of an integer, or of each integer inside.
    pub min: Option<i64>,
    /// The greatest value of an integer, or of each integer inside.
    pub max: Option<i64>,
    /// The least number of characters of a text, or of items of a list or set.
    pub min_length: Option<i64>,
    /// The greatest number of characters of a text, or of items of a list or set.
    pub max_length: Option<i64>,
    /// A good value.
    pub example: Option<Literal>,
    /// Where it is specified.
    pub place: Place,
}

/// The JSON type of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberType {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list of items.
    List(Item),
    /// A list of strings, sorted by bytes, each once.
    Set,
    /// An object with free keys.
    Map(Item),
    /// An object: a part, or free.
    Object,
}

/// The type of the items of a list, or of the values of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Strings.
    Text,
    /// Whole numbers.
    Integer,
    /// Booleans.
    Boolean,
    /// Objects: parts, or free.
    Object,
}

impl MemberType {
    /// The type of what the member holds: of a list, set or map its items, else the member itself.
    pub fn item(self) -> Item {
        match self {
            MemberType::Text | MemberType::Set => Item::Text,
            MemberType::Integer => Item::Integer,
            MemberType::Boolean => Item::Boolean,
            MemberType::Object => Item::Object,
            MemberType::List(item) | MemberType::Map(item) => item,
        }
    }

    /// Whether the length of the member can be limited: characters of a text, items of a list or set.
    pub fn has_length(self) -> bool {
        matches!(self, MemberType::Text | MemberType::List(_) | MemberType::Set)
    }

    /// The type as people call it: `list of texts`.
    pub fn in_words(self) -> String {
        match self {
            MemberType::Text => "text".into(),
            MemberType::Integer => "integer".into(),
            MemberType::Boolean => "boolean".into(),
            MemberType::Object => "object".into(),
            MemberType::Set => "set of texts".into(),
            MemberType::List(item) => format!("list of {}", item.in_words()),
            MemberType::Map(item) => format!("map of {}", item.in_words()),
        }
    }
}

impl Item {
    /// Several of them, as people call them: `texts`.
    pub fn in_words(self) -> &'static str {
        match self {
            Item::Text => "texts",
            Item::Integer => "integers",
            Item::Boolean => "booleans",
            Item::Object => "objects",
        }
    }
}

impl Member {
    /// The type of the member as people call it, with the part that it holds: `list of version_range`.
    pub fn type_in_words(&self) -> String {
        match (&self.shape, self.member_type) {
            (None, member_type) => member_type.in_words(),
            (Some(part), MemberType::List(_)) => format!("list of {}", part.name),
            (Some(part), MemberType::Map(_)) => format!("map of {}", part.name),
            (Some(part), _) => part.name.clone(),
        }
    }

    /// What a value of the member has to fulfil beside its type, each in words: `at most 20 items`.
    pub fn limits_in_words(&self) -> Vec<String> {
        let each = match self.member_type {
            MemberType::List(_) | MemberType::Set | MemberType::Map(_) => "each ",
            _ => "",
        };
        let mut limits = Vec::new();
        if !self.values.is_empty() {
            let words: Vec<String> = self.values.iter().map(|word| format!("`{word}`")).collect();
            limits.push(format!("{each}one of {}", words.join(", ")));
        }
        let pattern = self.pattern.as_ref();
        limits.extend(pattern.map(|pattern| format!("{each}matching `{pattern}`")));
        let range = range_in_words(self.min, self.max, "");
        limits.extend(range.map(|range| format!("{each}{range}")));
        let unit = match self.member_type {
            MemberType::Text => "character",
            _ => "item",
        };
        limits.extend(range_in_words(self.min_length, self.max_length, unit));
        limits
    }
}

fn range_in_words(least: Option<i64>, greatest: Option<i64>, unit: &str) -> Option<String> {
    let counted = |number: i64| match unit {
        "" => number.to_string(),
        unit if number == 1 => format!("1 {unit}"),
        unit => format!("{number} {unit}s"),
    };
    match (least, greatest) {
        (Some(least), Some(greatest)) if least == greatest => Some(format!("exactly {}", counted(least))),
        (Some(least), Some(greatest)) => Some(format!("{least} to {}", counted(greatest))),
        (Some(least), None) => Some(format!("at least {}", counted(least))),
        (None, Some(greatest)) => Some(format!("at most {}", counted(greatest))),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::range_in_words;

    #[test]
    fn limits_read_as_people_say_them() {
        let said = |least, greatest, unit| range_in_words(least, greatest, unit).unwrap_or_default();
        assert_eq!(said(Some(1), Some(200), "character"), "1 to 200 characters");
        assert_eq!(said(Some(1), None, "item"), "at least 1 item");
        assert_eq!(said(None, Some(20), "item"), "at most 20 items");
        assert_eq!(said(Some(3), Some(3), "item"), "exactly 3 items");
        assert_eq!(said(Some(0), Some(10), ""), "0 to 10");
        assert_eq!(said(None, None, ""), "");
    }
}
