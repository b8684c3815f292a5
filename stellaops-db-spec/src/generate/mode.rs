//! Whether differing files are written or refused.

/// Whether differing files are written or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Differing files are written.
    Write,
    /// Differing files are an error.
    Check,
}

/// `STELLAOPS_DB_GENERATED` has a value that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("STELLAOPS_DB_GENERATED is `{0}`; it may be `check` (differing files fail) or `write`")]
pub struct UnknownMode(pub String);

impl Mode {
    /// What a build is asked for: `check` or `write` by `STELLAOPS_DB_GENERATED`, else check where
    /// `CI` is set (to anything but `false`, `0` or nothing), else write. Were files written in CI,
    /// no check after a build could fail: the build would just have mended them.
    ///
    /// # Errors
    /// [`UnknownMode`]: a misspelt `check` must not write.
    ///
    /// ```
    /// use stellaops_db_spec::generate::Mode;
    /// assert_eq!(Mode::asked(None, None), Ok(Mode::Write));
    /// assert_eq!(Mode::asked(None, Some("true")), Ok(Mode::Check));
    /// assert_eq!(Mode::asked(Some("write"), Some("true")), Ok(Mode::Write));
    /// ```
    pub fn asked(generated: Option<&str>, ci: Option<&str>) -> Result<Self, UnknownMode> {
        match (generated.unwrap_or_default(), ci.unwrap_or_default()) {
            ("check", _) => Ok(Mode::Check),
            ("write", _) => Ok(Mode::Write),
            ("", "" | "false" | "0") => Ok(Mode::Write),
            ("", _) => Ok(Mode::Check),
            (other, _) => Err(UnknownMode(other.into())),
        }
    }

    /// [`Mode::asked`] of this process's environment.
    ///
    /// # Errors
    /// [`UnknownMode`].
    pub fn from_environment() -> Result<Self, UnknownMode> {
        let read = |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Mode::asked(read("STELLAOPS_DB_GENERATED").as_deref(), read("CI").as_deref())
    }
}
