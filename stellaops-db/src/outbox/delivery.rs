//! Events on their way to the handler: a tenant's one after the other, tenants side by side.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;

use crate::outbox::Event;
use crate::outbox::ledger::Held;
use crate::outbox::stopping::Stopping;
use crate::queue::Failure;
use crate::table::Table;
use crate::tenant::TenantId;

/// Events of one tenant, in their order.
pub(super) struct Group<T> {
    pub(super) tenant: TenantId,
    pub(super) events: VecDeque<Event<T>>,
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

/// Delivers all groups, so many at a time; none when a group's task was ended from outside, as runtimes do when they
/// end themselves.
pub(super) async fn deliver<T, F, R>(
    groups: Vec<Group<T>>,
    concurrency: usize,
    handler: &Arc<F>,
    stopping: &Stopping,
) -> Option<Vec<Outcome>>
where
    T: Table,
    F: Fn(Event<T>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let mut outcomes = Vec::with_capacity(groups.len());
    let mut waiting = groups.into_iter();
    let mut running = JoinSet::new();
    loop {
        let room = concurrency.saturating_sub(running.len());
        for group in waiting.by_ref().take(room) {
            running.spawn(deliver_group(group, handler.clone(), stopping.clone()));
        }
        match running.join_next().await {
            None => return Some(outcomes),
            Some(outcome) => outcomes.push(outcome.ok()?),
        }
    }
}

async fn deliver_group<T, F, R>(mut group: Group<T>, handler: Arc<F>, stopping: Stopping) -> Outcome
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
    while let Some(event) = group.events.pop_front() {
        let number = event.number();
        if stopping.is_set() {
            outcome.end = End::Stopped(number);
            break;
        }
        // Called inside, so that a panic before the first await is one of the handler as well.
        let handled = AssertUnwindSafe(async { handler(event).await });
        let answer = handled.catch_unwind().await;
        match answer.unwrap_or_else(|panic| Err(Failure::of_panic(&*panic))) {
            Ok(()) => {
                outcome.delivered += 1;
                outcome.taken = Some(number);
            }
            Err(failure) => {
                outcome.end = End::Failed(number, failure);
                break;
            }
        }
    }
    outcome
}
