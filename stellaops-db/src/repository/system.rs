use std::marker::PhantomData;

use crate::chain::{self, ChainReport};
use crate::error::Error;
use crate::query::{AcrossTenants, Filter, OrderOf};
use crate::repository::List;
use crate::repository::count::count;
use crate::scope::Session;
use crate::table::{Chained, NamedReader, Partitioned, Purgeable, Table};
use crate::tenant::TenantId;
use crate::value::Parameter;

/// A table across tenants: reads it, and does what its retention asks for. No verb writes a single row: for
/// that, name the tenant.
pub struct SystemReader<T> {
    pub(crate) session: Session,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> std::fmt::Debug for SystemReader<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SystemReader({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table> NamedReader for SystemReader<T> {
    type Table = T;

    fn wrap(reader: SystemReader<T>) -> Self {
        reader
    }
}

impl<T: Table> SystemReader<T> {
    pub(crate) fn new(session: Session) -> Self {
        SystemReader {
            session,
            marker: PhantomData,
        }
    }

    /// Lists rows of all tenants in an order of `scope = "system"`.
    pub fn list(&self, order: impl OrderOf<T, AcrossTenants>) -> List<T, AcrossTenants> {
        List::new(self.session.clone(), order)
    }

    /// How many rows all tenants have that fulfil all filters.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn count(&self, filters: impl IntoIterator<Item = Filter<T>>) -> Result<u64, Error> {
        count(&self.session, filters, None).await
    }

    /// Deletes up to `limit` rows whose retention is over, of all tenants, the oldest first; says how many
    /// there were. Fewer than `limit`: no more are to be purged now. The age is that of the database's clock.
    /// Events of an outbox stay until every consumer was given them; while one is away, a purge looks at all that are
    /// past their retention.
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`] when other rows point at one of them.
    pub async fn purge(&self, limit: u32) -> Result<u64, Error>
    where
        T: Purgeable,
    {
        let limit = vec![Parameter::BigInt(Some(i64::from(limit)))];
        self.session.execute(T::DESCRIPTOR.statements.purge, limit).await
    }

    /// Verifies the hash chain of a tenant, from the first row that is there to its head.
    ///
    /// # Errors
    /// What the database can say; a chain that is broken is no error, see [`ChainReport::fault`].
    pub async fn verify_chain(&self, tenant: &TenantId) -> Result<ChainReport, Error>
    where
        T: Chained,
    {
        match &T::DESCRIPTOR.statements.chain {
            Some(descriptor) => chain::verify(&mut &self.session, &descriptor.into(), tenant).await,
            None => Err(Error::NotFound {
                table: T::DESCRIPTOR.qualified,
            }),
        }
    }

    /// Verifies the hash chains of all tenants, in the order of their ids, that of the system's own evidence
    /// too.
    ///
    /// # Errors
    /// As [`SystemReader::verify_chain`].
    pub async fn verify_chains(&self) -> Result<Vec<ChainReport>, Error>
    where
        T: Chained,
    {
        match &T::DESCRIPTOR.statements.chain {
            Some(descriptor) => chain::verify_all(&mut &self.session, &descriptor.into()).await,
            None => Ok(Vec::new()),
        }
    }

    /// Makes the partitions of this month and of the next ones, as many as the spec says, and detaches those
    /// whose last row is past the retention; a detached month is a table of its own. Call it daily: a row whose
    /// month has no partition is refused. With nothing to do it waits for nobody; detaching waits for those who
    /// use the table, at most five seconds.
    ///
    /// # Errors
    /// [`Error::LockTimeout`] when the wait was too long: nothing has changed.
    pub async fn maintain_partitions(&self) -> Result<(), Error>
    where
        T: Partitioned,
    {
        let statement = T::DESCRIPTOR.statements.maintain_partitions;
        self.session.execute(statement, Vec::new()).await.map(|_| ())
    }
}
