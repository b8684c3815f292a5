//! One round: read, deliver, write down how far.

use std::collections::BTreeMap;
use std::future::Future;

use crate::error::Error;
use crate::outbox::delivery::{Delivery, End, Group, Outcome};
use crate::outbox::event::{Arrived, Event};
use crate::outbox::feed::Feed;
use crate::outbox::ledger::{Change, Held, Ledger, Standing};
use crate::outbox::relay::{Relay, RelayReport};
use crate::queue::Failure;
use crate::table::Table;
use crate::tenant::TenantId;

pub(super) struct Rounds<T, F> {
    pub(super) relay: Relay,
    pub(super) ledger: Ledger,
    pub(super) feed: Feed<T>,
    pub(super) delivery: Delivery<F>,
    /// How often delivering failed in a row.
    pub(super) failures: u32,
    pub(super) report: RelayReport,
}

/// What a round has come to.
pub(super) enum Round {
    /// There may be more to deliver at once.
    More,
    /// Events are there that cannot be delivered before a transaction has ended, which was looked for so often.
    Unsettled(u32),
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
        let settled = self.feed.settled(standing.position).await?;
        let read = self.read(&standing, settled).await?;
        let Some(outcomes) = self.delivery.deliver(read.groups).await else {
            return Ok(Round::Displaced);
        };
        let position = reached(read.upto, &outcomes);
        let changes = self.account(outcomes);
        let has_moved = position != standing.position || !changes.is_empty();
        if has_moved && !self.ledger.save(epoch, position, changes).await? {
            return Ok(Round::Displaced);
        }
        self.failures = 0;
        Ok(match self.feed.looks() {
            _ if has_moved && read.is_full => Round::More,
            Some(looks) => Round::Unsettled(looks),
            None => Round::Idle,
        })
    }

    /// The next events of the tenants that do not wait, and of those that are to be tried again.
    async fn read(&self, standing: &Standing, settled: i64) -> Result<Read<T>, Error> {
        let limit = self.relay.batch;
        let without = standing.held.iter().map(|held| held.tenant.as_str().into());
        let behind = standing.position;
        let rows = match settled > behind {
            true => {
                let without = without.collect();
                self.feed.events((behind, settled), without, limit).await?
            }
            false => Vec::new(),
        };
        let mut is_full = rows.len() >= limit as usize;
        let upto = match rows.last() {
            Some(last) if is_full => last.number,
            _ => settled.max(behind),
        };
        let mut groups = grouped(rows);
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

    /// The events of a tenant that had to wait. Read up to where the others are, so that it is among them again when
    /// all of its own are taken.
    async fn waiting(&self, held: &Held, upto: i64) -> Result<Group<T>, Error> {
        let limit = self.relay.batch;
        let rows = self
            .feed
            .events_of(&held.tenant, (held.position, upto), limit)
            .await?;
        let is_rest = rows.len() < limit as usize;
        Ok(Group {
            tenant: held.tenant.clone(),
            events: rows,
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

fn grouped<T>(arrived: Vec<Arrived<T>>) -> Vec<Group<T>> {
    let mut groups: BTreeMap<TenantId, Group<T>> = BTreeMap::new();
    for event in arrived {
        let tenant = event.tenant.clone();
        let group = groups.entry(tenant).or_insert_with_key(|tenant| Group {
            tenant: tenant.clone(),
            events: Vec::new(),
            held: None,
            is_rest: true,
        });
        group.events.push(event);
    }
    groups.into_values().collect()
}

/// The number up to which every event was taken, or waits with its tenant.
fn reached(upto: i64, outcomes: &[Outcome]) -> i64 {
    let stopped = outcomes.iter().filter_map(|outcome| match outcome.end {
        End::Stopped(number) if outcome.held.is_none() => Some(number - 1),
        _ => None,
    });
    stopped.fold(upto, i64::min)
}
