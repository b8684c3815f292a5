//! The verbs as a trait, for code that runs on PostgreSQL in a service and without it in a unit test.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use crate::bulk::BulkReport;
use crate::column::{Marker, Swap};
use crate::error::Error;
use crate::query::{Cursor, Edit, Filter, Listing, Lookup, OrderOf};
use crate::repository::{List, Page, Repository, Swapped};
use crate::table::{
    Changeable, Deletable, Insert, Patchable, SoftDeletable, Table, Update, Upsertable, Versioned, tenancy,
};

/// The rows of one table, as one scope sees them, wherever they are kept: a [`Repository`] on PostgreSQL, or a
/// `MemoryRepository` (feature `memory`) in a unit test. Code that is generic over it calls the same verbs with
/// the same words, and gets the same rows and the same errors.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::schema::scheduler::{GraphJob, GraphJobStatus};
/// use stellaops_db::{Error, Rows};
///
/// /// Puts waiting jobs into the queue, the newest first; says how many.
/// async fn enqueue(jobs: &impl Rows<GraphJob>) -> Result<usize, Error> {
///     let waiting = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Pending)).limit(50).await?;
///     let mut queued = 0;
///     for job in waiting.rows {
///         let step = GraphJob::STATUS.from(GraphJobStatus::Pending).to(GraphJobStatus::Queued);
///         queued += usize::from(jobs.compare_and_swap(job.id, step).await?.is_won());
///     }
///     Ok(queued)
/// }
/// # }
/// ```
///
/// `A` is the access of the scope, as of a [`Repository`]: global tables are written with
/// [`SystemAccess`](tenancy::SystemAccess) only. A repository with a name of its own is passed as the
/// generic one that it dereferences to, `&*jobs`. What its finders look for is said here by the key or the order:
/// `rows.find(Schedule::UNIQUE_NAME.of("nightly"))`, `rows.list(Schedule::BY_NAME)`. A service that works on
/// several tables is generic over a [`Store`](crate::Store).
///
/// What stays on PostgreSQL is no verb of this trait, so that the compiler refuses it: SQL of your own, locks,
/// transactions, streams, searches, projections, related rows, claims of a queue.
pub trait Rows<T: Table, A = tenancy::TenantAccess>: Clone + Send + Sync + 'static {
    /// The row of that key, if this scope can see one; not when it is marked as deleted. As [`Repository::get`].
    ///
    /// # Errors
    /// What the database can say.
    fn get(&self, key: T::Key) -> impl Future<Output = Result<Option<T>, Error>> + Send;

    /// The row with these values of a unique key. As [`Repository::find`].
    ///
    /// # Errors
    /// What the database can say.
    fn find(&self, lookup: Lookup<T>) -> impl Future<Output = Result<Option<T>, Error>> + Send;

    /// Whether there is a row of that key. As [`Repository::exists`].
    ///
    /// # Errors
    /// What the database can say.
    fn exists(&self, key: T::Key) -> impl Future<Output = Result<bool, Error>> + Send;

    /// The page that is asked for.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a limit that no page has; [`Error::Cursor`].
    fn page(&self, listing: Listing<T>) -> impl Future<Output = Result<Page<T>, Error>> + Send;

    /// Lists rows in an order that an index serves. As [`Repository::list`]: nothing happens until it is awaited.
    fn list(&self, order: impl OrderOf<T>) -> Listed<T, Self, A> {
        Listed {
            rows: self.clone(),
            listing: Listing::new(order),
            marker: PhantomData,
        }
    }

    /// How many rows fulfil all filters. As [`Repository::count`].
    ///
    /// # Errors
    /// What the database can say.
    fn count(
        &self,
        filters: impl IntoIterator<Item = Filter<T>> + Send,
    ) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Inserts a row and gives it back as it is stored. As [`Repository::insert`].
    ///
    /// # Errors
    /// [`Error::UniqueViolation`], [`Error::ForeignKeyViolation`], [`Error::CheckViolation`].
    fn insert(&self, row: T::Assignments<Insert>) -> impl Future<Output = Result<T, Error>> + Send
    where
        A: tenancy::Writes<T::Tenancy>;

    /// Inserts rows: all, or none. As [`Repository::insert_many`].
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with what [`Rows::insert`] says of the row.
    fn insert_many(
        &self,
        rows: impl IntoIterator<Item = T::Assignments<Insert>, IntoIter: Send> + Send,
    ) -> impl Future<Output = Result<BulkReport, Error>> + Send
    where
        A: tenancy::Writes<T::Tenancy>;

    /// Inserts a row, or sets the patchable columns of the row with that key. As [`Repository::upsert`].
    ///
    /// # Errors
    /// As [`Rows::insert`]; [`Error::NotFound`] when the row is marked as deleted.
    fn upsert(&self, row: T::Assignments<Insert>) -> impl Future<Output = Result<T, Error>> + Send
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>;

    /// Sets the columns of the patch and gives the row back as it is stored. As [`Repository::update`].
    ///
    /// # Errors
    /// [`Error::NotFound`]; as [`Rows::insert`].
    fn update(
        &self,
        key: T::Key,
        patch: T::Assignments<Update>,
    ) -> impl Future<Output = Result<T, Error>> + Send
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>;

    /// As [`Rows::update`], if the row still has that version. As [`Repository::update_expecting`].
    ///
    /// # Errors
    /// [`Error::VersionConflict`]; as [`Rows::update`].
    fn update_expecting(
        &self,
        key: T::Key,
        version: i64,
        patch: T::Assignments<Update>,
    ) -> impl Future<Output = Result<T, Error>> + Send
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>;

    /// Changes members of the row's documents in place. As [`Repository::edit`].
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::CheckViolation`] when the document is none of its shape any more.
    fn edit(
        &self,
        key: T::Key,
        edits: impl IntoIterator<Item = Edit<T>> + Send,
    ) -> impl Future<Output = Result<T, Error>> + Send
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>;

    /// Changes one column from an expected value to a new one, and says whether it won. As
    /// [`Repository::compare_and_swap`].
    ///
    /// # Errors
    /// [`Error::IllegalTransition`] for a step that the status does not allow.
    fn compare_and_swap(
        &self,
        key: T::Key,
        swap: Swap<T>,
    ) -> impl Future<Output = Result<Swapped<T>, Error>> + Send
    where
        T: Changeable,
        A: tenancy::Writes<T::Tenancy>;

    /// As [`Rows::compare_and_swap`], with a patch that takes effect with it. As
    /// [`Repository::compare_and_swap_with`].
    ///
    /// # Errors
    /// As [`Rows::compare_and_swap`] and [`Rows::update`].
    fn compare_and_swap_with(
        &self,
        key: T::Key,
        swap: Swap<T>,
        patch: T::Assignments<Update>,
    ) -> impl Future<Output = Result<Swapped<T>, Error>> + Send
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>;

    /// Deletes the row for good. Says whether there was one. As [`Repository::delete`].
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`] when other rows point at it.
    fn delete(&self, key: T::Key) -> impl Future<Output = Result<bool, Error>> + Send
    where
        T: Changeable + Deletable,
        A: tenancy::Writes<T::Tenancy>;

    /// Marks the row as deleted. Says whether there was one that was not marked. As [`Repository::soft_delete`].
    ///
    /// # Errors
    /// What the database can say.
    fn soft_delete(&self, key: T::Key) -> impl Future<Output = Result<bool, Error>> + Send
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>;

    /// Takes the mark away. Says whether there was a row that was marked. As [`Repository::restore`].
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] when its place was taken meanwhile.
    fn restore(&self, key: T::Key) -> impl Future<Output = Result<bool, Error>> + Send
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>;
}

