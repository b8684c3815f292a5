//! Renews the leases of a worker's rows, beside everything else that it does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::{AbortHandle, Id};

use crate::error::Error;
use crate::queue::worker::Job;
use crate::queue::{Held as _, Lease};
use crate::table::Table;
use crate::tenant::TenantId;
use crate::value::Parameter;

/// The rows that are worked on.
pub(super) struct Keeper<T: Table> {
    kept: Arc<Mutex<BTreeMap<Id, Kept<T>>>>,
}

/// One of a tenant's jobs, and the leases of all of them by their handlers.
type OfTenant<T> = (Arc<Job<T>>, Vec<(Id, Lease<T>)>);

struct Kept<T: Table> {
    job: Arc<Job<T>>,
    handler: AbortHandle,
}

impl<T: Table> Clone for Keeper<T> {
    fn clone(&self) -> Self {
        Keeper {
            kept: self.kept.clone(),
        }
    }
}

impl<T: Table> Keeper<T> {
    pub(super) fn new() -> Self {
        Keeper { kept: Arc::default() }
    }

    pub(super) fn keep(&self, job: Arc<Job<T>>, handler: AbortHandle) {
        self.lock().insert(handler.id(), Kept { job, handler });
    }

    /// Whether it was kept until now: a row whose lease was lost is kept no more.
    pub(super) fn let_go(&self, handler: Id) -> Option<Arc<Job<T>>> {
        self.lock().remove(&handler).map(|kept| kept.job)
    }

    /// Keeps nothing any more: what is worked on still.
    pub(super) fn stop(&self) -> Vec<Arc<Job<T>>> {
        let kept = std::mem::take(&mut *self.lock());
        kept.into_values().map(|kept| kept.job).collect()
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
        held: Vec<(Id, Lease<T>)>,
        lease: Duration,
    ) -> Result<(), Error> {
        let leases: Vec<_> = held.iter().map(|(_, lease)| lease.clone()).collect();
        let ends = job.repository().renewed(&leases, lease).await?;
        for ((handler, lease), end) in held.into_iter().zip(ends) {
            if end.is_none() && was_taken_over(job, &lease).await? {
                self.lost(handler);
            }
        }
        Ok(())
    }

    /// The row is another's: its handler ends where it waits.
    fn lost(&self, handler: Id) {
        if let Some(kept) = self.lock().remove(&handler) {
            tracing::warn!(target: "stellaops_db", table = T::DESCRIPTOR.qualified, "the lease of a row was lost while it was worked on");
            kept.handler.abort();
        }
    }

    /// The leases of each tenant, with one of its jobs, whose scope they are renewed in.
    fn by_tenant(&self) -> Vec<OfTenant<T>> {
        let mut tenants: BTreeMap<Option<TenantId>, OfTenant<T>> = BTreeMap::new();
        for (handler, kept) in self.lock().iter() {
            let lease = kept.job.lease().clone();
            let of_tenant = tenants.entry(kept.job.scope.tenant_id().cloned());
            let entry = of_tenant.or_insert_with(|| (kept.job.clone(), Vec::new()));
            entry.1.push((*handler, lease));
        }
        tenants.into_values().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Id, Kept<T>>> {
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
