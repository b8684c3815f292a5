//! The persistence configuration: read, or refused with faults that lie within the file.

use stellaops_db::fuzzing::open_module;
use stellaops_db::persistence::Persistence;

use super::{look_at_faults, text};
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "configuration",
    body,
    pieces: &[
        "version: 1\n",
        "defaults:\n",
        "modules:\n",
        "  shop:\n",
        "  ",
        "    ",
        "url: ",
        "postgres://app@db/x",
        "\n",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "- ",
        "&a ",
        "*a",
        "!!str ",
        "|\n",
        ">\n",
        "'",
        "\"",
        "# c\n",
        "---\n",
        "...\n",
        "password: ",
        "{ env: A }",
        "{ file: b }",
        "cursor_keys: ",
        "tls: ",
        "none",
        "30s",
        "true",
        "é",
        "😀",
        "\u{feff}",
        "\0",
        "\r\n",
        "? ",
        "<<: ",
        "enabled: false\n",
        "\u{85}",
        "\u{2028}",
        "%",
        "!<",
    ],
};

/// Nothing panics.
pub fn body(data: &[u8]) {
    let persistence = match Persistence::from_bytes("persistence.yaml", data) {
        Ok(persistence) => persistence,
        Err(report) => {
            assert!(!report.faults().is_empty());
            look_at_faults(&report.to_records(), &text(data));
            let _ = report.to_string();
            return;
        }
    };
    // A reference to a file would be followed to whatever lies there; with a backslash it may be written in other ways.
    let names_files = data.windows(4).any(|word| word == b"file") || data.contains(&b'\\');
    for name in persistence.modules().filter(|_| !names_files) {
        let _ = open_module(&persistence, name);
    }
}
