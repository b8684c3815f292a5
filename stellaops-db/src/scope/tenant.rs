use std::sync::Arc;

use crate::connection::Connections;
use crate::database::Shared;
use crate::error::Error;
use crate::repository::Repository;
use crate::scope::{Login, RepositoryScope, Session, Transaction};
use crate::table::{NamedRepository, Table};
use crate::tenant::TenantId;

/// The rows of one tenant. Cheap, without I/O until an operation.
#[derive(Debug, Clone)]
pub struct TenantScope {
    session: Session,
}

impl TenantScope {
    pub(crate) fn new(shared: Arc<Shared>, connections: Connections, tenant: TenantId, login: Login) -> Self {
        TenantScope {
            session: Session::new(shared, connections, Some(tenant), login),
        }
    }

    /// The repository of a table, under its own name.
    pub fn repository<R: NamedRepository>(&self) -> R {
        R::wrap(self.repository_of())
    }

    /// Begins a transaction for several operations of this tenant.
    ///
    /// # Errors
    /// [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(&self.session).await
    }
}

impl RepositoryScope for TenantScope {
    fn repository_of<T: Table>(&self) -> Repository<T> {
        Repository::new(self.session.clone())
    }
}
