//! What a table's expressions say, as the files write them.

use crate::ddl::{check, index, search, table};
use crate::model::Table;

/// What an expression belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A check.
    Check,
    /// A column: its default, or what it is generated from.
    Column,
    /// An index of some rows only.
    Index,
}

/// An expression over the columns of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wording {
    /// What it belongs to.
    pub part: Part,
    /// The name of that, unquoted.
    pub name: String,
    /// The expression, in SQL.
    pub text: String,
}

/// The expressions of a table: of its checks, of its columns, of its indexes.
///
/// ```
/// # use stellaops_db_spec::ddl::expected::{Part, wordings};
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/every-kind");
/// let database = stellaops_db_spec::load(folder.as_ref())?.expect("no faults");
/// let all: Vec<_> = database.tables().flat_map(wordings).collect();
/// for part in [Part::Check, Part::Column, Part::Index] {
///     assert!(all.iter().any(|wording| wording.part == part && !wording.text.is_empty()));
/// }
/// # Ok::<(), stellaops_db_spec::SourceError>(())
/// ```
pub fn wordings(table: &Table) -> Vec<Wording> {
    let wording = |part, name: String, text: String| Wording { part, name, text };
    let checks = check::checks(table).into_iter();
    let checks = checks.map(|check| wording(Part::Check, check.name, check.condition.text()));
    let columns = table.columns.iter().filter_map(|column| {
        let text = table::expression(column)?;
        Some(wording(Part::Column, column.name.clone(), text))
    });
    let searched = table
        .search
        .iter()
        .map(|found| wording(Part::Column, found.column.clone(), search::expression(found)));
    let indexes = index::indexes(table, &table.schema).into_iter();
    let indexes = indexes.filter_map(|index| Some(wording(Part::Index, index.name, index.condition?)));
    checks.chain(columns).chain(searched).chain(indexes).collect()
}
