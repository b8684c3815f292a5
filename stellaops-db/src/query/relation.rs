//! What is read beside the rows of a table: of each its parent, or its children.

use std::marker::PhantomData;

use sqlx::postgres::PgRow;

use crate::column::{Column, Marker, Pointing};
use crate::id::Id;
use crate::query::join::{ChildrenJoin, Join, ParentJoin};
use crate::query::{Condition, Filter, IndexOrder};
use crate::table::{OrderDescriptor, Table};
use crate::tenant::TenantId;
use crate::value::{DecodeError, EncodeError, Row};

/// What a list or a look-up of `T` can read beside its rows, in the same exchange: a column that points at a
/// parent (`Run::SCHEDULE_ID`), or an order of the children ([`IndexOrder::children`]).
#[diagnostic::on_unimplemented(
    message = "[SDB0721] `{Self}` relates nothing to rows of `{T}`",
    label = "this is neither a reference of the table nor an order of its children",
    note = "pass a column of a foreign key whose field is an `Id<…>` of the parent, or `Child::BY_….children(limit)` of an order that is pinned by such a column alone; what is related otherwise is read by `scope.query`\nrun `stellaops-db explain SDB0721`"
)]
pub trait Relation<T: Table>: Send + 'static {
    /// A row with what is related to it.
    type Output: Send;

    /// What the statement joins.
    #[doc(hidden)]
    fn join(self) -> Result<Join, EncodeError>;

    /// A row with what is related to it.
    ///
    /// # Errors
    /// [`DecodeError`] when the database holds something else.
    #[doc(hidden)]
    fn gather(row: T, related: &Related<'_>) -> Result<Self::Output, DecodeError>;
}

/// What came beside a row.
#[doc(hidden)]
#[derive(Debug)]
pub struct Related<'a> {
    /// The row, with its parent behind it.
    pub(crate) row: &'a PgRow,
    /// The rows of its children.
    pub(crate) children: &'a [PgRow],
    /// Where in a row the columns of what is related begin.
    pub(crate) begins: usize,
}

impl Related<'_> {
    /// The positions of a table's fields.
    fn positions<R: Table>(&self) -> Vec<usize> {
        (self.begins..self.begins + R::DESCRIPTOR.fields).collect()
    }
}

impl<T: Table, P: Table> Relation<T> for Column<T, Id<P>, Pointing> {
    type Output = (T, Option<P>);

    fn join(self) -> Result<Join, EncodeError> {
        let reference = T::DESCRIPTOR.reference(self.0);
        Ok(Join::Parent(ParentJoin {
            column: self.0,
            parent_tenant: reference.and_then(|reference| reference.parent_tenant),
            parent: P::DESCRIPTOR,
        }))
    }

    fn gather(row: T, related: &Related<'_>) -> Result<Self::Output, DecodeError> {
        let positions = related.positions::<P>();
        let parent = Row::arranged(related.row, &positions);
        // A key is never NULL, but where there is no parent.
        let key = P::DESCRIPTOR.key.first().copied().unwrap_or_default();
        match parent.is_null(key)? {
            true => Ok((row, None)),
            false => Ok((row, Some(P::decode(&parent)?))),
        }
    }
}

/// The children of each row, in an order of theirs; made by [`IndexOrder::children`].
#[must_use = "children are read by `with`"]
pub struct Children<C, P> {
    order: &'static OrderDescriptor,
    filters: Vec<Filter<C>>,
    limit: u32,
    marker: Marker<(C, P)>,
}

impl<C, P> std::fmt::Debug for Children<C, P> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Children({})", self.order.name)
    }
}

impl<C: Table, P: Table> IndexOrder<C, (Id<P>,)> {
    /// The first children of each row of `P` in this order, at most that many of each.
    pub fn children(self, limit: u32) -> Children<C, P> {
        Children::new(self.0, limit)
    }
}

/// The children of rows that are a tenant's or everybody's.
impl<C: Table, P: Table> IndexOrder<C, (TenantId, Id<P>)> {
    /// The first children of each row of `P` in this order, at most that many of each.
    pub fn children(self, limit: u32) -> Children<C, P> {
        Children::new(self.0, limit)
    }
}

impl<C: Table, P: Table> Children<C, P> {
    fn new(order: usize, limit: u32) -> Self {
        Children {
            order: &C::DESCRIPTOR.orders[order],
            filters: Vec::new(),
            limit,
            marker: PhantomData,
        }
    }

    /// Only children that fulfil this too.
    pub fn filter(mut self, filter: Filter<C>) -> Self {
        self.filters.push(filter);
        self
    }

    pub(crate) fn into_join(self) -> Result<ChildrenJoin, EncodeError> {
        let filters = self.filters.into_iter().map(|filter| filter.condition);
        Ok(ChildrenJoin {
            child: C::DESCRIPTOR,
            order: self.order,
            filters: filters.collect::<Result<Vec<Condition>, _>>()?,
            limit: self.limit,
            parent_key: P::DESCRIPTOR.key.first().copied().unwrap_or_default(),
        })
    }
}

impl<C: Table, P: Table> Relation<P> for Children<C, P> {
    type Output = (P, Vec<C>);

    fn join(self) -> Result<Join, EncodeError> {
        self.into_join().map(Join::Children)
    }

    fn gather(row: P, related: &Related<'_>) -> Result<Self::Output, DecodeError> {
        let positions = related.positions::<C>();
        let children = related.children.iter();
        let children = children.map(|child| C::decode(&Row::arranged(child, &positions)));
        Ok((row, children.collect::<Result<_, _>>()?))
    }
}
