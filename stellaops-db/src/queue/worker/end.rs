//! The end of a row, as its handler has it.

use std::time::Duration;

use crate::error::Error;
use crate::pause::pause_without_database;
use crate::queue::worker::Job;
use crate::queue::worker::attempt::{Answer, Outcome};
use crate::queue::worker::job::End;
use crate::queue::{Failed, Failure};
use crate::table::Queue;

/// So often the end of a row is written, if the connection fails.
const ENDINGS: u32 = 5;
/// The first wait between two of those.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Writes the end of a row; again, when the connection failed: the lease fences off a second end.
pub(super) async fn end<T: Queue>(job: &Job<T>, answer: Answer<T>) -> Outcome {
    let mut failures = 0;
    let result = loop {
        match written(job, &answer).await {
            Err(error) if error.is_passing() && failures < ENDINGS => {
                failures += 1;
                tokio::time::sleep(pause_without_database(FIRST_WAIT, failures)).await;
            }
            // The row cannot be what the handler wants it to be: that is a failure like any other.
            Err(error)
                if answer.is_ok() && !error.is_passing() && !matches!(error, Error::LeaseLost { .. }) =>
            {
                break written(job, &Err(Failure::new(error))).await;
            }
            result => break result,
        }
    };
    result.unwrap_or_else(|error| {
        tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, %error, "the end of a row could not be written");
        Outcome::Lost
    })
}

async fn written<T: Queue>(job: &Job<T>, answer: &Answer<T>) -> Result<Outcome, Error> {
    let repository = job.repository();
    let done = match answer {
        Ok(done) => done,
        Err(failure) => {
            return Ok(match repository.fail_held(job, failure.clone()).await? {
                Failed::Again(_) => Outcome::Failed,
                Failed::ForGood(_) => Outcome::GivenUp,
            });
        }
    };
    match &done.end {
        End::Complete => repository.completed(job).await.map(drop)?,
        End::With(patch) => repository.completed_with(job, patch.clone()).await.map(drop)?,
        End::At(time) => repository.rescheduled(job, *time).await.map(drop)?,
        End::Already => {}
    }
    Ok(Outcome::Completed)
}
