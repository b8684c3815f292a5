//! The keys of what a table keeps and for how long: search, retention, partitions, hash chain, outbox, waivers.

use super::{Key, Kind, optional, required, word};

/// The keys of a full-text search.
pub const SEARCH: &[Key] = &[
    required(
        "column",
        Kind::Text,
        "The name of the generated tsvector column; no field of a struct.",
    ),
    optional(
        "language",
        Kind::Word(&[
            word("simple", "Words as they are, in lower case."),
            word("english", "English word stems, without stop words."),
        ]),
        "How texts are taken apart. Default: simple.",
    ),
    required(
        "fields",
        Kind::TableList("search field", SEARCH_FIELD),
        "The text columns that are searched, the weightiest first.",
    ),
    required("why", Kind::Text, "The question that the search answers."),
];

/// The keys of a searched column.
pub const SEARCH_FIELD: &[Key] = &[
    required("column", Kind::Text, "A text or text[] column of the table."),
    required(
        "weight",
        Kind::Word(&[
            word("A", "Counts most."),
            word("B", "Counts less than A."),
            word("C", "Counts less than B."),
            word("D", "Counts least."),
        ]),
        "How much a match in it counts.",
    ),
];

/// The keys of a retention.
pub const RETENTION: &[Key] = &[
    required(
        "column",
        Kind::Text,
        "The timestamptz column, never NULL, that the age of a row is counted from.",
    ),
    required("days", Kind::Integer, "How many days a row is kept, at least 1."),
    required("why", Kind::Text, "Why so long, and no longer."),
];

/// The keys of a partitioning.
pub const PARTITION: &[Key] = &[
    required(
        "by",
        Kind::Text,
        "The timestamptz column, immutable and part of the key, whose month decides.",
    ),
    optional(
        "ahead",
        Kind::Integer,
        "How many months beyond the current one have their partition made. Default: 3.",
    ),
    required("why", Kind::Text, "Why the table is partitioned."),
];

/// The keys of a hash chain.
pub const HASH_CHAIN: &[Key] = &[
    required(
        "heads",
        Kind::Text,
        "The table of the same schema with one row a tenant: its key is the tenant alone, its columns `position` (bigint), `hash` (bytea) and `updated_at`.",
    ),
    required(
        "position",
        Kind::Text,
        "The bigint column that numbers the rows of a tenant from 1; set by the database.",
    ),
    required(
        "previous",
        Kind::Text,
        "The bytea column with the hash of the row before, of 32 zero bytes for the first; set by the database.",
    ),
    required(
        "hash",
        Kind::Text,
        "The bytea column with the SHA-256 of the row and of `previous`; set by the database.",
    ),
    required("why", Kind::Text, "What the chain proves, and to whom."),
];

/// The keys of an outbox.
pub const OUTBOX: &[Key] = &[
    required(
        "number",
        Kind::Text,
        "The identity column of the key, whose numbers are the order of delivery.",
    ),
    required("why", Kind::Text, "Who follows the events, and for what."),
];

/// The keys of the evidence of system scopes.
pub const EVIDENCE: &[Key] = &[
    required("actor", Kind::Text, "The text column that takes the login."),
    required(
        "action",
        Kind::Text,
        "The text column that takes `system_scope.opened` or `system_scope.closed`.",
    ),
    required(
        "reason",
        Kind::Text,
        "The text column that takes why the scope was opened.",
    ),
    required(
        "entity",
        Kind::Text,
        "The text column that takes the id of the scope's row in `stellaops.system_access`.",
    ),
    required(
        "time",
        Kind::Text,
        "The timestamptz column that takes when the scope opened or ended.",
    ),
    optional(
        "values",
        Kind::TextMap,
        "Further columns, of type text or enum, with the value that they have in every such row.",
    ),
];

/// The keys of a waiver.
pub const WAIVER: &[Key] = &[
    required("rule", Kind::Text, "The code of the rule, `SDB0513`."),
    required("why", Kind::Text, "Why the rule does not fit this table."),
];
