//! The keys of enums and JSONB shapes.

use super::{Key, Kind, Word, optional, required, word};

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
    optional(
        "initial",
        Kind::TextList,
        "For a status: the values that a new row begins with; all others are reached by steps. Default: the columns' defaults; without one, the values that no other leads to. Rows that are taken over from elsewhere may arrive with any value.",
    ),
    optional(
        "retired",
        Kind::Codes,
        "Values that were released once and are used no more, in the form of `values`: stored rows may still hold them, and neither their names nor their codes are given again.",
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
        "former",
        Kind::TextList,
        "The shapes of former versions, each declared like any other: rows that hold them are read, and given in the form of this version by the Rust type; new rows get this version.",
    ),
    optional(
        "part",
        Kind::Boolean,
        "The shape is used inside other shapes only: it has no version and no `schemaVersion` of its own.",
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
        "The regular expression that a text member matches, and each item of a list, set or map of texts.",
    ),
    optional(
        "values",
        Kind::TextList,
        "The words that a text member may be, and each item of a list, set or map of texts.",
    ),
    optional(
        "shape",
        Kind::Text,
        "The shape, declared with `part = true`, that an object has, or each object in a list or map.",
    ),
    optional("min", Kind::Integer, "The least value of an integer member."),
    optional("max", Kind::Integer, "The greatest value of an integer member."),
    optional(
        "min_length",
        Kind::Integer,
        "The least length of a text in characters, or of a list or set in items.",
    ),
    optional(
        "max_length",
        Kind::Integer,
        "The greatest length of a text in characters, or of a list or set in items.",
    ),
    optional(
        "example",
        Kind::Literal,
        "A good value of a text, integer, boolean or list member, as the written specification shows it and the generated tests insert it.",
    ),
];

/// The types of a member.
pub const MEMBER_TYPE: &[Word] = &[
    word("text", "A string."),
    word("integer", "A whole number."),
    word("boolean", "True or false."),
    word("list", "A list; `of` names the type of its items."),
    word(
        "set",
        "A list of texts, sorted by bytes and without duplicates, so that equal sets are equal documents. Rust: `BTreeSet<String>`.",
    ),
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
