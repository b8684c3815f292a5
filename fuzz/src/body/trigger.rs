//! `CREATE TRIGGER`, as written and as the server prints it: read or not, whatever the white space.

use stellaops_db_spec::ddl::expected::{TriggerForm, condition_of};

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "trigger",
    body,
    pieces: &[
        "CREATE TRIGGER ",
        "t",
        "\"T t\"",
        " BEFORE ",
        " AFTER ",
        " INSTEAD OF ",
        "INSERT",
        "UPDATE OF a",
        "DELETE",
        " OR ",
        " ON s.r",
        " FOR EACH ",
        "ROW",
        "STATEMENT",
        " WHEN (",
        "(old.a < 3)",
        "OLD.",
        "new.\"b.c\"",
        ")",
        " EXECUTE FUNCTION ",
        "s.f('x')",
        ";",
        "'",
        "\"",
        "é",
        ".",
        "\n",
    ],
};

/// Nothing panics.
pub fn body(data: &[u8]) {
    let text = text(data);
    let read = TriggerForm::parse(&text);
    let spaced: String = text.split(' ').collect::<Vec<_>>().join(" \n ");
    assert_eq!(TriggerForm::parse(&spaced), read, "{text:?}");
    if let Some(form) = read {
        assert!(!form.events.is_empty(), "{form:?}");
        assert!(
            ["BEFORE", "AFTER", "INSTEAD OF"].contains(&form.time.as_str()),
            "{form:?}"
        );
        assert_eq!(condition_of(&text).is_some(), form.is_conditional, "{form:?}");
    }
}
