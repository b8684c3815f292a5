use std::future::{Future, IntoFuture};
use std::pin::Pin;

use sqlx::Row as _;

use crate::error::Error;
use crate::query::select::{Built, Selection, resolve};
use crate::query::{self, Cursor, Filter, Order, OrderOf, WithinTenant};
use crate::repository::{Repository, decode_all};
use crate::scope::Session;
use crate::table::Table;
use crate::value::Parameter;

/// The greatest page.
const MAX_LIMIT: u32 = 10_000;
/// The page of a list that names no limit.
const DEFAULT_LIMIT: u32 = 100;

impl<T: Table, A> Repository<T, A> {
    /// Lists rows in an order that an index serves. Nothing happens until it is awaited.
    pub fn list(&self, order: impl OrderOf<T>) -> List<T> {
        List::new(self.session.clone(), order.into_order())
    }

    /// How many rows this scope sees that fulfil all filters; those marked as deleted don't count.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn count(&self, filters: impl IntoIterator<Item = Filter<T>>) -> Result<u64, Error> {
        count(&self.session, filters).await
    }
}

pub(super) async fn count<T: Table>(
    session: &Session,
    filters: impl IntoIterator<Item = Filter<T>>,
) -> Result<u64, Error> {
    let filters = filters.into_iter().map(resolve).collect::<Result<_, _>>()?;
    let tenant = session.tenant.as_ref().filter(|_| T::DESCRIPTOR.has_tenant);
    let selection = Selection {
        table: T::DESCRIPTOR,
        tenant,
        order: None,
        pins: Vec::new(),
        filters,
        with_deleted: false,
        due: false,
    };
    let Built { sql, parameters } = query::count(selection);
    let rows = session.built_rows(sql, parameters).await?;
    let number: i64 = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(number).unwrap_or(0))
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// Where the next page begins; none when this is the last one.
    pub next: Option<Cursor>,
}

/// A list on its way: filters, the limit, where to begin. Await it for a [`Page`].
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, GraphJobStatus};
/// # async fn example(jobs: GraphJobRepository) -> Result<(), stellaops_db::Error> {
/// let first = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50).await?;
/// if let Some(next) = first.next {
///     let second = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50).after(next).await?;
///     println!("{} more", second.rows.len());
/// }
/// # Ok(()) }
/// # }
/// ```
#[must_use = "a list does nothing until it is awaited"]
pub struct List<T, S = WithinTenant> {
    session: Session,
    order: Order<T, S>,
    filters: Vec<Filter<T>>,
    limit: u32,
    after: Option<Cursor>,
    with_deleted: bool,
    due: bool,
}

impl<T: Table, S> std::fmt::Debug for List<T, S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "List({}, {:?})", T::DESCRIPTOR.qualified, self.order)
    }
}

impl<T: Table, S> List<T, S> {
    pub(super) fn new(session: Session, order: Order<T, S>) -> Self {
        List {
            session,
            order,
            filters: Vec::new(),
            limit: DEFAULT_LIMIT,
            after: None,
            with_deleted: false,
            due: false,
        }
    }

    /// Only rows that fulfil this too. A filter never changes the index that is used.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        self.filters.push(filter);
        self
    }

    /// At most that many rows, from 1 to 10,000; 100 when it is not said.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Begins behind the last row of an earlier page of the same query.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// Rows that are marked as deleted, too, if the order's index holds them: a partial index of the rows
    /// that are not deleted does not.
    pub fn with_deleted(mut self) -> Self {
        self.with_deleted = true;
        self
    }

    /// Only rows whose first ordered column, a time, the database's clock has passed. Derived finders call
    /// this, of orders that begin with a time.
    #[doc(hidden)]
    pub fn due(mut self) -> Self {
        self.due = true;
        self
    }

    async fn run(self) -> Result<Page<T>, Error> {
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return Err(Error::OutOfRange {
                what: "limit",
                number: i64::from(self.limit),
                range: "from 1 to 10,000",
            });
        }
        let limit = self.limit as usize;
        let order = self.order.descriptor;
        let session = self.session.clone();
        let (after, fingerprint, selection) = self.selection(&session)?;
        let Built { sql, parameters } = query::page(selection, after, limit as i64 + 1);
        let mut rows: Vec<T> = decode_all(&session.built_rows(sql, parameters).await?)?;
        // One row more than asked for was read: it says that there is a next page.
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last().filter(|_| more) {
            Some(last) => {
                let values = order
                    .order
                    .iter()
                    .map(|(position, _)| last.parameter(*position))
                    .collect::<Result<_, _>>()?;
                Cursor::new(&fingerprint, values)
            }
            None => None,
        };
        Ok(Page { rows, next })
    }

    /// What is asked, its fingerprint, and the values to begin behind.
    fn selection(self, session: &Session) -> Result<(Option<Vec<Parameter>>, String, Selection<'_>), Error> {
        let order = self.order.descriptor;
        let pins = self.order.pins.into_iter().collect::<Result<Vec<_>, _>>()?;
        let filters = self
            .filters
            .into_iter()
            .map(resolve)
            .collect::<Result<Vec<_>, _>>()?;
        let tenant = session.tenant.as_ref().filter(|_| T::DESCRIPTOR.has_tenant);
        let selection = Selection {
            table: T::DESCRIPTOR,
            tenant,
            order: Some(order),
            pins,
            filters,
            with_deleted: self.with_deleted,
            due: self.due,
        };
        let fingerprint = selection.fingerprint();
        let after = self
            .after
            .map(|cursor| cursor.values(&fingerprint, order.order.len()))
            .transpose()?;
        Ok((after, fingerprint, selection))
    }
}

impl<T: Table, S: Send + 'static> IntoFuture for List<T, S> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
