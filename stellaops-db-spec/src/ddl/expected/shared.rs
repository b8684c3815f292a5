//! The tables that all schemas share, read from the text of the files themselves.

use crate::ddl::SHARED;
use crate::ddl::expected::{Part, Wording};

/// One of the shared tables.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedTable {
    /// The name, in the schema `stellaops`.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<SharedColumn>,
    /// Its primary key and its foreign keys.
    pub keys: Vec<SharedKey>,
    /// Its checks, and the defaults of its columns.
    pub wordings: Vec<Wording>,
}

/// A column of a shared table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedColumn {
    /// The name.
    pub name: String,
    /// The type as the catalog prints it, its collation and whether it may be NULL: `text COLLATE "C" NOT NULL`.
    pub shape: String,
}

/// A key of a shared table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedKey {
    /// The name.
    pub name: String,
    /// As the file writes it, behind the name: `PRIMARY KEY (id)`.
    pub definition: String,
}

const HEAD: &str = "CREATE TABLE IF NOT EXISTS stellaops.";

/// The shared tables.
pub fn shared_tables() -> Vec<SharedTable> {
    let statements = SHARED.split(HEAD).skip(1);
    statements
        .filter_map(|rest| rest.split_once("\n);"))
        .filter_map(|(statement, _)| table(statement))
        .collect()
}

/// `name (`, then an item a line; what goes on with an item stands further in.
fn table(statement: &str) -> Option<SharedTable> {
    let (name, body) = statement.split_once(" (\n")?;
    let mut table = SharedTable {
        name: name.to_owned(),
        columns: Vec::new(),
        keys: Vec::new(),
        wordings: Vec::new(),
    };
    for item in body.replace("\n    ", " ").lines() {
        let item = item.split_whitespace().collect::<Vec<_>>().join(" ");
        let item = item.trim_end_matches(',');
        match item.strip_prefix("CONSTRAINT ") {
            Some(constraint) => constrain(&mut table, constraint)?,
            None => column(&mut table, item)?,
        }
    }
    Some(table)
}

fn constrain(table: &mut SharedTable, constraint: &str) -> Option<()> {
    let (name, definition) = constraint.split_once(' ')?;
    let check = definition.strip_prefix("CHECK (");
    match check.and_then(|rest| rest.strip_suffix(')')) {
        Some(condition) => table.wordings.push(wording(Part::Check, name, condition)),
        None => table.keys.push(SharedKey {
            name: name.to_owned(),
            definition: definition.to_owned(),
        }),
    }
    Some(())
}

fn column(table: &mut SharedTable, item: &str) -> Option<()> {
    let (name, rest) = item.split_once(' ')?;
    let (shape, default) = match rest.split_once(" DEFAULT ") {
        Some((shape, default)) => (shape, Some(default)),
        None => (rest, None),
    };
    table
        .wordings
        .extend(default.map(|text| wording(Part::Column, name, text)));
    table.columns.push(SharedColumn {
        name: name.to_owned(),
        shape: shape.replacen("timestamptz", "timestamp with time zone", 1),
    });
    Some(())
}

fn wording(part: Part, name: &str, text: &str) -> Wording {
    Wording {
        part,
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ddl::expected::SHARED_PRIVILEGES;

    #[test]
    fn the_shared_tables_are_read_as_they_are_written() {
        let tables = shared_tables();
        let mut names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, SHARED_PRIVILEGES.map(|(name, _)| name));
        let held = tables.iter().find(|table| table.name == "outbox_held_tenants");
        let held = held.expect("it is there");
        let reason = SharedColumn {
            name: "reason".into(),
            shape: "text COLLATE \"C\" NOT NULL".into(),
        };
        assert!(held.columns.contains(&reason), "{held:?}");
        assert_eq!(held.columns.len(), 8);
        assert_eq!(
            held.keys[1].definition,
            "FOREIGN KEY (relation, consumer) REFERENCES stellaops.outbox_consumers (relation, consumer) ON DELETE CASCADE"
        );
        let default = wording(Part::Column, "held_since", "now()");
        let check = wording(Part::Check, "ck_outbox_held_tenants_failures", "failures >= 1");
        assert_eq!(held.wordings, [default, check]);
    }
}
