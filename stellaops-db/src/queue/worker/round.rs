//! Claiming, handing out, ending: until it is time to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::error::Error;
use crate::pause::pause;
use crate::queue::worker::job::End;
use crate::queue::worker::keeper::Keeper;
use crate::queue::worker::source::Source;
use crate::queue::worker::{Done, Job, Worker, WorkerReport};
use crate::queue::{Failed, Failure};
use crate::table::{Queue, Table};

/// The longest wait between two looks while the server is away.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// So often the end of a row is written, if the connection fails.
const ENDINGS: u32 = 5;
/// The first wait between two of those.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// What a handler answers.
type Answer<T> = Result<Done<T>, Failure>;

pub(super) struct Rounds<T: Table, F> {
    worker: Worker,
    name: String,
    source: Source,
    handler: F,
    keeper: Keeper<T>,
    running: JoinSet<Answer<T>>,
    /// How often claiming failed in a row.
    failures: u32,
    next_look: Instant,
    report: WorkerReport,
}

impl<T, F, R> Rounds<T, F>
where
    T: Queue,
    F: Fn(Arc<Job<T>>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Done<T>, Failure>> + Send + 'static,
{
    pub(super) fn new(worker: Worker, name: String, source: Source, handler: F) -> Self {
        Rounds {
            worker,
            name,
            source,
            handler,
            keeper: Keeper::new(),
            running: JoinSet::new(),
            failures: 0,
            next_look: Instant::now(),
            report: WorkerReport::default(),
        }
    }

    pub(super) async fn run(mut self, stop: impl Future<Output = ()>) -> Result<WorkerReport, Error> {
        let renewing = tokio::spawn(self.keeper.clone().renew(self.worker.lease));
        let result = self.work(stop).await;
        self.wind_up().await;
        renewing.abort();
        // The error that ended the work says more than one of the evidence.
        let closed = self.source.close().await;
        result.and(closed).map(|()| self.report)
    }

    async fn work(&mut self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let mut stop = std::pin::pin!(stop);
        loop {
            let has_room = self.room() > 0;
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                Some(ended) = self.running.join_next_with_id(), if !self.running.is_empty() => self.ended(ended).await,
                () = tokio::time::sleep_until(self.next_look), if has_room => self.look().await?,
            }
        }
    }

    fn room(&self) -> u32 {
        let running = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
        self.worker.concurrency.saturating_sub(running)
    }

    /// Claims as many rows as there is room for. Only a queue that gave fewer is left alone for a while.
    async fn look(&mut self) -> Result<(), Error> {
        let room = self.room();
        match self.source.claim(&self.name, room, self.worker.lease).await {
            Ok(jobs) => {
                self.failures = 0;
                let is_empty = jobs.len() < room as usize;
                for job in jobs {
                    self.hand_out(job);
                }
                self.next_look = Instant::now();
                if is_empty {
                    self.next_look += pause(self.worker.poll, self.worker.poll, 1);
                }
                Ok(())
            }
            Err(error) if is_passing(&error) => {
                self.failures += 1;
                tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, %error, "a queue cannot be claimed from");
                self.next_look = Instant::now() + pause(self.worker.poll, LONGEST_WAIT, self.failures);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn hand_out(&mut self, job: Arc<Job<T>>) {
        let answer = (self.handler)(job.clone());
        let task = self.running.spawn(answer);
        self.keeper.keep(job, task);
    }

    async fn ended(&mut self, ended: Result<(Id, Answer<T>), JoinError>) {
        let (id, answer) = match ended {
            Ok(answered) => answered,
            Err(error) => (error.id(), Err(of_panic(error))),
        };
        // What is kept no more was lost, and its handler stopped.
        match self.keeper.let_go(id) {
            Some(job) => self.end(&job, answer).await,
            None => self.report.lost += 1,
        }
    }

    /// Writes the end of a row; again, when the connection failed: the lease fences off a second end.
    async fn end(&mut self, job: &Job<T>, answer: Answer<T>) {
        let mut failures = 0;
        let result = loop {
            match write_end(job, &answer).await {
                Err(error) if is_passing(&error) && failures < ENDINGS => {
                    failures += 1;
                    tokio::time::sleep(pause(FIRST_WAIT, LONGEST_WAIT, failures)).await;
                }
                // The row cannot be what the handler wants it to be: that is a failure like any other.
                Err(error)
                    if answer.is_ok() && !is_passing(&error) && !matches!(error, Error::LeaseLost { .. }) =>
                {
                    break write_end(job, &Err(Failure::new(error))).await;
                }
                result => break result,
            }
        };
        match result {
            Ok(Ending::Completed) => self.report.completed += 1,
            Ok(Ending::Failed) => self.report.failed += 1,
            Ok(Ending::GivenUp) => self.report.given_up += 1,
            Err(error) => {
                self.report.lost += 1;
                tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, %error, "the end of a row could not be written");
            }
        }
    }

    /// Lets the handlers end as long as there is patience, then drops them and gives their rows back.
    async fn wind_up(&mut self) {
        let end = Instant::now() + self.worker.patience;
        while let Ok(Some(ended)) = tokio::time::timeout_at(end, self.running.join_next_with_id()).await {
            self.ended(ended).await;
        }
        let left = self.keeper.stop();
        self.running.abort_all();
        while self.running.join_next().await.is_some() {}
        for job in left {
            match job.repository().released(&*job).await {
                Ok(_) => self.report.released += 1,
                Err(_) => self.report.lost += 1,
            }
        }
    }
}

enum Ending {
    Completed,
    Failed,
    GivenUp,
}

async fn write_end<T: Queue>(job: &Job<T>, answer: &Answer<T>) -> Result<Ending, Error> {
    let repository = job.repository();
    let done = match answer {
        Ok(done) => done,
        Err(failure) => {
            return Ok(match repository.fail_held(job, failure.clone()).await? {
                Failed::Again(_) => Ending::Failed,
                Failed::ForGood(_) => Ending::GivenUp,
            });
        }
    };
    match &done.end {
        End::Complete => repository.completed(job).await.map(drop)?,
        End::With(patch) => repository.completed_with(job, patch.clone()).await.map(drop)?,
        End::At(time) => repository.rescheduled(job, *time).await.map(drop)?,
        End::Already => {}
    }
    Ok(Ending::Completed)
}

/// Whether waiting may mend it.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Connection(_) | Error::PoolTimeout | Error::Retry { .. } | Error::Cancelled { .. }
    )
}

/// What a person reads of a handler that panicked.
fn of_panic(error: JoinError) -> Failure {
    let told = match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
            text.or_else(|| panic.downcast_ref::<String>().cloned())
        }
        Err(_) => None,
    };
    match told {
        Some(text) => Failure::new(format!("the handler panicked: {text}")),
        None => Failure::new("the handler ended without an answer"),
    }
}
