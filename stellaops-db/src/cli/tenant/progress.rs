//! How far the work is, on standard error, for a terminal only.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use stellaops_db::lifecycle::Progress;

/// How often the line is written anew.
const PAUSE: Duration = Duration::from_millis(100);

/// One line, written over.
pub(super) struct Shown {
    is_shown: bool,
    last: Option<Instant>,
}

impl Shown {
    pub(super) fn new() -> Self {
        Shown {
            is_shown: std::io::stderr().is_terminal(),
            last: None,
        }
    }

    pub(super) fn tell(&mut self, progress: &Progress<'_>) {
        let is_due = self.last.is_none_or(|last| last.elapsed() >= PAUSE);
        if self.is_shown && is_due {
            self.last = Some(Instant::now());
            let Progress {
                table,
                rows,
                tables_done,
                tables,
                ..
            } = progress;
            self.write(&format!("[{tables_done}/{tables}] {table}: {rows} rows"));
        }
    }

    /// Takes the line away.
    pub(super) fn end(&mut self) {
        if self.last.is_some() {
            self.write("");
        }
    }

    fn write(&self, text: &str) {
        let mut out = std::io::stderr().lock();
        // Who cannot be told how far it is still gets the answer.
        let _ = write!(out, "\r\u{1b}[K{text}").and_then(|()| out.flush());
    }
}
