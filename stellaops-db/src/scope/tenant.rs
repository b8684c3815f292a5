use std::sync::Arc;

use sqlx::SqlSafeStr;

use crate::connection::Connections;
use crate::database::Shared;
use crate::error::Error;
use crate::own_sql::Query;
use crate::repository::Repository;
use crate::scope::{Login, RepositoryScope, Session, Transaction, UnitOfWork};
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

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Whose rows these are.
    pub(crate) fn tenant_id(&self) -> Option<&TenantId> {
        self.session.tenant.as_ref()
    }

    /// The repository of a table, under its own name.
    pub fn repository<R: NamedRepository>(&self) -> R {
        R::wrap(self.repository_of())
    }

    /// SQL of your own, bound to this tenant and under row-level security, in one exchange: see [`Query`].
    /// The text is a constant; its values are parameters, `$1`, `$2`, …, given with [`Query::bind`]. A text
    /// that was put together says so with [`AssertSqlSafe`](crate::AssertSqlSafe), and holds no value either.
    ///
    /// What the text can do is what the login may do: it can call `set_config` and bind another tenant
    /// itself. So no part of it ever comes from outside.
    ///
    /// ```no_run
    /// # async fn example(scope: stellaops_db::TenantScope) -> Result<(), stellaops_db::Error> {
    /// let (number,) = scope
    ///     .query("SELECT count(*) FROM scheduler.graph_jobs WHERE status = $1")
    ///     .bind(1_i16)
    ///     .one::<(i64,)>()
    ///     .await?;
    /// # let _: i64 = number;
    /// # Ok(()) }
    /// ```
    ///
    /// A value within the text does not compile:
    /// ```compile_fail,E0277
    /// # fn example(scope: stellaops_db::TenantScope, name: &str) {
    /// let _ = scope.query(format!("SELECT id FROM shop.customers WHERE name = '{name}'"));
    /// # }
    /// ```
    pub fn query(&self, text: impl SqlSafeStr) -> Query {
        Query::new(self.session.clone(), text.into_sql_str())
    }

    /// The same tenant's rows on the replica, to read them: what is written there is refused with
    /// [`Error::ReadOnly`]. A replica is behind by a moment: what this program has just written may not be there yet.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::{Error, TenantScope};
    /// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
    /// # async fn example(scope: TenantScope) -> Result<(), Error> {
    /// let reports = scope.on_replica()?;
    /// let jobs = reports.repository::<GraphJobRepository>();
    /// let page = jobs.list(GraphJob::BY_NEWEST).limit(50).await?;
    /// # let _ = page;
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoReplica`] when the configuration has none.
    pub fn on_replica(&self) -> Result<TenantScope, Error> {
        Ok(TenantScope {
            session: self.session.on_replica()?,
        })
    }

    /// Begins a transaction for several operations of this tenant.
    ///
    /// # Errors
    /// [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(&self.session).await
    }

    /// A transaction of another isolation, with time limits, or one whose work is tried again when the database asks
    /// for it.
    pub fn transaction(&self) -> UnitOfWork {
        UnitOfWork::new(self.session.clone())
    }
}

impl RepositoryScope for TenantScope {
    fn repository_of<T: Table>(&self) -> Repository<T> {
        Repository::new(self.session.clone())
    }
}
