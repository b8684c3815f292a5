//! One round: read, deliver, write down how far.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use crate::database::Database;
use crate::error::Error;
use crate::outbox::delivery::{End, Group, Outcome, deliver};
use crate::outbox::event::{Event, number_of};
use crate::outbox::feed::Feed;
use crate::outbox::ledger::{Change, Held, Ledger, Standing};
use crate::outbox::relay::{Relay, RelayReport};
use crate::outbox::stopping::Stopping;
use crate::queue::Failure;
use crate::table::Table;
use crate::tenant::TenantId;

pub(super) struct Rounds<T, F> {
    pub(super) relay: Relay,
    pub(super) database: Database,
    pub(super) ledger: Ledger,
    pub(super) feed: Feed<T>,
    pub(super) handler: Arc<F>,
    pub(super) stopping: Stopping,
    /// No event can appear up to this number any more.
    pub(super) settled: i64,
    /// How often delivering failed in a row.
    pub(super) failures: u32,
    pub(super) report: RelayReport,
}

/// What a round has come to.
pub(super) enum Round {
    /// There may be more to deliver at once.
    More,
    /// All is delivered that is there and due.
    Idle,
    /// Somebody else delivers to the consumer now, or has set it to another place.
    Displaced,
}

/// The groups of a round, and the number up to which the events of the tenants that do not wait are in them.
struct Read<T> {
    groups: Vec<Group<T>>,
    upto: i64,
    is_full: bool,
}

impl<T, F, R> Rounds<T, F>
where
    T: Table,
    F: Fn(Event<T>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    pub(super) async fn round(&mut self, epoch: i64) -> Result<Round, Error> {
        let Some(standing) = self.ledger.standing(epoch).await? else {
            return Ok(Round::Displaced);
        };
        if self.settled <= standing.position {
            self.settled = self.feed.settled(standing.position, &mut self.stopping).await?;
        }
        let read = self.read(&standing).await?;
        let concurrency = self.relay.concurrency as usize;
        let delivered = deliver(read.groups, concurrency, &self.handler, &self.stopping).await;
        let Some(outcomes) = delivered else {
            return Ok(Round::Displaced);
        };
        let position = reached(read.upto, &outcomes);
        let changes = self.account(outcomes);
        if position == standing.position && changes.is_empty() {
            return Ok(Round::Idle);
        }
        if !self.ledger.save(epoch, position, changes).await? {
            return Ok(Round::Displaced);
        }
        self.failures = 0;
        Ok(match read.is_full {
            true => Round::More,
            false => Round::Idle,
        })
    }

    /// The next events of the tenants that do not wait, and of those that are to be tried again.
    async fn read(&self, standing: &Standing) -> Result<Read<T>, Error> {
        let limit = self.relay.batch;
        let without = standing.held.iter().map(|held| held.tenant.as_str().into());
        let (behind, settled) = (standing.position, self.settled);
        let rows = match settled > behind {
            true => {
                let without = without.collect();
                self.feed.events((behind, settled), without, limit).await?
            }
            false => Vec::new(),
        };
        let mut is_full = rows.len() >= limit as usize;
        let upto = match rows.last() {
            Some(last) if is_full => number_of(last)?,
            _ => settled.max(behind),
        };
        let mut groups = self.grouped(rows)?;
        let due = standing.held.iter().filter(|held| held.is_due);
        for held in due.take(self.relay.concurrency as usize) {
            let group = self.waiting(held, upto).await?;
            is_full |= !group.is_rest;
            groups.push(group);
        }
        Ok(Read {
            groups,
            upto,
            is_full,
        })
    }

    fn grouped(&self, rows: Vec<T>) -> Result<Vec<Group<T>>, Error> {
        let mut groups: BTreeMap<TenantId, Group<T>> = BTreeMap::new();
        for row in rows {
            let event = Event::new(row, &self.database)?;
            let tenant = event.tenant().clone();
            let group = groups.entry(tenant).or_insert_with_key(|tenant| Group {
                tenant: tenant.clone(),
                events: Default::default(),
                held: None,
                is_rest: true,
            });
            group.events.push_back(event);
        }
        Ok(groups.into_values().collect())
    }

    /// The events of a tenant that had to wait. Read up to where the others are, so that it is among them again when
    /// all of its own are taken.
    async fn waiting(&self, held: &Held, upto: i64) -> Result<Group<T>, Error> {
        let limit = self.relay.batch;
        let rows = self
            .feed
            .events_of(&held.tenant, (held.position, upto), limit)
            .await?;
        let is_rest = rows.len() < limit as usize;
        let events = rows.into_iter().map(|row| Event::new(row, &self.database));
        Ok(Group {
            tenant: held.tenant.clone(),
            events: events.collect::<Result<_, _>>()?,
            held: Some(held.clone()),
            is_rest,
        })
    }

    fn account(&mut self, outcomes: Vec<Outcome>) -> Vec<Change> {
        let mut changes = Vec::new();
        for Outcome {
            tenant,
            held,
            is_rest,
            delivered,
            taken,
            end,
        } in outcomes
        {
            self.report.delivered += delivered;
            match end {
                End::Failed(number, failure) => {
                    self.report.failed += 1;
                    let before = held.filter(|_| taken.is_none());
                    changes.push(self.failed(tenant, before, number, failure));
                }
                End::Taken if held.is_some() && is_rest => changes.push(Change::LetGo { tenant }),
                // Those of tenants that do not wait are counted by the consumer's own position.
                End::Taken | End::Stopped(_) => {
                    let advanced = held.and(taken);
                    changes.extend(advanced.map(|position| Change::Advanced { tenant, position }));
                }
            }
        }
        changes
    }

    fn failed(&self, tenant: TenantId, before: Option<Held>, number: i64, failure: Failure) -> Change {
        let failures = before.map_or(1, |before| before.failures.saturating_add(1));
        let wait = (!failure.is_for_good).then(|| failure.after.unwrap_or_else(|| self.relay.wait(failures)));
        tracing::warn!(
            target: "stellaops_db",
            table = T::DESCRIPTOR.qualified,
            consumer = self.relay.consumer,
            %tenant,
            number,
            failures,
            "an event could not be taken: those of its tenant wait"
        );
        Change::Held {
            tenant,
            position: number - 1,
            failures,
            reason: failure.reason,
            wait,
        }
    }
}

/// The number up to which every event was taken, or waits with its tenant.
fn reached(upto: i64, outcomes: &[Outcome]) -> i64 {
    let stopped = outcomes.iter().filter_map(|outcome| match outcome.end {
        End::Stopped(number) if outcome.held.is_none() => Some(number - 1),
        _ => None,
    });
    stopped.fold(upto, i64::min)
}
