//! 032x and 033x: types of SQL that no column has.

use super::rules;

rules! { SpecCheck;
    TYPE_VARCHAR = "SDB0320", "a text is of type text";
    reason "varchar(n) and char(n) are stored as text is, and are no faster. The length of varchar cannot be changed without a lock on the table, char(n) pads with blanks that comparisons ignore, citext compares by the locale of the machine. A bound is a CHECK, which can be changed later.";
    wrong r#"[columns.name]
type = "varchar(200)""#;
    right r#"[columns.name]
type = "text"
max_length = 200"#;

    TYPE_MONEY = "SDB0321", "an amount of money is a whole number of the smallest unit";
    reason "The type money has the currency and the decimals of the server's locale: the same row reads as another amount on another machine.";
    wrong r#"[columns.price]
type = "money""#;
    right r#"[columns.price_cents]
type = "bigint"
doc = "The price, in cents of `currency`.""#;

    TYPE_FLOAT = "SDB0322", "no column is a floating-point number";
    reason "Most decimal fractions have no exact float, sums depend on the order of the rows, and two machines may print the same value differently. What is hashed, compared or paid must be exact.";
    wrong r#"[columns.score]
type = "double precision""#;
    right r#"[columns.score_per_mille]
type = "integer"
min = 0
max = 1000"#;

    TYPE_NUMERIC = "SDB0323", "a number is a whole number in a named unit";
    reason "Comparisons of numeric are not leakproof, so an index on it is never used under row-level security; one value has many spellings (1.0 and 1.00), so a hash of it is not stable; and Rust has no type of its own for it.";
    wrong r#"[columns.price]
type = "numeric(10, 2)""#;
    right r#"[columns.price_cents]
type = "bigint""#;

    TYPE_JSON = "SDB0324", "a JSON document has a declared shape";
    reason "A JSONB column without a shape takes any document; no reader can rely on a member, and nobody can tell which version of a document is in the row. Keys and values of free form are a shape too: a map, or `unknown = \"keep\"`.";
    wrong r#"[columns.payload]
type = "jsonb""#;
    right r#"[columns.payload]
shape = "graph_job_payload"

[shapes.graph_job_payload]
doc = "What is to be built."
version = "scheduler.graph-job@1"
members.sbomId = { type = "text" }"#;

    TYPE_SERIAL = "SDB0325", "a number that the database gives is an identity";
    reason "serial is a default on a sequence that belongs to somebody else: it needs a grant of its own, is overwritten by any value that is sent, and serial itself runs out after 2 billion rows. An identity is always the database's.";
    wrong r#"[columns.id]
type = "bigserial""#;
    right r#"[columns.id]
type = "bigint"
identity = true"#;

    TYPE_TIMESTAMP = "SDB0326", "a point in time has a time zone";
    reason "A timestamp without time zone is what a clock on some wall showed: which point in time that was depends on the session that reads it. timestamptz is one point in time everywhere, and takes no more room.";
    wrong r#"[columns.created_at]
type = "timestamp""#;
    right r#"[columns.created_at]
type = "timestamptz""#;

    TYPE_TIME = "SDB0327", "a time of day is minutes after midnight and a time zone";
    reason "A time of day means a point in time only with a day and a time zone, and timetz has an offset that is wrong for half of the year. Two columns say what is meant.";
    wrong r#"[columns.starts_at]
type = "time""#;
    right r#"[columns.starts_at_minute]
type = "smallint"
min = 0
max = 1439

[columns.timezone]
type = "text""#;

    TYPE_INTERVAL = "SDB0328", "a duration is a whole number in a named unit";
    reason "An interval of one month has no length until it is added to a date, and `24 hours` and `1 day` are equal and mean different things. A number of seconds is the same to everybody.";
    wrong r#"[columns.timeout]
type = "interval""#;
    right r#"[columns.timeout_seconds]
type = "integer"
min = 1"#;

    TYPE_SPECIAL = "SDB0329", "a column has one of the types of the format";
    reason "Network addresses, geometry, ranges, bit strings, XML and search vectors have operators that are not leakproof, several spellings of one value, or no type of their own in Rust. The closed list of types is what the checks, the generated SQL and the generated code know in full.";
    wrong r#"[columns.address]
type = "inet""#;
    right r#"[columns.address]
type = "text"
max_length = 45
pattern = "^[0-9a-f:.]+$""#;

    TYPE_ENUM = "SDB0330", "an enum is declared in the spec and stored as smallint or text";
    reason "The values of a native enum cannot be removed, cannot be reordered, and their comparison is not leakproof. A declared enum has a CHECK that changes with the spec, and for a status the legal steps.";
    wrong r#"[columns.status]
type = "enum('pending', 'done')""#;
    right r#"[columns.status]
enum = "job_status"

[enums.job_status]
doc = "How far the job is."
storage = "smallint"
values = { pending = 0, done = 1 }"#;

    TYPE_ARRAY = "SDB0331", "an array is of texts or of UUIDs";
    reason "Arrays are for short lists that are read whole. What is searched or counted has a row of its own, with an index that row-level security can use; what has structure is a document with a shape.";
    wrong r#"[columns.attempt_times]
type = "timestamptz[]""#;
    right r#"# specs/scheduler/job_attempts.toml: a row an attempt
[columns.attempted_at]
type = "timestamptz""#;
}
