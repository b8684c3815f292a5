//! SQL/JSON paths of checks, as the server prints them: what is read of one is TOML.

use stellaops_db::fuzzing::read_json_path;

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "json_path",
    body,
    pieces: &[
        "strict $.\"",
        "lax $",
        "\"",
        "member",
        "[*]",
        ".*",
        "?(",
        "? (",
        ")",
        "(",
        "@.type() != \"string\"",
        "@.type() != ",
        "@ == \"",
        "!(",
        " || ",
        " && ",
        "@ < ",
        "@ > ",
        "@.size() < ",
        "@.size() > ",
        "1",
        "-9223372036854775808",
        "exists(@",
        "\\",
        "\\\"",
        "'",
        "]",
        "[",
        "é",
        "\n",
    ],
};

/// Nothing panics, and a path's words stay values.
pub fn body(data: &[u8]) {
    let Some(keys) = read_json_path(&text(data)) else {
        return;
    };
    for (key, value) in keys {
        let line = format!("{key} = {value}");
        let read: toml::Table = toml::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert!(read.len() == 1 && read.contains_key(key), "{line:?}");
    }
}
