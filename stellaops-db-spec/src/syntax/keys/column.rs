//! The keys of a column.

use super::{Key, Kind, Word, optional, required, word};

/// The keys of a column.
pub const COLUMN: &[Key] = &[
    optional(
        "type",
        Kind::ColumnType(COLUMN_TYPE),
        "The column's type. Exactly one of `type`, `enum` and `shape` is written.",
    ),
    optional(
        "enum",
        Kind::Text,
        "The enum whose values the column holds, declared in this file or in schema.toml.",
    ),
    optional(
        "shape",
        Kind::Text,
        "The JSONB shape that the column holds, declared in this file or in schema.toml.",
    ),
    optional(
        "doc",
        Kind::Text,
        "What the column means. Required unless its enum or shape says it.",
    ),
    optional(
        "nullable",
        Kind::Boolean,
        "Whether the column may be NULL. Default: false.",
    ),
    optional(
        "default",
        Kind::Literal,
        "The value of a new row that names none: a literal of the column's type, `now` for a timestamp (client's clock), `uuid_v7` for a uuid (made by the client).",
    ),
    optional(
        "on_update",
        Kind::Word(&[word(
            "now",
            "The client's clock at every update; a trigger serves hand-written SQL.",
        )]),
        "What an update sets by itself.",
    ),
    optional(
        "immutable",
        Kind::Boolean,
        "The column is set at insert and never again: no part of patch and upsert.",
    ),
    optional(
        "compare_and_swap",
        Kind::Boolean,
        "The column can be changed by compare-and-swap. A status with transitions always can.",
    ),
    optional(
        "identity",
        Kind::Boolean,
        "The database numbers the rows (bigint GENERATED ALWAYS AS IDENTITY).",
    ),
    optional(
        "sensitive",
        Kind::Boolean,
        "The value is a secret or made from one: it is never shown by `Debug`, logged or put into an error, and no index, order or key holds it. Rust: `Sensitive<T>`.",
    ),
    optional(
        "example",
        Kind::Literal,
        "A good value, as the written specification shows it and the generated tests insert it. Needed where a pattern or a check refuses what a generator would make up.",
    ),
    optional(
        "references",
        Kind::Text,
        "The table of the same schema that this column points at. Between tenant tables the foreign key is (tenant_id, column) -> (tenant_id, key).",
    ),
    optional(
        "on_delete",
        Kind::Word(ON_DELETE),
        "What happens to this row when the row it points at is deleted. Default: restrict.",
    ),
    optional(
        "min",
        Kind::Integer,
        "The least value of an integer column; a CHECK.",
    ),
    optional(
        "max",
        Kind::Integer,
        "The greatest value of an integer column; a CHECK.",
    ),
    optional(
        "min_length",
        Kind::Integer,
        "The least length of a text in characters, or of an array in elements; a CHECK.",
    ),
    optional(
        "max_length",
        Kind::Integer,
        "The greatest length of a text in characters, or of an array in elements; a CHECK.",
    ),
    optional(
        "pattern",
        Kind::Text,
        "The PostgreSQL regular expression that a text matches; a CHECK. Anchor it with ^ and $.",
    ),
    optional(
        "collation",
        Kind::Text,
        "Another collation than \"C\" for a text. Such a column is no key, order or cursor.",
    ),
    optional(
        "collation_why",
        Kind::Text,
        "Why the column needs another collation.",
    ),
    optional(
        "paths",
        Kind::TableList("promoted path", PATH),
        "Paths of the JSONB shape that become stored generated columns, so that an index can serve them under row-level security.",
    ),
];

/// The column types; `enum` and `shape` columns have keys of their own.
pub const COLUMN_TYPE: &[Word] = &[
    word("uuid", "A UUID. Rust: `Id<T>` or `uuid::Uuid`."),
    word("text", "A text, collation C. Rust: `String`."),
    word("smallint", "16 bits. Rust: `i16`."),
    word("integer", "32 bits. Rust: `i32`."),
    word("bigint", "64 bits. Rust: `i64`."),
    word("boolean", "True or false. Rust: `bool`."),
    word(
        "timestamptz",
        "A point in time, UTC, microseconds. Rust: `Timestamp`.",
    ),
    word("date", "A day. Rust: `chrono::NaiveDate`."),
    word("bytea", "Bytes. Rust: `Vec<u8>`."),
    word("text[]", "A list of texts. Rust: `Vec<String>`."),
    word("uuid[]", "A list of UUIDs. Rust: `Vec<Uuid>`."),
];

/// The delete rules of a reference.
pub const ON_DELETE: &[Word] = &[
    word("restrict", "The parent cannot be deleted while this row exists."),
    word("cascade", "This row is deleted with its parent."),
    word("set_null", "The reference becomes NULL."),
];

/// The keys of a promoted path.
pub const PATH: &[Key] = &[
    required("column", Kind::Text, "The name of the generated column."),
    required(
        "path",
        Kind::Text,
        "The path in the JSON, members joined by dots: `sbom.digest`.",
    ),
    required(
        "type",
        Kind::Word(&[word("text", "The member is a text.")]),
        "The type of the generated column.",
    ),
    required("doc", Kind::Text, "What the generated column means."),
];
