use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::database::Database;
use crate::error::Error;
use crate::outbox::Event;
use crate::outbox::delivery::Delivery;
use crate::outbox::feed::Feed;
use crate::outbox::ledger::Ledger;
use crate::outbox::name::checked_name;
use crate::outbox::round::Rounds;
use crate::outbox::stopping::Stopping;
use crate::outbox::turn::Until;
use crate::pause::doubled;
use crate::queue::Failure;
use crate::scope::SystemScope;
use crate::table::Outbox;

/// Delivers the events of an outbox to a consumer: those of all tenants, each at least once, those of a tenant in
/// their order and one after the other, tenants side by side.
///
/// One program at a time delivers to a consumer: it holds an advisory lock, and others that run the same relay wait
/// to take over. How far the consumer is, is written after each batch; what was delivered since is delivered again
/// when the program dies. An event that the handler cannot take, or panics over, holds its tenant's events back:
/// they are tried again after a wait that doubles, and all others go on. After [`Failure::for_good`] they wait
/// until a person says so, by [`Consumer`](crate::outbox::Consumer).
///
/// Events are read up to the first one that might still appear: one whose transaction has not ended holds back those
/// behind it. Transactions that write no event of this table hold nothing back, however long they are. An event past
/// its retention stays until every consumer was given it: a consumer that is no more is to be
/// [forgotten](crate::outbox::Consumer::forget).
///
/// The system login reads the events, and leaves one row of evidence with the reason; handlers work in the scope of
/// their event's tenant, by the application's login.
///
/// ```no_run
/// # #[cfg(feature = "vex")] {
/// # use stellaops_db::{Database, Error};
/// # use stellaops_db::outbox::{Event, Relay};
/// # use stellaops_db::schema::vex::LinksetEvent;
/// # async fn index(_: &LinksetEvent) -> Result<(), String> { Err("not yet".into()) }
/// # async fn example(database: Database, stop: impl Future<Output = ()>) -> Result<(), Error> {
/// let report = Relay::new("search index")
///     .concurrency(8)
///     .run(&database, "keeps the search index up to date", stop, async |event: Event<LinksetEvent>| {
///         index(&event).await?;
///         Ok(())
///     })
///     .await?;
/// println!("{} events delivered", report.delivered);
/// # Ok(()) }
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a relay does nothing until it runs"]
pub struct Relay {
    pub(super) consumer: String,
    pub(super) batch: u32,
    pub(super) concurrency: u32,
    first_wait: Duration,
    longest_wait: Duration,
    pub(super) poll: Duration,
    patience: Duration,
    pub(super) is_from_now: bool,
}

/// What a relay has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayReport {
    /// Events that the handler took.
    pub delivered: u64,
    /// How often the handler could not take one.
    pub failed: u64,
}

impl Relay {
    /// A relay to the consumer of that name. A new consumer is given every event that is there.
    pub fn new(consumer: impl Into<String>) -> Self {
        Relay {
            consumer: consumer.into(),
            batch: 100,
            concurrency: 1,
            first_wait: Duration::from_secs(10),
            longest_wait: Duration::from_secs(3600),
            poll: Duration::from_secs(1),
            patience: Duration::from_secs(30),
            is_from_now: false,
        }
    }

    /// A consumer that is new is given the events from now on, not those that are there.
    pub fn from_now(mut self) -> Self {
        self.is_from_now = true;
        self
    }

    /// How many events are read at a time, and delivered again at most when the program dies. Default: 100.
    pub fn batch(mut self, number: u32) -> Self {
        self.batch = number.max(1);
        self
    }

    /// To how many tenants events are delivered at a time. Default: one.
    pub fn concurrency(mut self, number: u32) -> Self {
        self.concurrency = number.max(1);
        self
    }

    /// How long the events of a tenant wait after a failure, and how long at most after many. Default: 10 seconds,
    /// then twice as long each time, up to an hour.
    pub fn retry_after(mut self, first: Duration, most: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = most.max(first);
        self
    }

    /// How long the relay waits before it looks for new events when all were delivered; half of it is left to
    /// chance. Default: a second.
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll = interval;
        self
    }

    /// How long the events in hand may take when the relay stops; then their handlers are dropped where they wait,
    /// and the batch is delivered again. Default: 30 seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Delivers events until `stop` is ready. While the server is away, or does not let a login in, it waits and goes on,
    /// and tells so by a `tracing` event of level WARN.
    ///
    /// # Errors
    /// What the database says that waiting does not mend, as that the login lacks a right; [`Error::NoSystemLogin`], [`Error::ConsumerName`].
    pub async fn run<T, F, R>(
        &self,
        database: &Database,
        reason: &str,
        stop: impl Future<Output = ()>,
        handler: F,
    ) -> Result<RelayReport, Error>
    where
        T: Outbox,
        F: Fn(Event<T>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let consumer = checked_name(&self.consumer)?;
        let system = database.system(reason).await?;
        let (tell, stopping) = Stopping::new();
        let mut rounds = self.rounds(database, &system, consumer, (handler, stopping));
        let result = {
            let mut work = std::pin::pin!(rounds.until_stopped(&system));
            tokio::select! {
                result = &mut work => result,
                () = stop => {
                    tell.send_replace(true);
                    let ended = tokio::time::timeout(self.patience, work).await;
                    ended.unwrap_or(Ok(()))
                }
            }
        };
        // The error that ended the work says more than one of the evidence.
        let closed = system.close().await;
        result.and(closed).map(|()| rounds.report)
    }

    /// Delivers what is there and due, and ends. Delivers nothing when another program delivers to the consumer.
    ///
    /// # Errors
    /// As [`Relay::run`]; also what waiting would mend.
    pub async fn drain<T, F, R>(
        &self,
        database: &Database,
        reason: &str,
        handler: F,
    ) -> Result<RelayReport, Error>
    where
        T: Outbox,
        F: Fn(Event<T>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let consumer = checked_name(&self.consumer)?;
        let system = database.system(reason).await?;
        let (_tell, stopping) = Stopping::new();
        let mut rounds = self.rounds(database, &system, consumer, (handler, stopping));
        let result = rounds.in_turn(&system, Until::Idle).await;
        let closed = system.close().await;
        result.and(closed).map(|()| rounds.report)
    }

    fn rounds<T, F>(
        &self,
        database: &Database,
        system: &SystemScope,
        consumer: String,
        (handler, stopping): (F, Stopping),
    ) -> Rounds<T, F>
    where
        T: Outbox,
    {
        let session = system.session().clone();
        Rounds {
            relay: self.clone(),
            ledger: Ledger {
                session: session.clone(),
                relation: T::DESCRIPTOR.qualified.into(),
                consumer,
            },
            feed: Feed::new(session),
            delivery: Delivery {
                database: database.clone(),
                handler: Arc::new(handler),
                stopping,
                concurrency: self.concurrency as usize,
            },
            failures: 0,
            report: RelayReport::default(),
        }
    }

    /// How long the events of a tenant wait after so many failures of the next one.
    pub(super) fn wait(&self, failures: u32) -> Duration {
        doubled(self.first_wait, self.longest_wait, failures)
    }
}
