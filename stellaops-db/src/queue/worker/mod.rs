//! The loop around a queue.

mod attempt;
mod end;
mod job;
mod keeper;
mod report;
mod round;
mod source;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::database::Database;
use crate::error::Error;
use crate::queue::{Failure, checked_name, milliseconds};
use crate::scope::TenantScope;
use crate::table::Queue;
use crate::table::tenancy::{TenantAccess, Writes};

pub use job::{Done, Job};
pub use report::WorkerReport;

use round::Rounds;
use source::Source;

/// Claims rows of a queue and gives each to a handler, several at a time; ends the rows by what the handlers say;
/// renews their leases until that is written; and stops in peace.
///
/// A handler that panics has failed. One whose lease was lost is dropped where it waits: another worker has its row.
/// When the server is away, or does not let the login in, the worker waits and goes on: a password that is changed here
/// later than there stops nothing. Each time is told by a `tracing` event of level WARN.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # use stellaops_db::{Database, Error};
/// # use stellaops_db::queue::{Done, Job, Worker};
/// # use stellaops_db::schema::scheduler::{GraphJob, GraphResult};
/// # async fn build(_: &GraphJob) -> Result<GraphResult, String> { Err("not yet".into()) }
/// # async fn example(database: Database, stop: impl Future<Output = ()>) -> Result<(), Error> {
/// let report = Worker::new("graph-builder")
///     .concurrency(4)
///     .lease(Duration::from_secs(60))
///     .run_across(&database, "builds the graphs of all tenants", stop, async |job: Arc<Job<GraphJob>>| {
///         let result = build(&job).await?;
///         Ok(Done::with(GraphJob::patch().result(Some(result))))
///     })
///     .await?;
/// println!("{} built, {} to be tried again", report.completed, report.failed);
/// # Ok(()) }
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a worker does nothing until it runs"]
pub struct Worker {
    pub(super) name: String,
    pub(super) concurrency: u32,
    pub(super) lease: Duration,
    pub(super) poll: Duration,
    pub(super) patience: Duration,
}

impl Worker {
    /// A worker of that name. What stands in the rows has a suffix that no other worker has, this program's next
    /// run not either.
    pub fn new(name: impl Into<String>) -> Self {
        Worker {
            name: name.into(),
            concurrency: 1,
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(1),
            patience: Duration::from_secs(30),
        }
    }

    /// How many rows are worked on at a time. Default: one.
    pub fn concurrency(mut self, number: u32) -> Self {
        self.concurrency = number.max(1);
        self
    }

    /// How long a lease is; it is renewed when a third of it is over. Default: a minute. Longer means that the rows
    /// of a worker that vanished wait longer.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How long the worker waits before it looks again into a queue that was empty; half of it is left to chance.
    /// Default: a second.
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll = interval;
        self
    }

    /// How long handlers may go on when the worker stops, and the ends of their rows be written; then they are dropped
    /// where they wait, and their rows given back. Default: 30 seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Works on the rows of one tenant until `stop` is ready.
    ///
    /// # Errors
    /// What the database says that waiting does not mend, as that the login lacks a right; [`Error::OutOfRange`] for a lease of less than a
    /// millisecond or more than a year; [`Error::WorkerName`].
    pub async fn run<T, F, R>(
        &self,
        scope: &TenantScope,
        stop: impl Future<Output = ()>,
        handler: F,
    ) -> Result<WorkerReport, Error>
    where
        T: Queue,
        F: Fn(Arc<Job<T>>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Done<T>, Failure>> + Send + 'static,
        TenantAccess: Writes<T::Tenancy>,
    {
        self.start(Source::of_tenant(scope.clone()), stop, handler).await
    }

    /// Works on the rows of all tenants, fairly, until `stop` is ready. The system login claims, and leaves one row
    /// of evidence with the reason; the handlers and the ends of the rows are the application's, in the scope of each
    /// row's tenant.
    ///
    /// # Errors
    /// As [`Worker::run`]; [`Error::NoSystemLogin`].
    pub async fn run_across<T, F, R>(
        &self,
        database: &Database,
        reason: &str,
        stop: impl Future<Output = ()>,
        handler: F,
    ) -> Result<WorkerReport, Error>
    where
        T: Queue,
        F: Fn(Arc<Job<T>>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Done<T>, Failure>> + Send + 'static,
        TenantAccess: Writes<T::Tenancy>,
    {
        let system = database.system(reason).await?;
        let source = Source::across(database.clone(), system);
        self.start(source, stop, handler).await
    }

    async fn start<T, F, R>(
        &self,
        source: Source,
        stop: impl Future<Output = ()>,
        handler: F,
    ) -> Result<WorkerReport, Error>
    where
        T: Queue,
        F: Fn(Arc<Job<T>>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Done<T>, Failure>> + Send + 'static,
    {
        milliseconds("lease in milliseconds", self.lease)?;
        let name = format!("{}/{}", checked_name(&self.name)?, Uuid::now_v7().simple());
        Rounds::new(self.clone(), name, source, handler).run(stop).await
    }
}
