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
