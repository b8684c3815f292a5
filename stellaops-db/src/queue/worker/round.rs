//! Claiming, handing out, counting: until it is time to stop.

use std::future::Future;
use std::sync::Arc;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::error::Error;
use crate::pause::{pause, pause_without_database};
use crate::queue::worker::attempt::{Answer, Outcome, attempt};
use crate::queue::worker::keeper::Keeper;
use crate::queue::worker::source::Source;
use crate::queue::worker::{Job, Worker, WorkerReport};
use crate::table::{Queue, Table};

pub(super) struct Rounds<T: Table, F> {
    worker: Worker,
    name: String,
    source: Source,
    handler: Arc<F>,
    keeper: Keeper<T>,
    running: JoinSet<Outcome>,
    /// How often claiming failed in a row.
    failures: u32,
    next_look: Instant,
    report: WorkerReport,
}

impl<T, F, R> Rounds<T, F>
where
    T: Queue,
    F: Fn(Arc<Job<T>>) -> R + Send + Sync + 'static,
    R: Future<Output = Answer<T>> + Send + 'static,
{
    pub(super) fn new(worker: Worker, name: String, source: Source, handler: F) -> Self {
        Rounds {
            worker,
            name,
            source,
            handler: Arc::new(handler),
            keeper: Keeper::new(),
            running: JoinSet::new(),
            failures: 0,
            next_look: Instant::now(),
            report: WorkerReport::default(),
        }
    }

    pub(super) async fn run(mut self, stop: impl Future<Output = ()>) -> Result<WorkerReport, Error> {
        // Ends with this, also where a worker is dropped: nobody is to renew the leases of one that is gone.
        let mut renewing = JoinSet::new();
        renewing.spawn(self.keeper.clone().renew(self.worker.lease));
        let result = self.work(stop).await;
        self.wind_up().await;
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
                Some(ended) = self.running.join_next(), if !self.running.is_empty() => self.count(ended),
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
            Err(error) if error.is_passing() => {
                self.failures += 1;
                tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, %error, "a queue cannot be claimed from");
                self.next_look = Instant::now() + pause_without_database(self.worker.poll, self.failures);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn hand_out(&mut self, job: Arc<Job<T>>) {
        let hold = self.keeper.keep(job.clone());
        self.running.spawn(attempt(job, hold, self.handler.clone()));
    }

    fn count(&mut self, ended: Result<Outcome, JoinError>) {
        let number = match ended {
            Ok(Outcome::Completed) => &mut self.report.completed,
            Ok(Outcome::Failed) => &mut self.report.failed,
            Ok(Outcome::GivenUp) => &mut self.report.given_up,
            Ok(Outcome::Released) => &mut self.report.released,
            // A handler that panics while it is dropped leaves its row to the end of the lease.
            Ok(Outcome::Lost) | Err(_) => &mut self.report.lost,
        };
        *number += 1;
    }

    /// Lets the rows end as long as there is patience, then has the others given back.
    async fn wind_up(&mut self) {
        let end = Instant::now() + self.worker.patience;
        while let Ok(Some(ended)) = tokio::time::timeout_at(end, self.running.join_next()).await {
            self.count(ended);
        }
        self.keeper.dismiss();
        while let Some(ended) = self.running.join_next().await {
            self.count(ended);
        }
    }
}
