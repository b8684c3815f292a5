//! Renews the leases of a worker's rows, beside everything else that it does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::error::Error;
use crate::queue::worker::Job;
use crate::queue::{Held as _, Lease};
use crate::table::Table;
use crate::tenant::TenantId;
use crate::value::Parameter;

/// The rows that are worked on.
pub(super) struct Keeper<T: Table> {
    kept: Arc<Mutex<Kept<T>>>,
}

struct Kept<T: Table> {
    /// The number of the row that comes next.
    next: u64,
    rows: BTreeMap<u64, Row<T>>,
}

struct Row<T: Table> {
    job: Arc<Job<T>>,
    standing: watch::Sender<Standing>,
}

/// How a row stands with its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Held,
    /// It is another's.
    Lost,
    /// The worker stops, and has no more patience.
    Dismissed,
}

/// A row is kept until this is dropped.
pub(super) struct Hold<T: Table> {
    keeper: Keeper<T>,
    number: u64,
    standing: watch::Receiver<Standing>,
}

impl<T: Table> Hold<T> {
    /// Ready when the row is held no more, with how it stands.
    pub(super) async fn changed(&mut self) -> Standing {
        self.wait_for(|standing| standing != Standing::Held).await
    }

    /// Ready when the worker has no more patience.
    pub(super) async fn dismissed(&mut self) {
        self.wait_for(|standing| standing == Standing::Dismissed).await;
    }

    async fn wait_for(&mut self, is_so: impl Fn(Standing) -> bool) -> Standing {
        let standing = self.standing.wait_for(|standing| is_so(*standing)).await;
        // The sender is dropped by this hold only, so there is always an answer.
        standing.map_or(Standing::Dismissed, |standing| *standing)
    }
}

impl<T: Table> Drop for Hold<T> {
    fn drop(&mut self) {
        self.keeper.lock().rows.remove(&self.number);
    }
}

/// One of a tenant's jobs, and the leases of all of them by their numbers.
type OfTenant<T> = (Arc<Job<T>>, Vec<(u64, Lease<T>)>);

impl<T: Table> Clone for Keeper<T> {
    fn clone(&self) -> Self {
        Keeper {
            kept: self.kept.clone(),
        }
    }
}

impl<T: Table> Keeper<T> {
    pub(super) fn new() -> Self {
        let kept = Kept {
            next: 0,
            rows: BTreeMap::new(),
        };
        Keeper {
            kept: Arc::new(Mutex::new(kept)),
        }
    }

    pub(super) fn keep(&self, job: Arc<Job<T>>) -> Hold<T> {
        let (sender, standing) = watch::channel(Standing::Held);
        let mut kept = self.lock();
        let number = kept.next;
        kept.next += 1;
        let row = Row {
            job,
            standing: sender,
        };
        kept.rows.insert(number, row);
        Hold {
            keeper: self.clone(),
            number,
            standing,
        }
    }

    /// Has all rows that are worked on still given back.
    pub(super) fn dismiss(&self) {
        for row in self.lock().rows.values() {
            row.standing.send_replace(Standing::Dismissed);
        }
    }

    /// Renews when a third of the lease is over, as long as the worker lives. What cannot be renewed for now, as
    /// the server is away, is tried at the next time: two more are left.
    pub(super) async fn renew(self, lease: Duration) {
        loop {
            tokio::time::sleep(lease / 3).await;
            for (one, held) in self.by_tenant() {
                if let Err(error) = self.renew_some(&one, held, lease).await {
                    tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, %error, "leases could not be renewed");
                }
            }
        }
    }

    async fn renew_some(
        &self,
        job: &Arc<Job<T>>,
        held: Vec<(u64, Lease<T>)>,
        lease: Duration,
    ) -> Result<(), Error> {
        let leases: Vec<_> = held.iter().map(|(_, lease)| lease.clone()).collect();
        let ends = job.repository().renewed(&leases, lease).await?;
        for ((number, lease), end) in held.into_iter().zip(ends) {
            if end.is_none() && was_taken_over(job, &lease).await? {
                self.lost(number);
            }
        }
        Ok(())
    }

    /// The row is another's: its handler ends where it waits.
    fn lost(&self, number: u64) {
        if let Some(row) = self.lock().rows.get(&number) {
            row.standing.send_if_modified(|standing| {
                let is_held = *standing == Standing::Held;
                if is_held {
                    *standing = Standing::Lost;
                }
                is_held
            });
        }
    }

    /// The leases of each tenant, with one of its jobs, whose scope they are renewed in.
    fn by_tenant(&self) -> Vec<OfTenant<T>> {
        let mut tenants: BTreeMap<Option<TenantId>, OfTenant<T>> = BTreeMap::new();
        for (number, row) in self.lock().rows.iter() {
            if *row.standing.borrow() != Standing::Held {
                continue;
            }
            let lease = row.job.lease().clone();
            let of_tenant = tenants.entry(row.job.scope.tenant_id().cloned());
            let entry = of_tenant.or_insert_with(|| (row.job.clone(), Vec::new()));
            entry.1.push((*number, lease));
        }
        tenants.into_values().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a row without its lease is another worker's, or gone. One that was ended and that nobody has claimed since
/// may have been ended by its own handler, which then has only to return.
async fn was_taken_over<T: Table>(job: &Job<T>, lease: &Lease<T>) -> Result<bool, Error> {
    let attempts = T::DESCRIPTOR.queue.as_ref().map(|queue| queue.attempts);
    let row = job.repository().get(lease.key().clone()).await?;
    let (Some(row), Some(attempts)) = (row, attempts) else {
        return Ok(true);
    };
    Ok(row.parameter(attempts)? != Parameter::Integer(Some(lease.attempt())))
}
