//! Every key of every spec file: its name, kind and meaning, in one place.
//!
//! The parser, the JSON Schema and the reference read the same tables, so that a key cannot exist
//! without being documented and completed by editors.

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
            Kind::Word(words) => {
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

/// The keys of `specs/database.toml`.
pub const DATABASE: &[Key] = &[
    required(
        "spec_version",
        Kind::Integer,
        "The version of the spec format, 1.",
    ),
    required(
        "name",
        Kind::Text,
        "The name of the database that the schemas live in.",
    ),
    required(
        "summary",
        Kind::Text,
        "What the database is for, in one sentence.",
    ),
];

/// The keys of `specs/<schema>/schema.toml`.
pub const SCHEMA: &[Key] = &[
    required("summary", Kind::Text, "What the schema holds, in one sentence."),
    optional("service", Kind::Text, "The one service that owns the schema."),
    optional("doc", Kind::Text, "More about the schema, Markdown."),
    optional(
        "enums",
        Kind::TableMap("enum", ENUM),
        "Enums shared by tables of the schema.",
    ),
    optional(
        "shapes",
        Kind::TableMap("shape", SHAPE),
        "JSONB shapes shared by tables of the schema.",
    ),
];

/// The keys of `specs/<schema>/<table>.toml`.
pub const TABLE: &[Key] = &[
    required(
        "summary",
        Kind::Text,
        "What one row is, in one sentence; becomes the relation's comment.",
    ),
    optional(
        "doc",
        Kind::Text,
        "More about the table: who owns a row, how long it lives. Markdown.",
    ),
    required(
        "tenancy",
        Kind::Word(TENANCY),
        "Whose rows these are. There is no default: every table decides.",
    ),
    optional(
        "key",
        Kind::TextList,
        "The primary key's columns without the tenant, which is put in front. Default: [\"id\"].",
    ),
    optional(
        "append_only",
        Kind::Boolean,
        "Rows are facts: the database refuses UPDATE and DELETE, and the repository has no such verbs.",
    ),
    optional(
        "row_version",
        Kind::Text,
        "The bigint column that counts the row's versions; an update may then name the version it expects.",
    ),
    optional(
        "soft_delete",
        Kind::Text,
        "The nullable timestamptz column that marks a row as deleted.",
    ),
    required(
        "columns",
        Kind::TableMap("column", COLUMN),
        "The columns, in the order of the file. `tenant_id` is put in front by the tenancy and is not written here.",
    ),
    optional("enums", Kind::TableMap("enum", ENUM), "Enums of this table."),
    optional(
        "shapes",
        Kind::TableMap("shape", SHAPE),
        "JSONB shapes of this table.",
    ),
    optional(
        "unique",
        Kind::TableList("unique key", UNIQUE),
        "Unique keys beside the primary key; the tenant is put in front.",
    ),
    optional(
        "indexes",
        Kind::TableList("index", INDEX),
        "Indexes, each with the query it serves.",
    ),
    optional(
        "checks",
        Kind::TableList("check", CHECK),
        "Conditions that every row fulfils, beyond the columns' own bounds.",
    ),
    optional(
        "queue",
        Kind::Table("queue", QUEUE),
        "Makes the table a work queue whose rows can be claimed under a lease.",
    ),
];

/// The tenancies.
pub const TENANCY: &[Word] = &[
    word(
        "tenant",
        "Every row belongs to one tenant; forced row-level security; key (tenant_id, …).",
    ),
    word(
        "global",
        "Reference data: every tenant may read, only a system scope may write.",
    ),
    word(
        "tenant_or_global",
        "Rows of a tenant, and rows of the literal tenant `@global` that all may read and only a system scope may write.",
    ),
    word("registry", "The table of the tenants themselves: key tenant_id."),
];

/// The keys of a column.
pub const COLUMN: &[Key] = &[
    optional(
        "type",
        Kind::Word(COLUMN_TYPE),
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

/// The keys of an enum.
pub const ENUM: &[Key] = &[
    required("doc", Kind::Text, "What the enum says about a row."),
    required(
        "storage",
        Kind::Word(&[
            word("smallint", "Stored as a number; each value has a code."),
            word("text", "Stored as its text."),
        ]),
        "How a value is stored.",
    ),
    required(
        "values",
        Kind::Codes,
        "The values: `{ pending = 0, … }` for smallint, `[\"pending\", …]` for text.",
    ),
    optional(
        "transitions",
        Kind::TextListMap,
        "For a status: which value may follow which. A value that is not listed is terminal; the database refuses every other step.",
    ),
];

/// The keys of a JSONB shape.
pub const SHAPE: &[Key] = &[
    required("doc", Kind::Text, "What the document says."),
    optional(
        "version",
        Kind::Text,
        "The shape's versioned name, `scheduler.graph-build-job@1`; stored in the document's member `schemaVersion`.",
    ),
    optional(
        "unknown",
        Kind::Word(&[
            word(
                "refuse",
                "A document with a member that is not declared is refused.",
            ),
            word("keep", "Members that are not declared are kept."),
        ]),
        "What happens to members that are not declared. Default: refuse.",
    ),
    optional(
        "members",
        Kind::TableMap("member", MEMBER),
        "The members of the document.",
    ),
    optional(
        "one_of",
        Kind::TextList,
        "The shape is one of these shapes, told apart by `schemaVersion`. Excludes the other keys but `doc`.",
    ),
];

/// The keys of a shape's member.
pub const MEMBER: &[Key] = &[
    required("type", Kind::Word(MEMBER_TYPE), "The member's JSON type."),
    optional(
        "of",
        Kind::Word(MEMBER_ITEM),
        "The type of the items of a list or the values of a map. Default: text.",
    ),
    optional("doc", Kind::Text, "What the member means."),
    optional(
        "optional",
        Kind::Boolean,
        "Whether the member may be absent. Default: false.",
    ),
    optional(
        "pattern",
        Kind::Text,
        "The regular expression that a text member matches.",
    ),
];

/// The types of a member.
pub const MEMBER_TYPE: &[Word] = &[
    word("text", "A string."),
    word("integer", "A whole number."),
    word("boolean", "True or false."),
    word("list", "A list; `of` names the type of its items."),
    word(
        "map",
        "An object with free keys; `of` names the type of its values.",
    ),
    word("object", "An object whose members are free."),
];

/// The types inside a list or a map.
pub const MEMBER_ITEM: &[Word] = &[
    word("text", "A string."),
    word("integer", "A whole number."),
    word("boolean", "True or false."),
    word("object", "An object."),
];

/// The keys of a unique key.
pub const UNIQUE: &[Key] = &[
    required("name", Kind::Text, "The name; the finder is `get_by_<name>`."),
    required(
        "columns",
        Kind::TextList,
        "The columns without the tenant, which is put in front.",
    ),
    optional(
        "where",
        Kind::Text,
        "The SQL condition of the rows that must be unique; makes it a partial unique index.",
    ),
    required("why", Kind::Text, "Why no two rows may agree here."),
];

/// The keys of an index.
pub const INDEX: &[Key] = &[
    required(
        "name",
        Kind::Text,
        "The name, `by_…`; the order is `T::BY_…`, the finder `list_by_…`.",
    ),
    optional(
        "pinned",
        Kind::TextList,
        "The columns that a query fixes by equality, after the tenant.",
    ),
    optional(
        "order",
        Kind::TextList,
        "The order of the rows that are left: `created_at desc`. The key is appended as tie-break.",
    ),
    optional(
        "where",
        Kind::Text,
        "The SQL condition of the rows in the index; lists by this order see those rows only.",
    ),
    optional(
        "what",
        Kind::Text,
        "The word for those rows in the index's name; required with `where`.",
    ),
    optional(
        "scope",
        Kind::Word(&[
            word("tenant", "Reads of one tenant."),
            word(
                "system",
                "Reads of a system scope across tenants; the tenant is not put in front.",
            ),
        ]),
        "Whose reads the index serves. Default: tenant.",
    ),
    required("why", Kind::Text, "The query that the index exists for."),
];

/// The keys of a check.
pub const CHECK: &[Key] = &[
    required(
        "name",
        Kind::Text,
        "The name; the constraint is `ck_<table>_<name>`.",
    ),
    required(
        "expression",
        Kind::Text,
        "The SQL condition; it may not be NULL for a good row.",
    ),
    required("why", Kind::Text, "What bad data it keeps out."),
];

/// The keys of a queue.
pub const QUEUE: &[Key] = &[
    required("status", Kind::Text, "The status column."),
    required("ready", Kind::Text, "The status of rows that can be claimed."),
    required("running", Kind::Text, "The status of claimed rows."),
    required(
        "lease_expires_at",
        Kind::Text,
        "The nullable timestamptz column that holds the end of the lease.",
    ),
    required(
        "leased_by",
        Kind::Text,
        "The nullable text column that names the worker.",
    ),
    required(
        "attempts",
        Kind::Text,
        "The integer column that counts the claims.",
    ),
    required(
        "order",
        Kind::Text,
        "The index whose order is the order of the queue; it pins the status alone.",
    ),
];
