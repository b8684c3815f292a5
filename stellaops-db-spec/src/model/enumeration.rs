use crate::source::Place;

/// How an enum's values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// As a number.
    SmallInt,
    /// As the value's text.
    Text,
}

/// A declared enum.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Enum {
    /// The schema that declares it.
    pub schema: String,
    /// The name.
    pub name: String,
    /// What it says about a row.
    pub doc: String,
    /// How its values are stored.
    pub storage: Storage,
    /// The values in declared order.
    pub values: Vec<EnumValue>,
    /// The legal steps, for a status; empty for any other enum.
    pub transitions: Vec<Transition>,
    /// For a status: the values that a new row begins with, as written; empty when nothing is.
    pub initial: Vec<String>,
    /// The values that were released once and are used no more.
    pub retired: Vec<EnumValue>,
    /// Where it is specified.
    pub place: Place,
}

/// A value of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnumValue {
    /// The name, lower snake case.
    pub name: String,
    /// The stored number; its position for text storage.
    pub code: i16,
}

/// The legal steps away from one status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// The status that is left.
    pub from: String,
    /// Those that may follow.
    pub to: Vec<String>,
}

impl Enum {
    /// `<schema>.<name>`.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Whether it is a status: some of its steps are legal and all others are not.
    pub fn is_status(&self) -> bool {
        !self.transitions.is_empty()
    }

    /// The value of that name.
    pub fn value(&self, name: &str) -> Option<&EnumValue> {
        self.values.iter().find(|value| value.name == name)
    }

    /// Every value that a stored row may hold: those of today, then the retired ones.
    pub fn stored(&self) -> impl Iterator<Item = &EnumValue> {
        self.values.iter().chain(&self.retired)
    }

    /// A value as an SQL literal.
    pub fn sql_literal(&self, value: &EnumValue) -> String {
        match self.storage {
            Storage::SmallInt => value.code.to_string(),
            Storage::Text => crate::model::quote_literal(&value.name),
        }
    }
}
