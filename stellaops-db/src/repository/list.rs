use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use crate::column::Marker;
use crate::error::Error;
use crate::query::{Cursor, Filter, Listing, Lock, OrderOf, WithinTenant};
use crate::repository::page::{self, Asked, Columns, Page};
use crate::repository::{Repository, projected};
use crate::scope::Session;
use crate::table::{Changeable, Projection, Table};

impl<T: Table, A> Repository<T, A> {
    /// Lists rows in an order that an index serves. Nothing happens until it is awaited.
    pub fn list(&self, order: impl OrderOf<T>) -> List<T> {
        List::new(self.session.clone(), order)
    }
}

/// A list on its way: filters, the limit, where to begin. Await it for a [`Page`], or read all of it as a
/// [`List::stream`].
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, GraphJobStatus};
/// # async fn example(jobs: GraphJobRepository) -> Result<(), stellaops_db::Error> {
/// let first = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50).await?;
/// if let Some(next) = first.next {
///     let second = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50).at(next).await?;
///     println!("{} more", second.rows.len());
/// }
/// # Ok(()) }
/// # }
/// ```
#[must_use = "a list does nothing until it is awaited"]
pub struct List<T, S = WithinTenant, P = T> {
    session: Session,
    pub(super) listing: Listing<T, S>,
    lock: Option<Lock>,
    marker: Marker<P>,
}

impl<T: Table, S, P> std::fmt::Debug for List<T, S, P> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "List({}, {:?})",
            T::DESCRIPTOR.qualified,
            self.listing.order
        )
    }
}

impl<T: Table, S> List<T, S> {
    pub(super) fn new(session: Session, order: impl OrderOf<T, S>) -> Self {
        List::of(session, Listing::new(order))
    }

    pub(super) fn of(session: Session, listing: Listing<T, S>) -> Self {
        List {
            session,
            listing,
            lock: None,
            marker: PhantomData,
        }
    }

    /// Reads some of the columns only, as a struct with `#[derive(Projection)]`.
    pub fn project<P: Projection<T>>(self) -> List<T, S, P> {
        List {
            session: self.session,
            listing: self.listing,
            lock: self.lock,
            marker: PhantomData,
        }
    }

    /// Locks the rows of the page until the transaction ends.
    ///
    /// Awaiting it fails with [`Error::LockOutsideTransaction`] in a scope that is no transaction. Rows that
    /// change while they are waited for can come out of their order.
    pub fn lock(mut self, lock: Lock) -> Self
    where
        T: Changeable,
    {
        self.lock = Some(lock);
        self
    }
}

impl<T: Table, S, P: Projection<T>> List<T, S, P> {
    /// Only rows that fulfil this too. A filter never changes the index that is used.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        self.listing = self.listing.filter(filter);
        self
    }

    /// At most that many rows: of a page from 1 to 10,000, and 100 when it is not said; of a stream any number,
    /// and all when it is not said.
    pub fn limit(mut self, limit: u32) -> Self {
        self.listing = self.listing.limit(limit);
        self
    }

    /// The page that an earlier one of the same query names: its [`Page::next`] or [`Page::previous`].
    pub fn at(mut self, cursor: Cursor) -> Self {
        self.listing = self.listing.at(cursor);
        self
    }

    /// Rows that are marked as deleted, too, if the order's index holds them: a partial index of the rows
    /// that are not deleted does not.
    pub fn with_deleted(mut self) -> Self {
        self.listing = self.listing.with_deleted();
        self
    }

    /// Only rows whose first ordered column, a time, the database's clock has passed. Derived finders call
    /// this, of orders that begin with a time.
    #[doc(hidden)]
    pub fn due(mut self) -> Self {
        self.listing = self.listing.due();
        self
    }

    async fn run(mut self) -> Result<Page<P>, Error> {
        let limit = self.listing.page_size()?;
        let cursor = self.listing.cursor.take();
        let raw = page::read(self.asked()?, cursor.as_ref(), limit, None).await?;
        let rows = raw.rows.iter().map(projected::<T, P>);
        Ok(Page {
            rows: rows.collect::<Result<_, _>>()?,
            next: raw.next,
            previous: raw.previous,
        })
    }

    /// What is asked, apart from the page.
    pub(super) fn asked(self) -> Result<Asked, Error> {
        if self.lock.is_some() && !self.session.is_in_transaction() {
            return Err(Error::LockOutsideTransaction);
        }
        let order = self.listing.order.descriptor;
        let selection = self.listing.into_selection(self.session.tenant.clone())?;
        Ok(Asked {
            session: self.session,
            selection,
            columns: Columns::new(T::DESCRIPTOR, order, P::columns()),
            lock: self.lock,
        })
    }
}

impl<T: Table, S: Send + 'static, P: Projection<T>> IntoFuture for List<T, S, P> {
    type Output = Result<Page<P>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
