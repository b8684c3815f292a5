//! One row, from the hand of the worker to its end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::queue::Failure;
use crate::queue::worker::end::end;
use crate::queue::worker::keeper::{Hold, Standing};
use crate::queue::worker::{Done, Job};
use crate::table::{Queue, Table};

/// What a handler answers.
pub(super) type Answer<T> = Result<Done<T>, Failure>;

/// What became of a row.
pub(super) enum Outcome {
    Completed,
    Failed,
    GivenUp,
    Lost,
    Released,
}

/// So long a worker that stops waits for the row to be given back; then the lease runs out by itself.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Lets the handler work on the row and writes its end; the row is held until that is written.
pub(super) async fn attempt<T, F, R>(job: Arc<Job<T>>, mut hold: Hold<T>, handler: Arc<F>) -> Outcome
where
    T: Queue,
    F: Fn(Arc<Job<T>>) -> R,
    R: Future<Output = Answer<T>>,
{
    let answer = tokio::select! {
        biased;
        answer = answered(&*handler, job.clone()) => answer,
        standing = hold.changed() => return called_off(&job, standing).await,
    };
    // From here on a lost lease shows when the end is written, and nowhere else: the keeper may find the row
    // another's because its end is written already.
    tokio::select! {
        biased;
        outcome = end(&job, answer) => outcome,
        () = hold.dismissed() => give_back(&job).await,
    }
}

/// A panic is a failure.
async fn answered<T, F, R>(handler: &F, job: Arc<Job<T>>) -> Answer<T>
where
    T: Table,
    F: Fn(Arc<Job<T>>) -> R,
    R: Future<Output = Answer<T>>,
{
    // Called inside, so that a panic before the first await is one of the handler as well.
    Failure::of_handler(async { handler(job).await }).await
}

/// The handler was dropped where it waited.
async fn called_off<T: Queue>(job: &Job<T>, standing: Standing) -> Outcome {
    match standing {
        Standing::Dismissed => give_back(job).await,
        Standing::Held | Standing::Lost => {
            tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, "the lease of a row was lost while it was worked on");
            Outcome::Lost
        }
    }
}

/// For another worker to claim at once. An end that was under way may be written yet, or before: then this one finds
/// no lease, and the other way round, so that a row that was given back has no other end.
async fn give_back<T: Queue>(job: &Job<T>) -> Outcome {
    match tokio::time::timeout(LAST_WORDS, job.repository().released(job)).await {
        Ok(Ok(_)) => Outcome::Released,
        Ok(Err(_)) | Err(_) => Outcome::Lost,
    }
}
