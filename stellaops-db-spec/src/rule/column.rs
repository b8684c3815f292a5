//! 03xx: columns and their types.

use super::rules;

rules! { SpecCheck;
    COLUMN_KIND = "SDB0301", "a column says exactly one of `type`, `enum` and `shape`";
    reason "Each of the three decides the SQL type, the Rust type and the CHECK. With none there is no type, with two they contradict each other.";
    wrong r#"[columns.status]
type = "smallint"
enum = "graph_job_status""#;
    right r#"[columns.status]
enum = "graph_job_status""#;

    ENUM_UNDECLARED = "SDB0302", "a column's enum is declared in its schema";
    reason "The values, their codes and their legal steps come from the declaration, in the table's file or in `schema.toml`. Another schema's enums are another service's business.";
    wrong r#"[columns.status]
enum = "graph_jobs_status""#;
    right r#"[columns.status]
enum = "graph_job_status"

[enums.graph_job_status]
doc = "How far the job is."
storage = "text"
values = ["pending", "done"]"#;

    SHAPE_UNDECLARED = "SDB0303", "a column's shape is declared in its schema";
    reason "A JSONB column without a declared shape would take any document, and no reader could rely on a member.";
    wrong r#"[columns.payload]
shape = "payload""#;
    right r#"[columns.payload]
shape = "graph_job_payload"

[shapes.graph_job_payload]
doc = "What is to be built."
version = "scheduler.graph-job@1"
members.sbomId = { type = "text" }"#;

    DEFAULT_TYPE = "SDB0304", "a default is a value of its column";
    reason "The client applies the default and the database has the same one in its DDL. A value that the column cannot hold, or that its own bounds refuse, would fail at the first insert that relies on it.";
    wrong r#"[columns.attempts]
type = "integer"
default = "none""#;
    right r#"[columns.attempts]
type = "integer"
default = 0"#;

    BOUND_TYPE = "SDB0305", "a bound fits the type of its column";
    reason "`min` and `max` compare integers, `min_length` and `max_length` count characters or elements, `pattern` matches a text. On any other type the CHECK would not be valid SQL.";
    wrong r#"[columns.name]
type = "text"
max = 200"#;
    right r#"[columns.name]
type = "text"
max_length = 200"#;

    BOUND_ORDER = "SDB0306", "a least value is not greater than the greatest";
    reason "No value fulfils both bounds, so the table could hold no row. A length is never negative, and a bound outside the type is never reached.";
    wrong r#"[columns.weight]
type = "integer"
min = 10
max = 1"#;
    right r#"[columns.weight]
type = "integer"
min = 1
max = 10"#;

    COLUMN_UNDOCUMENTED = "SDB0307", "every column says what it means";
    reason "The meaning becomes the column's comment and its entry in the reference. An enum or a shape brings its own; a bare type says nothing about what the value is for.";
    wrong r#"[columns.cursor]
type = "text""#;
    right r#"[columns.cursor]
type = "text"
doc = "Where the last read of the feed ended.""#;

    IDENTITY_FORM = "SDB0308", "an identity is a bigint of the key without a default";
    reason "The database numbers the rows with GENERATED ALWAYS AS IDENTITY: it supplies every value, never NULL, and 32 bits run out. Outside the key such a number would identify nothing.";
    wrong r#"[columns.id]
type = "integer"
identity = true
default = 1"#;
    right r#"[columns.id]
type = "bigint"
identity = true"#;

    TOUCHED_FORM = "SDB0309", "`on_update = \"now\"` stands on a timestamptz with `default = \"now\"`";
    reason "The column holds the time of the last change. A new row was changed when it was made, so there is always a value; and it is a point in time, hence timestamptz and NOT NULL.";
    wrong r#"[columns.updated_at]
type = "timestamptz"
nullable = true
on_update = "now""#;
    right r#"[columns.updated_at]
type = "timestamptz"
default = "now"
on_update = "now""#;

    PATH_COLUMN = "SDB0310", "paths are promoted from a shape column";
    reason "A promoted path is computed from a JSONB document whose members are declared. Other types have no members.";
    wrong r#"[columns.name]
type = "text"
paths = [{ column = "first", path = "first", type = "text", doc = "The first name." }]"#;
    right r#"[columns.payload]
shape = "graph_job_payload"
paths = [{ column = "sbom_id", path = "sbomId", type = "text", doc = "The SBOM." }]"#;

    PATH_UNKNOWN = "SDB0311", "a promoted path ends at a declared text member";
    reason "A path that no document has gives a column that is NULL in every row, and an index that finds nothing. The generated column is a text, so the member is one.";
    wrong r#"paths = [{ column = "sbom_id", path = "sbomID", type = "text", doc = "The SBOM." }]"#;
    right r#"paths = [{ column = "sbom_id", path = "sbomId", type = "text", doc = "The SBOM." }]"#;

    COLLATION_REASON = "SDB0312", "another collation stands on a text and says why";
    reason "Texts are compared by collation C: the same on every machine and in every version, and equality is equality of bytes. Other collations change with the operating system or the ICU library, which silently corrupts indexes, so each one needs its reason.";
    wrong r#"[columns.title]
type = "text"
collation = "en-x-icu""#;
    right r#"[columns.title]
type = "text"
collation = "en-x-icu"
collation_why = "sorted for people on export only""#;

    ROW_VERSION_FORM = "SDB0313", "a row version is a bigint, NOT NULL, with default 1";
    reason "Every update adds one to it. NULL plus one is NULL, a narrower number overflows, and a new row that starts elsewhere than at 1 looks as if it had been changed.";
    wrong r#"row_version = "row_version"
[columns.row_version]
type = "integer"
nullable = true"#;
    right r#"row_version = "row_version"
[columns.row_version]
type = "bigint"
default = 1"#;

    SOFT_DELETE_FORM = "SDB0314", "a soft delete is a nullable timestamptz without default";
    reason "NULL means that the row is alive. A column that is NOT NULL, or that has a default, would make every new row a deleted one.";
    wrong r#"soft_delete = "deleted_at"
[columns.deleted_at]
type = "timestamptz"
default = "now""#;
    right r#"soft_delete = "deleted_at"
[columns.deleted_at]
type = "timestamptz"
nullable = true"#;

    COLUMN_UNKNOWN = "SDB0315", "a key that names a column names one of this table";
    reason "`row_version`, `soft_delete` and unique keys work on columns of the table itself; a name that is none is a misspelling.";
    wrong r#"soft_delete = "delete_at""#;
    right r#"soft_delete = "deleted_at""#;

    COLUMN_ROLES = "SDB0316", "a column has one job";
    reason "The job decides who may write the column and when: a key never changes, a status changes by compare-and-swap, a row version by every update. Two jobs would give two writers with different rules.";
    wrong r#"row_version = "revision"
[columns.revision]
type = "bigint"
default = 1
immutable = true"#;
    right r#"row_version = "revision"
[columns.revision]
type = "bigint"
default = 1"#;

    CONDITION_FORM = "SDB0317", "an SQL condition is one expression";
    reason "The condition is put between parentheses in CREATE TABLE, CREATE INDEX and the WHERE of a list. A comment, a semicolon or a parenthesis too many would swallow or end what stands behind it.";
    wrong r#"[[checks]]
name = "name_is_given"
expression = "name <> '' -- or NULL"
why = "nobody finds a thing without a name""#;
    right r#"[[checks]]
name = "name_is_given"
expression = "name <> ''"
why = "nobody finds a thing without a name""#;

    EXAMPLE_VALUE = "SDB0318", "an example is a value of its column";
    reason "The example stands in the written specification, and the generated tests insert it. It is written as its column's type is: a text, a number, a boolean or a list; a uuid, a date and a point in time as text; bytes in hexadecimal digits. JSONB documents have examples at their members, and what the database sets has none.";
    wrong r#"[columns.digest]
type = "text"
max_length = 71
example = 7"#;
    right r#"[columns.digest]
type = "text"
max_length = 71
example = "sha256:0000000000000000000000000000000000000000000000000000000000000000""#;

    SENSITIVE_COLUMN = "SDB0319", "a sensitive column names no row and is in no order";
    reason "Its value is never shown. A key is in logs, references and addresses, and a cursor, which a client keeps, holds the values of its order. What decides about a row, like a status, a lease or a version, has to be readable, and so have a boolean and the values of an enum: they are words of the specification.";
    wrong r#"key = ["email"]
[columns.email]
type = "text"
sensitive = true"#;
    right r#"[columns.id]
type = "uuid"
[columns.email]
type = "text"
sensitive = true"#;
}
