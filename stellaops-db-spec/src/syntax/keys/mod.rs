//! Every key of every spec file: its name, kind and meaning, in one place.
//!
//! The parser, the JSON Schema and the reference read the same tables, so that a key cannot exist
//! without being documented and completed by editors.

mod column;
mod index;
mod lifetime;
mod queue;
mod refused;
mod shape;
mod table;

pub use column::*;
pub use index::*;
pub use lifetime::*;
pub use queue::*;
pub use refused::*;
pub use shape::*;
pub use table::*;

/// A key of a spec table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, a whole sentence.
    pub doc: &'static str,
}

/// The form of a value.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A string that is not empty.
    Text,
    /// An integer.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of some words.
    Word(&'static [Word]),
    /// One of the column types; other types of SQL are told why they are none.
    ColumnType(&'static [Word]),
    /// A list of strings.
    TextList,
    /// A literal of any column type: string, integer, boolean, or a list.
    Literal,
    /// The values of an enum: a table of codes, or a list of texts.
    Codes,
    /// A table with these keys; what it is called in errors.
    Table(&'static str, &'static [Key]),
    /// A list of tables.
    TableList(&'static str, &'static [Key]),
    /// A table whose keys are names and whose values are tables.
    TableMap(&'static str, &'static [Key]),
    /// A table whose keys are names and whose values are strings.
    TextMap,
    /// A table whose keys are names and whose values are lists of strings.
    TextListMap,
}

/// A word of a closed list, with its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// As written.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
}

impl Kind {
    /// The kind as an error names it.
    pub fn in_words(self) -> String {
        match self {
            Kind::Text => "a string".into(),
            Kind::Integer => "an integer".into(),
            Kind::Boolean => "`true` or `false`".into(),
            Kind::Word(words) | Kind::ColumnType(words) => {
                format!(
                    "one of {}",
                    words
                        .iter()
                        .map(|word| format!("\"{}\"", word.name))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Kind::TextList => "a list of strings".into(),
            Kind::Literal => "a string, an integer, a boolean or a list of strings".into(),
            Kind::Codes => "a table `{ name = code }` or a list of strings".into(),
            Kind::Table(what, _) => format!("a table (one {what})"),
            Kind::TableList(what, _) => format!("a list of tables (each a {what})"),
            Kind::TableMap(what, _) => format!("a table with a name for each {what}"),
            Kind::TextMap => "a table of strings".into(),
            Kind::TextListMap => "a table of lists of strings".into(),
        }
    }
}

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        required: true,
        doc,
    }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        required: false,
        doc,
    }
}

const fn word(name: &'static str, doc: &'static str) -> Word {
    Word { name, doc }
}
