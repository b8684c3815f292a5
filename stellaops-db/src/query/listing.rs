//! What is asked of a list, apart from who is asked.

use crate::error::Error;
use crate::query::select::Selection;
use crate::query::{Condition, Cursor, Filter, Order, OrderOf, WithinTenant};
use crate::table::Table;
use crate::tenant::TenantId;
use crate::value::Parameter;

/// The greatest page.
const MAX_LIMIT: u32 = 10_000;
/// The page of a list that names no limit.
pub(crate) const DEFAULT_LIMIT: u32 = 100;

/// A page as it is asked for: an order, filters, how many rows, where to begin. A value without a repository,
/// given to [`Rows::page`](crate::Rows::page).
#[must_use = "nothing is listed until a repository has it"]
pub struct Listing<T, S = WithinTenant> {
    pub(crate) order: Order<T, S>,
    filters: Vec<Filter<T>>,
    pub(crate) limit: Option<u32>,
    pub(crate) cursor: Option<Cursor>,
    with_deleted: bool,
    due: bool,
}

impl<T: Table, S> std::fmt::Debug for Listing<T, S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Listing({}, {:?})",
            T::DESCRIPTOR.qualified,
            self.order
        )
    }
}

impl<T: Table, S> Listing<T, S> {
    /// The rows in an order that an index serves.
    pub fn new(order: impl OrderOf<T, S>) -> Self {
        Listing {
            order: order.into_order(),
            filters: Vec::new(),
            limit: None,
            cursor: None,
            with_deleted: false,
            due: false,
        }
    }

    /// Only rows that fulfil this too.
    pub fn filter(mut self, filter: Filter<T>) -> Self {
        self.filters.push(filter);
        self
    }

    /// At most that many rows, from 1 to 10,000; 100 when it is not said.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The page that an earlier one of the same query names.
    pub fn at(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }

    /// Rows that are marked as deleted, too, if the order's index holds them.
    pub fn with_deleted(mut self) -> Self {
        self.with_deleted = true;
        self
    }

    /// Only rows whose first ordered column, a time, has passed.
    pub(crate) fn due(mut self) -> Self {
        self.due = true;
        self
    }

    /// How many rows the page may have.
    pub(crate) fn page_size(&self) -> Result<u32, Error> {
        page_size(self.limit.unwrap_or(DEFAULT_LIMIT))
    }

    /// What is asked of the rows of a tenant, or of all, apart from the page.
    pub(crate) fn into_selection(self, tenant: Option<TenantId>) -> Result<Selection, Error> {
        let pins = self.order.pins.into_iter();
        let filters = self.filters.into_iter().map(|filter| filter.condition);
        Ok(Selection {
            table: T::DESCRIPTOR,
            tenant: tenant.filter(|_| T::DESCRIPTOR.has_tenant),
            order: Some(self.order.descriptor),
            pins: pins.collect::<Result<Vec<Parameter>, _>>()?,
            filters: filters.collect::<Result<Vec<Condition>, _>>()?,
            with_deleted: self.with_deleted,
            due: self.due,
        })
    }
}

/// A number of rows that a page may have.
pub(crate) fn page_size(limit: u32) -> Result<u32, Error> {
    match limit {
        1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::OutOfRange {
            what: "limit",
            number: i64::from(limit),
            range: "from 1 to 10,000",
        }),
    }
}
