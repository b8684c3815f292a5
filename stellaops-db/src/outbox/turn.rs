//! Whose turn it is to deliver, and for how long.

use std::future::Future;
use std::time::Duration;

use crate::error::Error;
use crate::outbox::Event;
use crate::outbox::round::{Round, Rounds};
use crate::pause::{pause, pause_without_database};
use crate::queue::Failure;
use crate::scope::SystemScope;
use crate::table::Table;

/// The waits between two looks at transactions that write events.
const FIRST_LOOK: Duration = Duration::from_millis(4);
const LONGEST_LOOK: Duration = Duration::from_millis(250);

/// How long a turn is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Until {
    /// Until it is time to stop.
    Stopped,
    /// Until all is delivered that is there and due.
    Idle,
}

impl<T, F, R> Rounds<T, F>
where
    T: Table,
    F: Fn(Event<T>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    /// Turn after turn; while the server is away, or another program delivers, it waits.
    pub(super) async fn until_stopped(&mut self, system: &SystemScope) -> Result<(), Error> {
        let (consumer, poll) = (self.relay.consumer.clone(), self.relay.poll);
        while !self.delivery.stopping.is_set() {
            match self.in_turn(system, Until::Stopped).await {
                Ok(()) => self.failures = 0,
                Err(error) if error.is_passing() => {
                    self.failures += 1;
                    tracing::warn!(target: "stellaops_db", consumer, %error, "events cannot be delivered");
                }
                Err(error) => return Err(error),
            }
            let wait = pause_without_database(poll, self.failures);
            self.delivery.stopping.rest(wait).await;
        }
        Ok(())
    }

    /// Delivers as long as it is this program's turn, unless it is another's.
    pub(super) async fn in_turn(&mut self, system: &SystemScope, until: Until) -> Result<(), Error> {
        let name = format!("outbox {} {}", self.ledger.relation, self.ledger.consumer);
        let Some(lock) = system.try_lock(&name).await? else {
            return Ok(());
        };
        let first = match self.relay.is_from_now {
            true => self.feed.greatest().await?,
            false => 0,
        };
        self.ledger.register(first).await?;
        let Some(epoch) = self.ledger.take_over().await? else {
            return Ok(());
        };
        lock.protect(self.rounds(epoch, until)).await??;
        lock.release().await
    }

    async fn rounds(&mut self, epoch: i64, until: Until) -> Result<(), Error> {
        let poll = self.relay.poll;
        self.feed.begin();
        while !self.delivery.stopping.is_set() {
            let rest = match self.round(epoch).await? {
                Round::More => continue,
                Round::Displaced => return Ok(()),
                Round::Idle if until == Until::Idle => return Ok(()),
                Round::Idle => pause(poll, poll, 1),
                Round::Unsettled(looks) => pause(FIRST_LOOK, LONGEST_LOOK, looks),
            };
            self.delivery.stopping.rest(rest).await;
        }
        Ok(())
    }
}
