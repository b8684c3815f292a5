use std::time::Duration;

use tokio::sync::watch;

/// Tells those who deliver that it is time to stop.
#[derive(Clone)]
pub(super) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// What says it, and who is told.
    pub(super) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Stopping(receiver))
    }

    pub(super) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits so long, or until it is time to stop.
    pub(super) async fn rest(&mut self, pause: Duration) {
        let stopped = self.0.wait_for(|is_set| *is_set);
        // Who says it is gone only with those who are told.
        let _ = tokio::time::timeout(pause, stopped).await;
    }
}
