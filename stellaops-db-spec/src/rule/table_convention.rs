//! 043x: conventions of tables, which a table may be excused from, with a reason.

use super::rules;

rules! { SpecCheck;
    KEY_UNBOUNDED = "SDB0430", "a text in a key or an index has a greatest length";
    waivable true;
    reason "A row of a b-tree index has at most 2,704 bytes, the tenant included. A longer text is refused when it is inserted, with an error about an index that the caller has never heard of. A bound of at most 2,000 characters, or a pattern that ends somewhere, says so before.";
    wrong r#"[columns.name]
type = "text"

[[unique]]
name = "name"
columns = ["name"]
why = "people name a schedule""#;
    right r#"[columns.name]
type = "text"
max_length = 200

[[unique]]
name = "name"
columns = ["name"]
why = "people name a schedule""#;

    SOFT_DELETE_UNIQUE = "SDB0431", "a unique key knows of soft deletion";
    waivable true;
    reason "A deleted row is still there, and holds its name: nobody sees it, and nobody can use the name again. With a condition on the mark, only rows that are alive must differ.";
    wrong r#"soft_delete = "deleted_at"

[[unique]]
name = "name"
columns = ["name"]
why = "people name a schedule""#;
    right r#"soft_delete = "deleted_at"

[[unique]]
name = "name"
columns = ["name"]
where = "deleted_at IS NULL"
why = "people name a schedule; a deleted one gives its name back""#;

    NO_READ_PATH = "SDB0432", "the rows of a table can be found without knowing their ids";
    waivable true;
    reason "A key that a machine made up is known only to who has read it. Without an order, a unique key, a finder or a search, nobody can read it anywhere: the rows are written and never found again.";
    wrong r#"[columns.id]
type = "uuid"
default = "uuid_v7"             # and no index, no unique key"#;
    right r#"[[indexes]]
name = "by_newest"
order = ["created_at desc"]
why = "list the rows, newest first""#;
}
