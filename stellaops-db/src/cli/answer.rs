//! What a command says, and how it ends.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use serde::Serialize;

/// How a command ends; the numbers are in `--help` and never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Well,
    /// The answer is no.
    No,
    /// Something could not be read, written or reached. (2 is clap's, for wrong usage.)
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Well => 0,
            Exit::No => 1,
            Exit::Failed => 3,
        })
    }
}

/// The answer of a command: made whole, then printed once.
#[derive(Debug)]
pub(super) struct Answer {
    text: String,
    exit: Exit,
}

impl Answer {
    /// For people. Escape sequences in it reach terminals only.
    pub(super) fn text(text: impl Into<String>, exit: Exit) -> Self {
        Answer {
            text: text.into(),
            exit,
        }
    }

    /// For a machine: the value as one pretty JSON document.
    pub(super) fn json(value: &impl Serialize, exit: Exit) -> Self {
        let mut text = serde_json::to_string_pretty(value)
            .expect("answers are maps with text keys, which always serialize");
        text.push('\n');
        Answer { text, exit }
    }

    /// Prints, without escape sequences where standard output is no terminal.
    pub(super) fn print(self) -> ExitCode {
        let mut out = anstream::stdout().lock();
        match out.write_all(self.text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads has had enough, as `head` does; what was asked is still answered.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                anstream::eprintln!("error: standard output cannot be written: {error}");
                Exit::Failed.into()
            }
            _ => self.exit.into(),
        }
    }
}
