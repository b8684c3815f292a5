//! Directories as `go.work` and `replace` write them, made relative to the project's folder.

use super::fault::{Problem, quoted};

/// Whether the text is a directory and no module path: rooted, or beginning with `.` or `..`.
pub(super) fn is_directory_path(text: &str) -> bool {
    let begins = ["./", "../", "/", ".\\", "..\\", "\\"]
        .iter()
        .any(|start| text.starts_with(start));
    begins || has_drive(text) || text == "." || text == ".."
}

/// Refuses backslashes: the same project must read the same on every machine.
pub(super) fn check_directory(text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(Problem::new(
            "the directory is empty",
            "write a directory such as `./module`",
        ));
    }
    if text.contains('\\') {
        let message = format!("the directory {} is written with backslashes", quoted(text));
        return Err(Problem::new(
            message,
            format!("write it with slashes: {}", quoted(&text.replace('\\', "/"))),
        ));
    }
    Ok(())
}

/// `written`, seen from the directory `base`, without `.` elements and with `..` only in front.
/// The project's folder itself is `.`; a rooted directory stays rooted.
pub(super) fn join_directory(base: &str, written: &str) -> String {
    let rooted = written.starts_with('/') || has_drive(written);
    let base = if rooted { "" } else { base };
    let mut elements: Vec<&str> = Vec::new();
    for element in base.split('/').chain(written.split('/')) {
        match element {
            "" | "." => {}
            ".." if !matches!(elements.last(), None | Some(&"..")) => {
                elements.pop();
            }
            ".." if rooted => {}
            _ => elements.push(element),
        }
    }
    match (written.starts_with('/'), elements.is_empty()) {
        (true, _) => format!("/{}", elements.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => elements.join("/"),
    }
}

/// Whether a joined directory lies outside of the project's folder; such a directory is never read.
pub(super) fn leaves_project(directory: &str) -> bool {
    directory == ".." || directory.starts_with("../") || directory.starts_with('/') || has_drive(directory)
}

/// The path of a file in a joined directory.
pub(super) fn file_in(directory: &str, name: &str) -> String {
    if directory == "." {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

fn has_drive(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

#[cfg(test)]
mod tests {
    use super::{is_directory_path, join_directory, leaves_project};

    #[test]
    fn directories_are_joined_and_cleaned() {
        for (base, written, expected) in [
            (".", "./lib", "lib"),
            (".", ".", "."),
            ("services/api", "../../lib//x/", "lib/x"),
            ("services/api", "./../api", "services/api"),
            (".", "../out", "../out"),
            ("a", "../../out", "../out"),
            ("a", "../../../out", "../../out"),
            ("a", "/opt/../lib", "/lib"),
            ("a", "/../..", "/"),
            ("a", "b/../../..", ".."),
        ] {
            assert_eq!(join_directory(base, written), expected, "{base} {written}");
        }
        assert!(
            leaves_project("../out")
                && leaves_project("/lib")
                && leaves_project("C:/x")
                && !leaves_project("..out")
        );
    }

    #[test]
    fn directories_are_told_from_module_paths() {
        for directory in [".", "..", "./a", "../a", "/a", ".\\a", "C:/a", "C:\\a"] {
            assert!(is_directory_path(directory), "{directory}");
        }
        for module in ["example.com/a", ".a", "a", "..a"] {
            assert!(!is_directory_path(module), "{module}");
        }
    }
}
