//! Work that goes on when nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is finished in the background when it is dropped before its end; what it gives is then dropped.
///
/// The driver cannot leave the `BEGIN` of a transaction in the middle: it counts a transaction when the answer has
/// come, and takes back only what it has counted. A connection whose `BEGIN` was left would go back to the pool with
/// an open transaction, and what others write on it next would never be committed.
pub(crate) struct ToItsEnd<R: 'static>(Option<Pin<Box<dyn Future<Output = R> + Send>>>);

impl<R> ToItsEnd<R> {
    pub(crate) fn of(work: impl Future<Output = R> + Send + 'static) -> Self {
        ToItsEnd(Some(Box::pin(work)))
    }
}

impl<R> Future for ToItsEnd<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let Some(work) = &mut self.0 else {
            return Poll::Pending;
        };
        let result = work.as_mut().poll(context);
        if result.is_ready() {
            self.0 = None;
        }
        result
    }
}

impl<R> Drop for ToItsEnd<R> {
    fn drop(&mut self) {
        // Without a runtime there is nobody to go on, and no pool that the connection could go back to.
        if let (Some(work), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { drop(work.await) });
        }
    }
}
