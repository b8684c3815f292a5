//! Events on their way to the handler: a tenant's one after the other, tenants side by side.

use std::future::Future;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::database::Database;
use crate::outbox::Event;
use crate::outbox::event::Arrived;
use crate::outbox::ledger::Held;
use crate::outbox::stopping::Stopping;
use crate::queue::Failure;
use crate::table::Table;
use crate::tenant::TenantId;

/// Events of one tenant, in their order.
pub(super) struct Group<T> {
    pub(super) tenant: TenantId,
    pub(super) events: Vec<Arrived<T>>,
    /// Where the tenant stood, if its events had to wait.
    pub(super) held: Option<Held>,
    /// Whether none of the tenant's is left behind these, up to where the others are read.
    pub(super) is_rest: bool,
}

/// What became of a group.
pub(super) struct Outcome {
    pub(super) tenant: TenantId,
    pub(super) held: Option<Held>,
    pub(super) is_rest: bool,
    pub(super) delivered: u64,
    /// The number of the last one that was taken.
    pub(super) taken: Option<i64>,
    pub(super) end: End,
}

/// How it ended.
pub(super) enum End {
    /// All were taken.
    Taken,
    /// It was time to stop before the event of that number.
    Stopped(i64),
    /// The event of that number failed.
    Failed(i64, Failure),
}

/// How events are delivered.
pub(super) struct Delivery<F> {
    pub(super) database: Database,
    pub(super) handler: Arc<F>,
    pub(super) stopping: Stopping,
    /// To so many tenants at a time.
    pub(super) concurrency: usize,
}

impl<F> Clone for Delivery<F> {
    fn clone(&self) -> Self {
        Delivery {
            database: self.database.clone(),
            handler: self.handler.clone(),
            stopping: self.stopping.clone(),
            concurrency: self.concurrency,
        }
    }
}

impl<F> Delivery<F> {
    /// Delivers all groups; none when a group's task was ended from outside, as runtimes do when they end themselves.
    pub(super) async fn deliver<T, R>(&self, groups: Vec<Group<T>>) -> Option<Vec<Outcome>>
    where
        T: Table,
        F: Fn(Event<T>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let mut outcomes = Vec::with_capacity(groups.len());
        let mut waiting = groups.into_iter();
        let mut running = JoinSet::new();
        loop {
            let room = self.concurrency.saturating_sub(running.len());
            for group in waiting.by_ref().take(room) {
                let delivery = self.clone();
                running.spawn(async move { delivery.deliver_group(group).await });
            }
            match running.join_next().await {
                None => return Some(outcomes),
                Some(outcome) => outcomes.push(outcome.ok()?),
            }
        }
    }

    async fn deliver_group<T, R>(&self, group: Group<T>) -> Outcome
    where
        T: Table,
        F: Fn(Event<T>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let mut outcome = Outcome {
            tenant: group.tenant,
            held: group.held,
            is_rest: group.is_rest,
            delivered: 0,
            taken: None,
            end: End::Taken,
        };
        for arrived in group.events {
            let number = arrived.number;
            if self.stopping.is_set() {
                outcome.end = End::Stopped(number);
                break;
            }
            if let Err(failure) = self.deliver_one(arrived).await {
                outcome.end = End::Failed(number, failure);
                break;
            }
            outcome.delivered += 1;
            outcome.taken = Some(number);
        }
        outcome
    }

    /// An event that cannot be read fails like one that cannot be taken.
    async fn deliver_one<T, R>(&self, arrived: Arrived<T>) -> Result<(), Failure>
    where
        T: Table,
        F: Fn(Event<T>) -> R,
        R: Future<Output = Result<(), Failure>>,
    {
        let event = arrived.into_event(&self.database)?;
        // Called inside, so that a panic before the first await is one of the handler as well.
        Failure::of_handler(async { (self.handler)(event).await }).await
    }
}
