//! The keys of the three kinds of file.

use super::{
    CHECK, COLUMN, ENUM, EVIDENCE, FINDER, HASH_CHAIN, INDEX, Key, Kind, OUTBOX, PARTITION, QUEUE, REFERENCE,
    RETENTION, SEARCH, SHAPE, UNIQUE, WAIVER, Word, optional, required, word,
};

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
    optional(
        "doc",
        Kind::Text,
        "More about the database: the principles that hold in all its schemas. Markdown.",
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
        "deletable",
        Kind::Boolean,
        "Whether rows may be deleted. Default: true. `false`: the database refuses DELETE, and the repository has no such verb; rows can still be changed, and a retention can still end their life.",
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
        "references",
        Kind::TableList("composite reference", REFERENCE),
        "Foreign keys of several columns, or to a unique key; those of one column to a primary key stand at the column.",
    ),
    optional(
        "finders",
        Kind::TableList("finder", FINDER),
        "Reads under names of their own, each served by an index or a key; `get_by_<unique key>` and `list_<index>` exist without being listed.",
    ),
    optional(
        "search",
        Kind::Table("search", SEARCH),
        "Full-text search over a global table: a generated tsvector column with a GIN index.",
    ),
    optional(
        "retention",
        Kind::Table("retention", RETENTION),
        "How long a row is kept. Rows past it may be deleted by a system scope, facts of an append-only table too; of a partitioned table, whole partitions are detached.",
    ),
    optional(
        "partition",
        Kind::Table("partition", PARTITION),
        "Partitions the table by the months of a timestamptz column of its key.",
    ),
    optional(
        "hash_chain",
        Kind::Table("hash chain", HASH_CHAIN),
        "Chains the rows of each tenant by hashes that the database computes, so that a changed or missing row is found.",
    ),
    optional(
        "outbox",
        Kind::Table("outbox", OUTBOX),
        "Delivers the rows, which are events, to consumers: those of each tenant in their order, each at least once.",
    ),
    optional(
        "evidence",
        Kind::Table("evidence", EVIDENCE),
        "Makes each opening and end of a system scope a row of this table, of the tenant `@system`; a system scope whose evidence cannot be written does not open.",
    ),
    optional(
        "waivers",
        Kind::TableList("waiver", WAIVER),
        "Rules that this table is excused from, each with the reason; listed in the written specification.",
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
