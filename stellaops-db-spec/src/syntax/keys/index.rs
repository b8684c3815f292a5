//! The keys of unique keys, indexes, finders and checks.

use super::{Key, Kind, optional, required, word};

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
    optional(
        "served_by",
        Kind::Text,
        "`primary_key` or the name of a unique key whose own index serves this order already: no further index is made, and the order is that of the key's remaining columns.",
    ),
    required("why", Kind::Text, "The query that the index exists for."),
];

/// The keys of a finder: a read under a name of its own.
pub const FINDER: &[Key] = &[
    required(
        "name",
        Kind::Text,
        "The name of the repository's method: `list_due`, `get_latest`.",
    ),
    optional(
        "index",
        Kind::Text,
        "The index whose order the finder lists. Exactly one of `index` and `unique` is written.",
    ),
    optional("unique", Kind::Text, "The unique key that the finder looks up."),
    optional(
        "due",
        Kind::Boolean,
        "Lists only rows whose first ordered column, a timestamptz, is not after the database's clock.",
    ),
    required(
        "doc",
        Kind::Text,
        "What the finder answers; becomes the method's documentation.",
    ),
];

/// The keys of a composite reference.
pub const REFERENCE: &[Key] = &[
    required(
        "columns",
        Kind::TextList,
        "The columns that point, without the tenant, which is put in front.",
    ),
    required(
        "to",
        Kind::Text,
        "The table of the same schema that they point at.",
    ),
    optional(
        "key",
        Kind::Text,
        "The unique key of that table that they hold, by its name. Default: the primary key.",
    ),
    optional(
        "on_delete",
        Kind::Word(super::ON_DELETE),
        "What happens to this row when the row it points at is deleted. Default: restrict.",
    ),
    required("why", Kind::Text, "What the reference keeps true."),
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
