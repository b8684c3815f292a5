//! What the specs do not say of the database.

use std::fmt;

use serde::Serialize;

/// An object, or a part of one, that the specs do not say as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The table, `<schema>.<table>`, or the schema, as the database calls it.
    pub relation: String,
    /// What kind of object it is: `column`, `constraint`, `index`, `trigger`, …
    pub kind: String,
    /// Its name in the database; empty for the relation itself.
    pub name: String,
    /// What the specs do not say.
    pub missing: String,
    /// What was written instead.
    pub instead: String,
}

impl Note {
    pub(super) fn new(
        relation: &str,
        (kind, name): (&str, &str),
        missing: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Note {
            relation: relation.into(),
            kind: kind.into(),
            name: name.into(),
            missing: missing.into(),
            instead: instead.into(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.relation)?;
        match (self.kind.as_str(), self.name.as_str()) {
            (kind, "") => write!(formatter, " ({kind})")?,
            (kind, name) => write!(formatter, ", {kind} {name:?}")?,
        }
        write!(formatter, ": {}; {}", self.missing, self.instead)
    }
}
