//! Whatever the bytes are, they are read or refused.

use proptest::prelude::*;

use super::*;

/// The body of a fuzz test: whatever the bytes are, nothing panics, and each fault lies in the file.
fn read_anything(bytes: &[u8]) {
    let report = match Persistence::from_bytes("persistence.yaml", bytes) {
        Ok(persistence) => {
            for name in persistence.modules() {
                let _ = persistence.module_in(name, &|_| None);
            }
            return;
        }
        Err(report) => report,
    };
    let text = String::from_utf8_lossy(bytes);
    assert!(!report.faults().is_empty());
    for fault in report.to_records() {
        let line = text.split('\n').nth(fault.line as usize - 1);
        let line = line.unwrap_or_else(|| panic!("line {} of {text:?}", fault.line));
        assert!(
            fault.column as usize <= line.chars().count() + 1,
            "column {} of {line:?}",
            fault.column
        );
        assert!(!fault.message.is_empty() && !fault.help.is_empty());
    }
    let _ = report.to_string();
}

#[test]
fn what_was_hard_to_read_once_is_read() {
    for text in [
        "\u{feff}version: 1\nmodules: {}\n",
        "version: 1\r\nmodules:\r\n  shop:\r\n    tls: x\r\n",
        "version: 1\rmodules: x\r",
        "{version: 1, modules: {a: {url: [}}}",
        "? ",
        "- - - - - - - - - - - - - - - - - - - -",
        "a: &a [*a, *a]",
        "<<: *x",
        "\"\\uD800\"",
        "'",
        "|",
        "!<",
        "%",
        "\u{85}",
        "\u{2028}version: 1",
        "version: 1\nmodules:\n  shop:\n    url: \"postgres://app@\u{1f600}/x\"\n",
    ] {
        read_anything(text.as_bytes());
    }
    read_anything(b"\xff\xfev\0e\0");
    read_anything(&b"[".repeat(100_000));
    read_anything(&b"a: {".repeat(100_000));
    read_anything(b"a: &a x\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n");
}

/// Pieces that files are made of, so that most of what is put together comes far.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
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
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_with_a_place(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_anything(&bytes);
    }

    #[test]
    fn any_file_of_known_pieces_is_read_or_refused_with_a_place(bytes in pieces()) {
        read_anything(&bytes);
    }
}
