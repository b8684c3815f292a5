//! The closed list of column types, with all their spellings.

use std::sync::Arc;

use crate::model::{Enum, Shape, Storage};

/// What a column holds. Matched exhaustively everywhere: a new type is found by the compiler.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnType {
    /// `uuid`
    Uuid,
    /// `text`
    Text,
    /// `smallint`
    SmallInt,
    /// `integer`
    Integer,
    /// `bigint`
    BigInt,
    /// `boolean`
    Boolean,
    /// `timestamp with time zone`
    TimestampTz,
    /// `date`
    Date,
    /// `bytea`
    Bytea,
    /// `text[]`
    TextArray,
    /// `uuid[]`
    UuidArray,
    /// A value of a declared enum, stored as smallint or text.
    Enum(Arc<Enum>),
    /// `jsonb` of a declared shape.
    Json(Arc<Shape>),
}

impl ColumnType {
    /// Parses the word of a spec (`enum` and `shape` columns are no words).
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "uuid" => ColumnType::Uuid,
            "text" => ColumnType::Text,
            "smallint" => ColumnType::SmallInt,
            "integer" => ColumnType::Integer,
            "bigint" => ColumnType::BigInt,
            "boolean" => ColumnType::Boolean,
            "timestamptz" => ColumnType::TimestampTz,
            "date" => ColumnType::Date,
            "bytea" => ColumnType::Bytea,
            "text[]" => ColumnType::TextArray,
            "uuid[]" => ColumnType::UuidArray,
            _ => return None,
        })
    }

    /// The type in SQL, as `CREATE TABLE` and casts write it.
    pub fn sql(&self) -> &'static str {
        match self {
            ColumnType::Uuid => "uuid",
            ColumnType::Text => "text",
            ColumnType::SmallInt => "smallint",
            ColumnType::Integer => "integer",
            ColumnType::BigInt => "bigint",
            ColumnType::Boolean => "boolean",
            ColumnType::TimestampTz => "timestamptz",
            ColumnType::Date => "date",
            ColumnType::Bytea => "bytea",
            ColumnType::TextArray => "text[]",
            ColumnType::UuidArray => "uuid[]",
            ColumnType::Enum(declared) => match declared.storage {
                Storage::SmallInt => "smallint",
                Storage::Text => "text",
            },
            ColumnType::Json(_) => "jsonb",
        }
    }

    /// The type as the catalog prints it (`format_type`).
    pub fn catalog_name(&self) -> &'static str {
        catalog_type_name(self.sql())
    }

    /// Whether equality and order on the type are leakproof (`pg_proc.proleakproof`, PostgreSQL 15
    /// to 18), so that an index on it is used under row-level security.
    pub fn is_leakproof(&self) -> bool {
        !matches!(
            self,
            ColumnType::TextArray | ColumnType::UuidArray | ColumnType::Json(_)
        )
    }

    /// Whether values are stored as text, and therefore have a collation.
    pub fn is_text(&self) -> bool {
        self.sql() == "text"
    }

    /// Whether it is one of the integers.
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt
        )
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, ColumnType::TextArray | ColumnType::UuidArray)
    }

    /// The type as a spec and its errors write it.
    pub fn in_words(&self) -> String {
        match self {
            ColumnType::Enum(declared) => format!("enum `{}`", declared.name),
            ColumnType::Json(shape) => format!("shape `{}`", shape.name),
            ColumnType::TimestampTz => "timestamptz".into(),
            other => other.sql().into(),
        }
    }
}

/// A type of ours as the catalog prints it (`format_type`), by its name in SQL.
///
/// ```
/// use stellaops_db_spec::model::catalog_type_name;
/// assert_eq!(catalog_type_name("timestamptz"), "timestamp with time zone");
/// assert_eq!(catalog_type_name("bigint"), "bigint");
/// ```
pub fn catalog_type_name(sql: &'static str) -> &'static str {
    match sql {
        "timestamptz" => "timestamp with time zone",
        other => other,
    }
}

/// Quotes an identifier where PostgreSQL needs it: the only function that does. A plain lower-case
/// name that is no key word stays as it is, because people read the SQL.
///
/// ```
/// use stellaops_db_spec::model::quote_identifier;
/// assert_eq!(quote_identifier("graph_jobs"), "graph_jobs");
/// assert_eq!(quote_identifier("order"), r#""order""#);
/// assert_eq!(quote_identifier(r#"a"b"#), r#""a""b""#);
/// ```
pub fn quote_identifier(name: &str) -> String {
    let mut bytes = name.bytes();
    let starts_plainly = bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_');
    let goes_on_plainly =
        bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if starts_plainly && goes_on_plainly && !crate::model::reserved_word::is_reserved(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Quotes a text literal: the only function that does. Right under `standard_conforming_strings`
/// on and off, because a backslash turns the literal into an `E''` one.
///
/// ```
/// assert_eq!(stellaops_db_spec::model::quote_literal("it's"), "'it''s'");
/// assert_eq!(stellaops_db_spec::model::quote_literal(r"\d"), r"E'\\d'");
/// ```
pub fn quote_literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}
