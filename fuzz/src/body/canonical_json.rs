//! Canonical JSON, RFC 8785: what is written is read again as the same document, whose canonical text is the same.

use serde_json::Value as Json;
use stellaops_db::fuzzing::canonical_json;

use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "canonical_json",
    body,
    pieces: &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"b\":",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"é\":",
        "\"e\u{301}\":",
        "\"\u{10000}\":",
        "\"\u{e000}\":",
        "null",
        "true",
        "0",
        "-0",
        "-0.0",
        "1.0",
        "1e21",
        "1e-7",
        "5e-324",
        "1.7976931348623157e308",
        "0.1",
        "0.30000000000000004",
        "9007199254740991",
        "9007199254740993",
        "18446744073709551615",
        "1E400",
        ".5",
        "e",
        "\\",
        "/",
        " ",
        "\n",
        "\u{2028}",
        "\u{7f}",
    ],
};

/// Nothing panics, and the canonical text is a fixed point.
pub fn body(data: &[u8]) {
    look_at(numbers(data));
    if let Ok(document) = serde_json::from_slice::<Json>(data) {
        look_at(document);
    }
}

/// The input as numbers: few texts have all the digits of one.
fn numbers(data: &[u8]) -> Json {
    let (chunks, _) = data.as_chunks();
    let numbers = chunks.iter().map(|chunk| f64::from_le_bytes(*chunk));
    numbers
        .filter(|number| number.is_finite() && number.fract() != 0.0)
        .collect()
}

fn look_at(document: Json) {
    let Ok(text) = canonical_json(document.clone()) else {
        return;
    };
    let read: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read, document, "{text}");
    let again = canonical_json(read).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(again, text);
}
