//! 033x: conventions of columns, which a table may be excused from, with a reason.

use super::rules;

rules! { SpecCheck;
    NULLABLE_BOOLEAN = "SDB0332", "a boolean is true or false";
    waivable true;
    reason "A boolean that may be NULL has three values, and nobody says what the third one means. `NOT flag` and `flag = false` then give different rows. Three values are an enum; a fact that may not have happened yet is a timestamp.";
    wrong r#"[columns.approved]
type = "boolean"
nullable = true"#;
    right r#"[columns.approved_at]
type = "timestamptz"
nullable = true
doc = "When the request was approved; NULL: not yet.""#;

    NULLABLE_ARRAY = "SDB0333", "a list is never NULL";
    waivable true;
    reason "An empty list says that there is nothing. NULL beside it would say the same in another way, and every condition on the list would have to name both.";
    wrong r#"[columns.tags]
type = "text[]"
nullable = true"#;
    right r#"[columns.tags]
type = "text[]"
default = []"#;

    CREATED_AT_FORM = "SDB0334", "`created_at` is when the row was made, and never changes";
    waivable true;
    reason "People and programs read the name without looking at the spec: a timestamptz that is always there, that the client's clock fills by itself, and that no update moves. Lists are ordered by it.";
    wrong r#"[columns.created_at]
type = "timestamptz"
nullable = true"#;
    right r#"[columns.created_at]
type = "timestamptz"
default = "now"
immutable = true"#;

    UPDATED_AT_FORM = "SDB0335", "`updated_at` is set by every update";
    waivable true;
    reason "A time of the last change that somebody has to remember to set is wrong sooner or later. With `on_update` the client sets it with every patch and swap, and a trigger for hand-written SQL. A table whose rows never change has none.";
    wrong r#"[columns.updated_at]
type = "timestamptz"
default = "now""#;
    right r#"[columns.updated_at]
type = "timestamptz"
default = "now"
on_update = "now""#;

    ID_FORM = "SDB0336", "`id` is a uuid, or a number that the database gives";
    waivable true;
    reason "A UUIDv7 is made by the client before the row exists, in the order of time, and `Id<T>` says in Rust which table it belongs to. A log of events is numbered by the database. A key with a meaning of its own has a name of its own.";
    wrong r#"[columns.id]
type = "text""#;
    right r#"[columns.id]
type = "uuid"
default = "uuid_v7""#;

    PATTERN_ANCHOR = "SDB0337", "a pattern matches the whole text";
    waivable true;
    reason "Without ^ and $ a regular expression is found anywhere inside: `[0-9a-f]{64}` accepts a digest with anything in front of it and behind it.";
    wrong r#"[columns.digest]
type = "text"
pattern = "sha256:[0-9a-f]{64}""#;
    right r#"[columns.digest]
type = "text"
pattern = "^sha256:[0-9a-f]{64}$""#;

    RESERVED_WORD = "SDB0338", "no table and no column is called by a reserved word of SQL";
    waivable true;
    reason "The toolkit quotes such a name everywhere, people forget to: `SELECT user FROM sessions` is no error and gives the name of the login instead of the column.";
    wrong r#"[columns.user]
type = "text""#;
    right r#"[columns.user_name]
type = "text""#;

    PATTERN_REPETITION = "SDB0340", "a pattern repeats nothing more than 255 times";
    reason "PostgreSQL refuses a greater count, and only when the first row comes: `invalid repetition count(s)`. The length of a text is counted by `max_length`.";
    wrong r#"[columns.address]
type = "text"
pattern = "^https://.{1,500}$""#;
    right r#"[columns.address]
type = "text"
max_length = 500
pattern = "^https://.+$""#;
}
