//! Why a row could not be done, and what becomes of it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;

/// Why a row of a queue could not be done.
///
/// ```
/// use std::time::Duration;
/// use stellaops_db::queue::Failure;
///
/// // Tried again after the queue's usual wait; after so long; never.
/// let _ = Failure::new("the registry does not answer");
/// let _ = Failure::new("the registry asks for patience").after(Duration::from_secs(90));
/// let _ = Failure::new("there is no such image").for_good();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub(crate) reason: String,
    pub(crate) after: Option<Duration>,
    pub(crate) is_for_good: bool,
}

impl Failure {
    /// A failure for that reason, which a person will read. It is cut to what the column takes.
    pub fn new(reason: impl std::fmt::Display) -> Self {
        // PostgreSQL stores no NUL, and an empty text tells nobody anything.
        let reason = reason.to_string().replace('\0', "\u{fffd}");
        let reason = match reason.trim().is_empty() {
            true => "no reason was given".into(),
            false => reason,
        };
        Failure {
            reason,
            after: None,
            is_for_good: false,
        }
    }

    /// What a handler answers; a panic is a failure. What one that panicked leaves half done is its own: nothing of
    /// it is looked at again.
    pub(crate) async fn of_handler<R>(
        handled: impl Future<Output = Result<R, Failure>>,
    ) -> Result<R, Failure> {
        let answer = AssertUnwindSafe(handled).catch_unwind().await;
        answer.unwrap_or_else(|panic| Err(Failure::of_panic(&*panic)))
    }

    /// What a person reads of a handler that panicked.
    fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
        match text.or_else(|| panic.downcast_ref::<String>().cloned()) {
            Some(text) => Failure::new(format!("the handler panicked: {text}")),
            None => Failure::new("the handler panicked"),
        }
    }

    /// Tried again after that time, in place of the queue's own wait.
    pub fn after(mut self, wait: Duration) -> Self {
        self.after = Some(wait);
        self
    }

    /// Not tried again, however many attempts are left. A queue that has no status for it tries the row again
    /// all the same.
    pub fn for_good(mut self) -> Self {
        self.is_for_good = true;
        self
    }
}

impl<R: std::fmt::Display> From<R> for Failure {
    fn from(reason: R) -> Self {
        Failure::new(reason)
    }
}

/// What became of a row that could not be done.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a row that failed for good is not tried again"]
pub enum Failed<T> {
    /// It is tried again later.
    Again(T),
    /// It is not tried again: a dead letter.
    ForGood(T),
}

impl<T> Failed<T> {
    /// The row as it is stored now.
    pub fn into_row(self) -> T {
        match self {
            Failed::Again(row) | Failed::ForGood(row) => row,
        }
    }

    /// Whether it is not tried again.
    pub fn is_for_good(&self) -> bool {
        matches!(self, Failed::ForGood(_))
    }
}
