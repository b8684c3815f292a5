//! 064x: the specs held against `generated/specs.lock`, what was generated last.

use super::rules;

rules! { SpecCheck;
    ENUM_VALUE_REMOVED = "SDB0640", "a value of an enum that was generated once stays, in use or retired";
    reason "Stored rows may hold the value for years. Without it in the spec the CHECK is violated by rows that are there, and a program that reads one of them fails. A value that is used no more is listed in `retired`.";
    wrong r#"# generated/specs.lock: value.paused = 2
values = { open = 0, done = 1 }"#;
    right r#"values = { open = 0, done = 1 }
retired = { paused = 2 }"#;

    ENUM_RENUMBERED = "SDB0641", "a value keeps its code";
    reason "Rows hold the number. With another one in the spec, every stored row means something else from the next deployment on, and nothing fails.";
    wrong r#"# generated/specs.lock: value.done = 1
values = { open = 0, closed = 1, done = 2 }"#;
    right r#"values = { open = 0, done = 1, closed = 2 }"#;

    RETIRED_GIVEN_AGAIN = "SDB0642", "neither the name nor the code of a retired value is given again";
    reason "Rows from before hold the old value. They would come back to life as something that nobody meant.";
    wrong r#"# generated/specs.lock: retired.paused = 2
values = { open = 0, done = 1, archived = 2 }"#;
    right r#"values = { open = 0, done = 1, archived = 3 }
retired = { paused = 2 }"#;

    ENUM_STORAGE_CHANGED = "SDB0643", "an enum keeps its storage";
    reason "The column's type follows from it: numbers do not become texts by a change of the spec, and the file of the schema makes tables and never alters them.";
    wrong r#"# generated/specs.lock: storage = "smallint"
storage = "text"
values = ["open", "done"]"#;
    right r#"storage = "smallint"
values = { open = 0, done = 1 }"#;

    SHAPE_CHANGED = "SDB0644", "documents of one version are alike";
    reason "A stored document says its version and nothing more. When a member becomes required, changes its type or is refused under the same version, documents that were good cannot be read any more, and nobody can tell which are which.";
    wrong r#"# generated/specs.lock: version = "scheduler.graph-job@1", without the member tag
version = "scheduler.graph-job@1"
members.tag = { type = "text" }"#;
    right r#"version = "scheduler.graph-job@1"
members.tag = { type = "text", optional = true }"#;
}
