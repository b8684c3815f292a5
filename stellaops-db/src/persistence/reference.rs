//! References to secrets: where one is, and never what it is.

use std::path::{Path, PathBuf};

use super::bounded::{self, FileFault};
use super::document::{Node, Value};

/// The longest secret that is read from a file, in bytes.
const LONGEST_SECRET: usize = 64 * 1024;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// In a variable of the environment.
    Environment(String),
    /// In a file.
    File(PathBuf),
}

/// How variables are looked up, so that tests need not change those of the process.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<std::ffi::OsString>;

impl Reference {
    /// Reads `{ env: NAME }` or `{ file: path }`; what is neither gives none.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            return None;
        };
        let [(key, value)] = entries.as_slice() else {
            return None;
        };
        let (Value::Scalar { text: key, .. }, Value::Scalar { text, .. }) = (&key.value, &value.value) else {
            return None;
        };
        match key.as_str() {
            "env" if is_variable(text) => Some(Reference::Environment(text.clone())),
            "file" if !text.is_empty() => Some(Reference::File(text.into())),
            _ => None,
        }
    }

    /// The secret. A relative path begins at the folder. The line break at the end of a file is no part of it.
    ///
    /// # Errors
    /// What is wrong, and what to do; neither says a word of the secret.
    pub(super) fn resolve(
        &self,
        folder: &Path,
        environment: Environment<'_>,
    ) -> Result<String, (String, String)> {
        match self {
            Reference::Environment(name) => variable(name, environment),
            Reference::File(path) => file(&folder.join(path)),
        }
    }
}

/// As shells take it.
fn is_variable(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

fn variable(name: &str, environment: Environment<'_>) -> Result<String, (String, String)> {
    let help = format!("set `{name}` for the service, or name another place");
    let Some(value) = environment(name).filter(|value| !value.is_empty()) else {
        return Err((format!("the variable `{name}` is not set, or empty"), help));
    };
    value
        .into_string()
        .map_err(|_| (format!("the variable `{name}` is no text in UTF-8"), help))
}

fn file(path: &Path) -> Result<String, (String, String)> {
    let shown = path.display();
    let wrong_file = |what: String| {
        let help = "is this the right file? It holds the secret alone";
        (format!("`{shown}` {what}"), help.to_owned())
    };
    let (bytes, status) = bounded::read(path, LONGEST_SECRET).map_err(|fault| match fault {
        FileFault::Unreadable(cause) => {
            let help = "mount it for the service, and let the service's user read it".to_owned();
            (format!("`{shown}` cannot be read: {cause}"), help)
        }
        FileFault::NotRegular => wrong_file("is no regular file".into()),
        FileFault::TooLong => wrong_file(format!("has more than {LONGEST_SECRET} bytes")),
    })?;
    warn_of_readers(path, &status);
    let text = String::from_utf8(bytes).map_err(|_| wrong_file("is no text in UTF-8".into()))?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    let help = "let the file hold the secret alone, on one line".to_owned();
    match secret {
        "" => Err((format!("`{shown}` is empty"), help)),
        _ if secret.contains(['\n', '\r', '\0']) => Err((format!("`{shown}` has more than one line"), help)),
        _ => Ok(secret.to_owned()),
    }
}

/// Group and owner are for whoever deploys: Kubernetes lets a service read its secrets through the group of the files.
/// That everybody may read them is told and not refused, since it is what many mounts have by default, where nobody else
/// is.
#[cfg(unix)]
fn warn_of_readers(path: &Path, status: &std::fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = status.permissions().mode() & 0o777;
    if mode & 0o004 != 0 {
        tracing::warn!(
            file = %path.display(),
            mode = format!("{mode:04o}"),
            "a secret can be read by every user of the machine; give it the mode 0400, or 0440 (`defaultMode` of a Kubernetes volume)"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path, _: &std::fs::Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_the_secret_alone_and_a_line_break_at_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let nothing = |_: &str| None;
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("is written");
            Reference::File("secret".into()).resolve(folder.path(), &nothing)
        };
        for text in ["s3cret", "s3cret\n", "s3cret\r\n"] {
            assert_eq!(read(text.as_bytes()), Ok("s3cret".to_owned()), "{text:?}");
        }
        assert_eq!(
            read(b" s3cret \n"),
            Ok(" s3cret ".to_owned()),
            "blanks may be meant"
        );
        for (bytes, said) in [
            (&b""[..], "is empty"),
            (b"\n", "is empty"),
            (b"s3cret\n\n", "more than one line"),
            (b"s3cret\nother", "more than one line"),
            (b"s3cret\0", "more than one line"),
            (b"s3cret\xff", "no text in UTF-8"),
        ] {
            let (message, help) = read(bytes).expect_err("is refused");
            assert!(message.contains(said), "{message}");
            assert!(
                !message.contains("s3cret") && !help.contains("s3cret"),
                "{message}"
            );
        }
        std::fs::write(&path, vec![b'x'; 70_000]).expect("is written");
        assert!(
            Reference::File("secret".into())
                .resolve(folder.path(), &nothing)
                .is_err()
        );
        assert!(
            Reference::File("other".into())
                .resolve(folder.path(), &nothing)
                .is_err()
        );
    }
}
