//! Rows with what is related to them, in one exchange: never a statement for each row.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::id::Id;
use crate::query::join::{Join, Page as Selected};
use crate::query::listing::page_size;
use crate::query::predicate::Parameters;
use crate::query::relation::Related;
use crate::query::{Children, Relation, children as children_of};
use crate::repository::page::{self, Families, Page};
use crate::repository::{Find, List, Repository, projected};
use crate::table::Table;
use crate::value::{DecodeError, Row, Value};

impl<T: Table, S> List<T, S> {
    /// Reads with each row what is related to it, in the same exchange: its parent, or its first children.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::Error;
    /// # use stellaops_db::schema::scheduler::{Run, RunRepository, RunState, Schedule, ScheduleRepository};
    /// # async fn example(runs: RunRepository, schedules: ScheduleRepository) -> Result<(), Error> {
    /// // Each run with its schedule; none when the run has none.
    /// let page = runs.list(Run::BY_NEWEST).limit(50).with(Run::SCHEDULE_ID).await?;
    /// for (run, schedule) in page.rows {
    ///     println!("{} {:?}", run.id, schedule.map(|schedule| schedule.name));
    /// }
    /// // Each schedule with its five newest runs.
    /// let newest = Run::BY_SCHEDULE_NEWEST.children(5);
    /// let page = schedules.list(Schedule::BY_NAME).with(newest).await?;
    /// # let _ = (page, RunState::Queued);
    /// # Ok(()) }
    /// # }
    /// ```
    pub fn with<R: Relation<T>>(self, relation: R) -> ListWith<T, S, R> {
        ListWith { list: self, relation }
    }
}

impl<T: Table> Find<T> {
    /// Reads with the row what is related to it, in the same exchange: its parent, or its first children. See
    /// [`List::with`].
    pub fn with<R: Relation<T>>(self, relation: R) -> FindWith<T, R> {
        FindWith { find: self, relation }
    }
}

/// A list on its way, with what is related to its rows. Await it for a [`Page`].
#[must_use = "a list does nothing until it is awaited"]
pub struct ListWith<T, S, R> {
    list: List<T, S>,
    relation: R,
}

/// One row on its way, with what is related to it. Await it for the row, if there is one.
#[must_use = "nothing is looked for until it is awaited"]
pub struct FindWith<T, R> {
    find: Find<T>,
    relation: R,
}

impl<T: Table, S, R> std::fmt::Debug for ListWith<T, S, R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ListWith({:?})", self.list)
    }
}

impl<T: Table, R> std::fmt::Debug for FindWith<T, R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FindWith({:?})", self.find)
    }
}

impl<T: Table, S, R: Relation<T>> ListWith<T, S, R> {
    async fn run(self) -> Result<Page<R::Output>, Error> {
        let mut list = self.list;
        let join = checked(self.relation.join()?)?;
        let limit = list.listing.page_size()?;
        let cursor = list.listing.cursor.take();
        let mut asked = list.asked()?;
        if join.related().has_tenant {
            asked.selection.tenant = asked.session.tenant.clone();
        }
        let begins = asked.columns.positions.len();
        let raw = page::read(asked, cursor.as_ref(), limit, Some(join)).await?;
        let rows = raw.rows.iter().zip(&raw.children);
        let rows = rows.map(|(row, children)| gathered::<T, R>(row, children, begins));
        Ok(Page {
            rows: rows.collect::<Result<_, _>>()?,
            next: raw.next,
            previous: raw.previous,
        })
    }
}

impl<T: Table, R: Relation<T>> FindWith<T, R> {
    async fn run(self) -> Result<Option<R::Output>, Error> {
        let table = T::DESCRIPTOR;
        let join = checked(self.relation.join()?)?;
        let asked = self.find.asked(table.has_tenant || join.related().has_tenant)?;
        let columns: Vec<usize> = (0..table.fields).collect();
        let selected = asked.sql(table, &columns);
        let page = Selected {
            sql: &selected,
            table,
            columns: &columns,
            order: &[],
        };
        let mut parameters = Parameters(asked.parameters);
        let sql = page.with(join.clone(), &mut parameters);
        let comment = format!("/* stellaops-db {} find with */ ", table.qualified);
        let rows = asked
            .session
            .built_rows(format!("{comment}{sql}"), parameters.0)
            .await?;
        let families = Families::of(rows, columns.len(), Some(&join))?;
        let found = families.rows.first().zip(families.children.first());
        found
            .map(|(row, children)| gathered::<T, R>(row, children, columns.len()))
            .transpose()
    }
}

fn checked(join: Join) -> Result<Join, Error> {
    if let Join::Children(children) = &join {
        page_size(children.limit)?;
    }
    Ok(join)
}

fn gathered<T: Table, R: Relation<T>>(
    row: &PgRow,
    children: &[PgRow],
    begins: usize,
) -> Result<R::Output, Error> {
    let own = projected::<T, T>(row)?;
    let related = Related {
        row,
        children,
        begins,
    };
    R::gather(own, &related).map_err(|cause| Error::Decode {
        table: T::DESCRIPTOR.qualified,
        cause,
    })
}

impl<C: Table, A> Repository<C, A> {
    /// The first children of each of many parents, in one exchange: for a second kind of children beside the one
    /// that [`List::with`] reads, or for parents that came another way. A parent without children is not in it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when the limit of the children is no page's; what the database can say.
    pub async fn of_each<P: Table>(
        &self,
        children: Children<C, P>,
        parents: impl IntoIterator<Item = Id<P>>,
    ) -> Result<BTreeMap<Id<P>, Vec<C>>, Error> {
        let join = children.into_join()?;
        page_size(join.limit)?;
        let mut parents = parents
            .into_iter()
            .map(|parent| parent.uuid())
            .collect::<Vec<_>>();
        parents.sort_unstable();
        parents.dedup();
        let parameters = self.session.leading(C::DESCRIPTOR.has_tenant);
        let built = children_of::of_each(join, parameters, parents);
        let rows = self.session.built_rows(built.sql, built.parameters).await?;
        let mut families = BTreeMap::<Id<P>, Vec<C>>::new();
        for row in &rows {
            let misfit = |cause: DecodeError| Error::Decode {
                table: C::DESCRIPTOR.qualified,
                cause,
            };
            let parent = Id::from_row(&Row::new(row), C::DESCRIPTOR.fields).map_err(misfit)?;
            families.entry(parent).or_default().push(projected::<C, C>(row)?);
        }
        Ok(families)
    }
}

impl<T: Table, S: Send + 'static, R: Relation<T>> IntoFuture for ListWith<T, S, R> {
    type Output = Result<Page<R::Output>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T: Table, R: Relation<T>> IntoFuture for FindWith<T, R> {
    type Output = Result<Option<R::Output>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