/// A list of [`Rows`] on its way: filters, the limit, where to begin. Await it for a [`Page`].
#[must_use = "a list does nothing until it is awaited"]
pub struct Listed<T, R, A = tenancy::TenantAccess> {
    rows: R,
    listing: Listing<T>,
    marker: Marker<A>,
}

impl<T: Table, R, A> std::fmt::Debug for Listed<T, R, A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.listing, formatter)
    }
}

impl<T: Table, R, A> Listed<T, R, A> {
    /// Only rows that fulfil this too.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        self.listing = self.listing.filter(filter);
        self
    }

    /// At most that many rows, from 1 to 10,000; 100 when it is not said.
    pub fn limit(mut self, limit: u32) -> Self {
        self.listing = self.listing.limit(limit);
        self
    }

    /// The page that an earlier one of the same query names.
    pub fn at(mut self, cursor: Cursor) -> Self {
        self.listing = self.listing.at(cursor);
        self
    }

    /// Rows that are marked as deleted, too, if the order's index holds them.
    pub fn with_deleted(mut self) -> Self {
        self.listing = self.listing.with_deleted();
        self
    }
}

impl<T: Table, A: 'static, R: Rows<T, A>> IntoFuture for Listed<T, R, A> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Listed { rows, listing, .. } = self;
        Box::pin(async move { rows.page(listing).await })
    }
}

impl<T: Table, A: Send + Sync + 'static> Rows<T, A> for Repository<T, A> {
    async fn get(&self, key: T::Key) -> Result<Option<T>, Error> {
        self.get(key).await
    }

    async fn find(&self, lookup: Lookup<T>) -> Result<Option<T>, Error> {
        self.find(lookup).await
    }

    async fn exists(&self, key: T::Key) -> Result<bool, Error> {
        self.exists(key).await
    }

    async fn page(&self, listing: Listing<T>) -> Result<Page<T>, Error> {
        List::of(self.session.clone(), listing).await
    }

    async fn count(&self, filters: impl IntoIterator<Item = Filter<T>> + Send) -> Result<u64, Error> {
        self.count(filters).await
    }

    async fn insert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        self.insert(row).await
    }

    async fn insert_many(
        &self,
        rows: impl IntoIterator<Item = T::Assignments<Insert>, IntoIter: Send> + Send,
    ) -> Result<BulkReport, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        self.insert_many(rows).await
    }

    async fn upsert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.upsert(row).await
    }

    async fn update(&self, key: T::Key, patch: T::Assignments<Update>) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.update(key, patch).await
    }

    async fn update_expecting(
        &self,
        key: T::Key,
        version: i64,
        patch: T::Assignments<Update>,
    ) -> Result<T, Error>
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.update_expecting(key, version, patch).await
    }

    async fn edit(&self, key: T::Key, edits: impl IntoIterator<Item = Edit<T>> + Send) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        // An iterator need not be one that can be sent; its edits can.
        let edits: Vec<Edit<T>> = edits.into_iter().collect();
        self.edit(key, edits).await
    }

    async fn compare_and_swap(&self, key: T::Key, swap: Swap<T>) -> Result<Swapped<T>, Error>
    where
        T: Changeable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.compare_and_swap(key, swap).await
    }

    async fn compare_and_swap_with(
        &self,
        key: T::Key,
        swap: Swap<T>,
        patch: T::Assignments<Update>,
    ) -> Result<Swapped<T>, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.compare_and_swap_with(key, swap, patch).await
    }

    async fn delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: Changeable + Deletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.delete(key).await
    }

    async fn soft_delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.soft_delete(key).await
    }

    async fn restore(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.restore(key).await
    }
}
