//! SQL of the application's own, as it is looked at before it is sent: one number of values fits, and what stands in a
//! comment or a text behind it is not counted.

use stellaops_db::Error;
use stellaops_db::fuzzing::look_at_query;

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "query_text",
    body,
    pieces: &[
        "SELECT ",
        "WITH ",
        "INSERT INTO ",
        "SET ",
        "BEGIN",
        "$1",
        "$2",
        "$99999999999999999999",
        "$$",
        "$a$",
        "$a",
        "'",
        "''",
        "E'",
        "e'\\'",
        "\\",
        "\"",
        "--",
        "\n",
        "\r",
        "/*",
        "*/",
        "(",
        ")",
        ";",
        ",",
        "::",
        "U&'",
        "é",
        "\u{a0}",
        "\u{2028}",
        "a$1",
        "1",
        " ",
    ],
};

/// Nothing panics, and a remark behind the text changes nothing.
pub fn body(data: &[u8]) {
    let text = text(data);
    let named = match look_at_query(&text, 0) {
        Ok(()) => 0,
        Err(Error::QueryParameters { named, bound: 0 }) => named,
        Err(Error::QueryStatement { .. }) => return,
        Err(other) => panic!("{text:?}: {other:?}"),
    };
    // The server ends a remark at either, and elsewhere the two are the same.
    let returned = text.replace('\n', "\r");
    assert!(
        look_at_query(&returned, named).is_ok(),
        "{returned:?} has {named} values"
    );
    for behind in ["", "\n-- $7777\n", "\r-- $7777\r"] {
        let longer = format!("{text}{behind}");
        if let Err(error) = look_at_query(&longer, named) {
            panic!("{longer:?} with {named} values: {error:?}");
        }
    }
}
