//! Where a worker's rows come from.

use std::sync::Arc;
use std::time::Duration;

use crate::database::Database;
use crate::error::Error;
use crate::queue::worker::Job;
use crate::queue::{Leased, Turns};
use crate::repository::tenant_of;
use crate::scope::{RepositoryScope as _, SystemScope, TenantScope};
use crate::table::{Queue, Table};

pub(super) enum Source {
    Tenant(TenantScope),
    Across {
        database: Database,
        system: SystemScope,
        turns: Turns,
    },
}

impl Source {
    pub(super) fn of_tenant(scope: TenantScope) -> Self {
        Source::Tenant(scope)
    }

    pub(super) fn across(database: Database, system: SystemScope) -> Self {
        Source::Across {
            database,
            system,
            turns: Turns::new(),
        }
    }

    pub(super) async fn claim<T: Queue>(
        &mut self,
        worker: &str,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Arc<Job<T>>>, Error> {
        match self {
            Source::Tenant(scope) => {
                let repository = scope.repository_of::<T>();
                let claimed = repository.claim_held(worker, limit, lease).await?;
                Ok(claimed
                    .into_iter()
                    .map(|leased| job(leased, scope.clone()))
                    .collect())
            }
            Source::Across {
                database,
                system,
                turns,
            } => {
                let reader = system.reader_of::<T>();
                let claimed = reader.claim_across(turns, worker, limit, lease).await?;
                let jobs = claimed.into_iter().map(|leased| {
                    let scope = database.tenant(&tenant_of(&*leased)?);
                    Ok(job(leased, scope))
                });
                jobs.collect()
            }
        }
    }

    /// Writes the end of the evidence.
    pub(super) async fn close(self) -> Result<(), Error> {
        match self {
            Source::Tenant(_) => Ok(()),
            Source::Across { system, .. } => system.close().await,
        }
    }
}

fn job<T: Table>(leased: Leased<T>, scope: TenantScope) -> Arc<Job<T>> {
    Arc::new(Job { leased, scope })
}
