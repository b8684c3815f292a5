//! Full-text search: a stored tsvector column and its GIN index. Every function in the expression is
//! immutable, so that the column never differs from what it is made of.

use crate::model::{Column, ColumnType, Search, SearchField, SearchLanguage, SearchWeight, quote_identifier};

/// Texts without a bound of their own are searched up to that many characters: a tsvector has less than a
/// megabyte, and a longer text would refuse the row.
const SEARCHED_CHARACTERS: i64 = 100_000;

/// The cells of the column in `CREATE TABLE`.
pub(super) fn column_cells(search: &Search) -> Vec<String> {
    vec![
        quote_identifier(&search.column),
        "tsvector".into(),
        String::new(),
        String::new(),
        format!("GENERATED ALWAYS AS ({}) STORED", expression(search)),
    ]
}

/// What the column is generated from.
pub(super) fn expression(search: &Search) -> String {
    let parts: Vec<String> = search.fields.iter().map(|field| part(search, field)).collect();
    parts.join(" || ")
}

/// What the column holds, for its comment.
pub(super) fn comment(search: &Search) -> String {
    let names = search.fields.iter().map(|field| field.column.name.as_str());
    format!(
        "The words of {}, for the full-text search: {}",
        names.collect::<Vec<_>>().join(", "),
        search.why.trim()
    )
}

/// The text search configuration, as a literal that depends on no setting.
pub(crate) fn configuration(search: &Search) -> &'static str {
    match search.language {
        SearchLanguage::Simple => "'pg_catalog.simple'::regconfig",
        SearchLanguage::English => "'pg_catalog.english'::regconfig",
    }
}

fn part(search: &Search, field: &SearchField) -> String {
    let weight = match field.weight {
        SearchWeight::A => 'A',
        SearchWeight::B => 'B',
        SearchWeight::C => 'C',
        SearchWeight::D => 'D',
    };
    format!(
        "setweight(to_tsvector({}, {}), '{weight}')",
        configuration(search),
        words(&field.column)
    )
}

/// The column's words as one value. A list becomes an object of its texts: what makes a text or an array of
/// them is not immutable.
fn words(column: &Column) -> String {
    let name = column.sql_name();
    let value = |empty: &str| match column.nullable {
        true => format!("coalesce({name}, {empty})"),
        false => name.clone(),
    };
    if column.column_type == ColumnType::TextArray {
        let list = value("'{}'");
        return format!("jsonb_object({list}, {list})");
    }
    let is_short = column
        .max_length
        .is_some_and(|longest| longest <= SEARCHED_CHARACTERS);
    match is_short {
        true => value("''"),
        false => format!("left({}, {SEARCHED_CHARACTERS})", value("''")),
    }
}
