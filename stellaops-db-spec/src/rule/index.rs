//! 05xx: indexes and orders.

use super::rules;

rules! { SpecCheck;
    INDEX_COLUMN = "SDB0501", "an index names columns of its table";
    reason "The name becomes part of the SQL and a constant of the order; a misspelt one would fail only when the schema file is applied.";
    wrong r#"pinned = ["stauts"]"#;
    right r#"pinned = ["status"]"#;

    NOT_LEAKPROOF = "SDB0502", "an index is on columns whose comparisons are leakproof";
    reason "Under row-level security PostgreSQL evaluates a condition before the policy only when its operator is leakproof. Those of arrays and JSONB are not, so the application role never uses such an index: it costs every write and serves no read.";
    wrong r#"[[indexes]]
name = "by_tags"
pinned = ["tags"]               # text[]
why = "jobs with these tags""#;
    right r#"[columns.payload]
shape = "graph_job_payload"
paths = [{ column = "sbom_digest", path = "sbomDigest", type = "text", doc = "The SBOM's digest." }]

[[indexes]]
name = "by_sbom_digest"
pinned = ["sbom_digest"]
why = "jobs of one SBOM""#;

    ORDER_NULLABLE = "SDB0503", "an order says where NULLs stand";
    reason "A page begins where the last one ended, by comparing with its last row, and every comparison with NULL is NULL. Where such rows stand must be known, or they would be skipped or never left. PostgreSQL puts them last when ascending and first when descending, which is seldom meant.";
    wrong r#"order = ["finished_at desc"]               # nullable = true"#;
    right r#"order = ["finished_at desc nulls last"]"#;

    ORDER_COLLATION = "SDB0504", "indexes, unique keys and orders are on columns of collation C";
    reason "Other collations sort differently between machines and versions. An index in such an order is corrupted by an upgrade of the library, and a cursor taken before it skips or repeats rows after it.";
    wrong r#"order = ["title"]               # collation = "en-x-icu""#;
    right r#"order = ["name"]                # collation C"#;

    ORDER_FORM = "SDB0505", "an order is a column, then `asc` or `desc`, then `nulls first` or `nulls last`";
    reason "An order becomes a typed constant and a keyset condition. Expressions or operators have no such form.";
    wrong r#"order = ["created_at descending"]"#;
    right r#"order = ["created_at desc"]"#;

    INDEX_NAME = "SDB0506", "the name of an index begins with `by_`";
    reason "It is read in code: the order `GraphJob::BY_STATUS_NEWEST`, the finder `list_by_status_newest`. Without the prefix it could be taken for a column.";
    wrong r#"name = "status_newest""#;
    right r#"name = "by_status_newest""#;

    INDEX_EMPTY = "SDB0507", "an index or a unique key has a column";
    reason "Without pins and order, an index is the tenant and the key: the primary key already is that index. A unique key without a column would allow one row a tenant, by accident.";
    wrong r#"[[indexes]]
name = "by_nothing"
why = "all rows""#;
    right r#"[[indexes]]
name = "by_newest"
order = ["created_at desc"]
why = "all rows, newest first""#;

    INDEX_PREFIX = "SDB0508", "no index is the beginning of another one or of a key";
    waivable true;
    reason "The longer index serves every look-up of the shorter one; the primary key and unique keys are indexes too. The shorter one costs every write, disk and memory, and serves nothing.";
    wrong r#"[[indexes]]
name = "by_status"
pinned = ["status"]
why = "jobs of one status"

[[indexes]]
name = "by_status_kind"
pinned = ["status", "kind"]
why = "jobs of one status and kind""#;
    right r#"[[indexes]]
name = "by_status_kind"
pinned = ["status", "kind"]
why = "jobs of one status, or of one status and kind""#;

    INDEX_REPEATS = "SDB0509", "an index names a column once";
    reason "A column that is fixed by equality has one value left, so it orders nothing; and the second place in an order never decides. The tenant is put in front by the tenancy, so it is not named at all.";
    wrong r#"pinned = ["status"]
order = ["status", "created_at desc"]"#;
    right r#"pinned = ["status"]
order = ["created_at desc"]"#;

    PARTIAL_WHAT = "SDB0510", "`where` and `what` stand together";
    reason "A partial index is a list of some rows only, and its name has to say which: `_active`. A word without a condition would promise a choice that is not made.";
    wrong r#"[[indexes]]
name = "by_name"
order = ["name"]
where = "deleted_at IS NULL"
why = "the active schedules""#;
    right r#"[[indexes]]
name = "by_name"
order = ["name"]
where = "deleted_at IS NULL"
what = "active"
why = "the active schedules""#;

    INDEX_CLASH = "SDB0511", "the names that are generated for indexes and constraints are distinct";
    reason "Indexes share one namespace in a schema, and their names are made from the columns. Two of the same columns, in another direction or for other rows, come out alike, and so may those of two tables; the second could not be created.";
    wrong r#"[[indexes]]
name = "by_newest"
order = ["created_at desc"]
why = "newest first"

[[indexes]]
name = "by_oldest"
order = ["created_at"]
why = "oldest first""#;
    right r#"[[indexes]]
name = "by_newest"
order = ["created_at desc"]
why = "both directions: an index is read forwards and backwards""#;

    SYSTEM_PINS = "SDB0512", "`scope = \"system\"` stands on an index of a table with a tenant";
    reason "It says that the tenant is not put in front, because a system scope reads across tenants. A global table has no tenant to leave out.";
    wrong r#"tenancy = "global"
[[indexes]]
name = "by_due"
order = ["next_fire_at"]
scope = "system"
why = "what is due""#;
    right r#"tenancy = "global"
[[indexes]]
name = "by_due"
order = ["next_fire_at"]
why = "what is due""#;

    SERVED_BY_KEY = "SDB0513", "`served_by` names the primary key or a unique key of the table";
    reason "Keys have indexes of their own, and an order that one of them serves needs no second index. Anything else has none: the list would sort.";
    wrong r#"[[indexes]]
name = "by_name"
served_by = "names"
why = "all schedules by name""#;
    right r#"[[unique]]
name = "name"
columns = ["name"]
why = "no two schedules of one name"

[[indexes]]
name = "by_name"
served_by = "name"
why = "all schedules by name""#;

    SERVED_BY_COLUMNS = "SDB0514", "an order that a key serves is the order of that key";
    reason "The index of a key holds the tenant, then the key's columns, ascending, and for a partial unique key some rows only. So the pins are the key's first columns, the order is what follows them, the rows are the same, and no column of the order may be NULL, because NULLs are not told apart. Across tenants the index serves nothing.";
    wrong r#"key = ["user_id", "role_id"]

[[indexes]]
name = "by_role"
pinned = ["role_id"]
served_by = "primary_key"
why = "the users of a role""#;
    right r#"key = ["user_id", "role_id"]

[[indexes]]
name = "by_user"
pinned = ["user_id"]
served_by = "primary_key"
why = "the roles of a user""#;

    FINDER_TARGET = "SDB0515", "a finder names one index with an order, or one unique key";
    reason "What serves the finder decides what it takes and gives: the pins of an index and a list, or the columns of a unique key and one row. Without either it would read the whole table.";
    wrong r#"[[finders]]
name = "list_due"
index = "by_next_fired"
doc = "What is to be fired now.""#;
    right r#"[[finders]]
name = "list_due"
index = "by_next_fire"
doc = "What is to be fired now.""#;

    FINDER_NAME = "SDB0516", "a finder's name begins with `list_` or `get_` and is its own";
    reason "It becomes a method of the repository: `list_` gives a list, `get_` one row. `get_by_<unique key>` and `list_<index>` exist by themselves; a second method of one name does not compile.";
    wrong r#"[[finders]]
name = "due"
index = "by_next_fire"
doc = "What is to be fired now.""#;
    right r#"[[finders]]
name = "list_due"
index = "by_next_fire"
doc = "What is to be fired now.""#;

    FINDER_DUE = "SDB0517", "what is due is listed by an index whose order begins with a timestamptz";
    reason "Due are the rows whose time the database's clock has passed. They are the first ones of such an index, so that the list reads them and nothing else; in any other order it would read all rows and drop most.";
    wrong r#"[[indexes]]
name = "by_name"
order = ["name"]
why = "triggers by name"

[[finders]]
name = "list_due"
index = "by_name"
due = true
doc = "What is to be fired now.""#;
    right r#"[[indexes]]
name = "by_next_fire"
order = ["next_fire_at"]
why = "triggers in the order they fire"

[[finders]]
name = "list_due"
index = "by_next_fire"
due = true
doc = "What is to be fired now.""#;

    SEARCH_FORM = "SDB0518", "a full-text search is over texts of a global table";
    reason "PostgreSQL evaluates a condition ahead of a policy only when its operator is leakproof, and `@@` is not: under row-level security the index of a search is never used, and every search reads all rows of the tenant. What is searched are columns of type text or text[] that are stored, at least one; the generated column is made from them.";
    wrong r#"tenancy = "tenant"
[search]
column = "words"
fields = [{ column = "title", weight = "A" }]
why = "jobs are found by their titles""#;
    right r#"tenancy = "global"
[search]
column = "words"
fields = [{ column = "title", weight = "A" }]
why = "advisories are found by their titles""#;

    SENSITIVE_INDEX = "SDB0519", "no index and no unique key holds a sensitive column";
    waivable true;
    reason "An index is a second copy of the value, and it answers whether a value that was guessed is there. Where rows are found by a secret, the table is excused by a waiver that says so, and the column holds a keyed hash of the secret.";
    wrong r#"[columns.email]
type = "text"
sensitive = true

[[unique]]
name = "email"
columns = ["email"]
why = "people sign in with it""#;
    right r#"[columns.email_hash]
type = "bytea"
sensitive = true
doc = "HMAC-SHA-256 of the address."

[[unique]]
name = "email_hash"
columns = ["email_hash"]
why = "people sign in with the address"

[[waivers]]
rule = "SDB0519"
why = "the hash is keyed: without the key nothing can be guessed""#;
}
