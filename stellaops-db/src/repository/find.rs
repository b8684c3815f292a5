use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use crate::column::{Comparable, Marker};
use crate::error::Error;
use crate::query::{Lock, Lookup};
use crate::repository::{Repository, projected};
use crate::scope::Session;
use crate::table::{Changeable, Key, Projection, Table, TableDescriptor};
use crate::value::{EncodeError, Parameter, Value};

impl<T: Table, A> Repository<T, A> {
    /// The row of that key, if this scope can see one; not when it is marked as deleted.
    pub fn get(&self, key: T::Key) -> Find<T> {
        let values = match key.parameters() {
            Ok(values) => values.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        Find::new(self.session.clone(), T::DESCRIPTOR.statements.get, values)
    }

    /// The row with these values of a unique key, if this scope can see one; not when it is marked as deleted. A
    /// named repository has the same as `get_by_…`.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::schema::scheduler::{Schedule, ScheduleRepository};
    /// # async fn example(schedules: ScheduleRepository) -> Result<(), stellaops_db::Error> {
    /// let nightly = schedules.find(Schedule::UNIQUE_NAME.of("nightly")).await?;
    /// # let _ = nightly;
    /// # Ok(()) }
    /// # }
    /// ```
    pub fn find(&self, lookup: Lookup<T>) -> Find<T> {
        let statement = T::DESCRIPTOR.statements.get_by_unique[lookup.key];
        Find::new(self.session.clone(), statement, lookup.values)
    }

    /// Begins to look for the row of a unique key, by the key's position in the specs. The derived
    /// repositories call this under the key's name.
    #[doc(hidden)]
    pub fn find_by(&self, key: usize) -> Find<T> {
        let statement = T::DESCRIPTOR.statements.get_by_unique[key];
        Find::new(self.session.clone(), statement, Vec::new())
    }
}

/// The one row with a key's values, on its way. Await it for the row, if there is one that this scope can
/// see; not when it is marked as deleted.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::{Error, Id, Lock, TenantScope};
/// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
/// # async fn example(scope: TenantScope, id: Id<GraphJob>) -> Result<(), Error> {
/// let transaction = scope.begin().await?;
/// let jobs = transaction.repository::<GraphJobRepository>();
/// if let Some(job) = jobs.get(id).lock(Lock::UPDATE).await? {
///     // Nobody else changes the job until the transaction ends.
///     jobs.update(job.id, GraphJob::patch().failure_reason(Some("cancelled by an operator".to_owned()))).await?;
/// }
/// transaction.commit().await?;
/// # Ok(()) }
/// # }
/// ```
#[must_use = "nothing is looked for until it is awaited"]
pub struct Find<T, P = T> {
    session: Session,
    statement: &'static str,
    values: Vec<Result<Parameter, EncodeError>>,
    lock: Option<Lock>,
    is_projected: bool,
    marker: Marker<(T, P)>,
}

impl<T: Table, P> std::fmt::Debug for Find<T, P> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(formatter, "Find({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table> Find<T> {
    fn new(session: Session, statement: &'static str, values: Vec<Result<Parameter, EncodeError>>) -> Self {
        Find {
            session,
            statement,
            values,
            lock: None,
            is_projected: false,
            marker: PhantomData,
        }
    }

    /// The value of the key's next column.
    #[doc(hidden)]
    pub fn by<V: Value>(mut self, value: impl Comparable<V>) -> Self {
        self.values.push(value.into_value().to_parameter());
        self
    }

    /// Locks the row until the transaction ends.
    ///
    /// Awaiting it fails with [`Error::LockOutsideTransaction`] in a scope that is no transaction.
    pub fn lock(mut self, lock: Lock) -> Self
    where
        T: Changeable,
    {
        self.lock = Some(lock);
        self
    }

    /// Reads some of the columns only, as a struct with `#[derive(Projection)]`.
    pub fn project<P: Projection<T>>(self) -> Find<T, P> {
        Find {
            session: self.session,
            statement: self.statement,
            values: self.values,
            lock: self.lock,
            is_projected: true,
            marker: PhantomData,
        }
    }
}

impl<T: Table, P: Projection<T>> Find<T, P> {
    async fn run(self) -> Result<Option<P>, Error> {
        let is_constant = self.lock.is_none() && !self.is_projected;
        let asked = self.asked(T::DESCRIPTOR.has_tenant)?;
        let rows = if is_constant {
            asked.session.rows(asked.statement, asked.parameters).await?
        } else {
            let sql = asked.sql(T::DESCRIPTOR, &P::columns());
            asked.session.built_rows(sql, asked.parameters).await?
        };
        rows.first().map(projected::<T, P>).transpose()
    }

    /// What is asked; the tenant first where what is read has one.
    pub(super) fn asked(self, has_tenant: bool) -> Result<AskedRow, Error> {
        if self.lock.is_some() && !self.session.is_in_transaction() {
            return Err(Error::LockOutsideTransaction);
        }
        let mut parameters = self.session.leading(has_tenant);
        for value in self.values {
            parameters.push(value?);
        }
        Ok(AskedRow {
            session: self.session,
            statement: self.statement,
            parameters,
            lock: self.lock,
        })
    }
}

/// A look-up whose values are encoded.
pub(super) struct AskedRow {
    pub(super) session: Session,
    statement: &'static str,
    pub(super) parameters: Vec<Parameter>,
    lock: Option<Lock>,
}

impl AskedRow {
    /// The constant SELECT with other columns, and with a lock.
    pub(super) fn sql(&self, table: &TableDescriptor, columns: &[usize]) -> String {
        // No name of the specs is in capitals: this is the statement's own word.
        let parts = self.statement.split_once(" FROM ");
        let rest = parts.map_or(self.statement, |(_, rest)| rest);
        format!(
            "/* stellaops-db {} find */ SELECT {} FROM {rest}{}",
            table.qualified,
            table.column_list(columns),
            self.lock.map(Lock::sql).unwrap_or_default()
        )
    }
}

impl<T: Table, P: Projection<T>> IntoFuture for Find<T, P> {
    type Output = Result<Option<P>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
