use crate::repository::{Repository, Rows};
use crate::scope::{RepositoryScope, TenantScope, Transaction};
use crate::table::Table;

/// What the rows of a tenant's tables come from, wherever they are kept: its scope or a transaction on PostgreSQL,
/// or a `MemoryScope` (feature `memory`) in a unit test. For services that work on several tables; one that works
/// on one table is generic over its [`Rows`].
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::schema::scheduler::{Run, Schedule};
/// use stellaops_db::{Error, Id, Rows, Store};
///
/// /// The newest run of the schedule of that name.
/// async fn last_run(store: &impl Store, name: &str) -> Result<Option<Run>, Error> {
///     let Some(schedule) = store.rows::<Schedule>().find(Schedule::UNIQUE_NAME.of(name)).await? else {
///         return Ok(None);
///     };
///     let newest = Run::BY_SCHEDULE_NEWEST.of(schedule.id);
///     let page = store.rows::<Run>().list(newest).limit(1).await?;
///     Ok(page.rows.into_iter().next())
/// }
/// # }
/// ```
pub trait Store: Send + Sync {
    /// The rows of a table.
    type Rows<T: Table>: Rows<T>;

    /// The rows of a table, as this scope sees them. No I/O.
    fn rows<T: Table>(&self) -> Self::Rows<T>;
}

impl Store for TenantScope {
    type Rows<T: Table> = Repository<T>;

    fn rows<T: Table>(&self) -> Repository<T> {
        self.repository_of()
    }
}

impl Store for Transaction {
    type Rows<T: Table> = Repository<T>;

    fn rows<T: Table>(&self) -> Repository<T> {
        self.repository_of()
    }
}
