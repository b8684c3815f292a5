//! The bulk verbs of a repository, and what can be asked of each before it is awaited.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use futures_util::StreamExt as _;

use crate::bulk::plan::{OnConflict, Plan, Verb};
use crate::bulk::report::{BulkProgress, BulkReport};
use crate::bulk::rows::IntoRows;
use crate::bulk::run::{self, Call, Job, Sizes};
use crate::bulk::text::Row;
use crate::column::Marker;
use crate::error::Error;
use crate::repository::{Repository, decode_all};
use crate::table::{
    Changeable, Deletable, Insert, Key, NamedAssignments, Patchable, Table, Update, Upsertable, Versioned,
    tenancy,
};
use crate::tenant::TenantId;
use crate::value::{EncodeError, Parameter};

/// A bulk verb on its way. Await it for a [`BulkReport`].
///
/// The whole call is one transaction, or takes part in the one of its repository: when it fails or is dropped,
/// nothing of it takes effect. The first row that is refused ends it with [`Error::RefusedRow`], which names the
/// row's position; [`keep_going`](Bulk::keep_going) writes the others and reports it instead. A part of a
/// transaction that fails or is dropped takes the transaction with it, as a single verb does.
///
/// Rows are written in the order of the input, many at a time. When the same key comes several times, the effect
/// is that of single verbs one after the other: the last update wins, a second insert or deletion is refused.
#[must_use = "a bulk verb does nothing until it is awaited"]
pub struct Bulk<'a, T, V> {
    job: Job<'a>,
    marker: Marker<(T, V)>,
}

/// An insert of many rows on its way. Await it for the rows as they are stored, in the order of the input.
#[must_use = "a bulk verb does nothing until it is awaited"]
pub struct Returning<'a, T> {
    job: Job<'a>,
    marker: Marker<T>,
}

/// [`Repository::insert_many`].
#[derive(Debug)]
pub struct Inserting;
/// [`Repository::upsert_many`].
#[derive(Debug)]
pub struct Upserting;
/// [`Repository::update_many`], and upserts that expect versions.
#[derive(Debug)]
pub struct Updating;
/// [`Repository::delete_many`].
#[derive(Debug)]
pub struct Deleting;

impl<T: Table, V> std::fmt::Debug for Bulk<'_, T, V> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(
            formatter,
            "Bulk({}, {:?})",
            T::DESCRIPTOR.qualified,
            self.job.call.plan.verb
        )
    }
}

impl<T: Table> std::fmt::Debug for Returning<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Returning({})", T::DESCRIPTOR.qualified)
    }
}

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Inserts rows: all, or none. However many there are, the call is the same; they travel the fastest way for
    /// their number, and no more than two batches of them are in memory.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::schema::scheduler::{NewWorker, WorkerRepository};
    /// async fn register(workers: WorkerRepository, rows: Vec<NewWorker>) -> Result<(), stellaops_db::Error> {
    ///     let report = workers
    ///         .insert_many(rows)
    ///         .progress(|so_far| println!("{} workers", so_far.done))
    ///         .keep_going()
    ///         .await?;
    ///     for row in &report.refused {
    ///         println!("worker {} is refused: {}", row.position, row.reason);
    ///     }
    ///     Ok(())
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with what [`Repository::insert`] says of the row; a row that refers to another one
    /// of the input comes after it. [`Error::Source`].
    pub fn insert_many<'a>(&self, rows: impl IntoRows<'a, T::Assignments<Insert>>) -> Bulk<'a, T, Inserting>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::Insert, rows, Context::new_row::<T>)
    }

    /// Inserts rows, and sets the patchable columns of those that are there already, or does what
    /// [`on_conflict`](Bulk::on_conflict) says. A row that would be as it was is not written: its version and the
    /// time of its update stay.
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with what [`Repository::upsert`] says of the row. [`Error::Source`].
    pub fn upsert_many<'a>(&self, rows: impl IntoRows<'a, T::Assignments<Insert>>) -> Bulk<'a, T, Upserting>
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::Overwrite(None), rows, Context::new_row::<T>)
    }

    /// As [`Repository::upsert_many`], of rows that were read before: each comes with the version that it
    /// overwrites, or without one when it is new. What has another version meanwhile is refused.
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with an [`Error::VersionConflict`], whose expected version is 0 where a row was to be
    /// new and is there; with [`Error::NotFound`] when there is no row to overwrite. [`Error::Source`].
    pub fn upsert_many_expecting<'a>(
        &self,
        rows: impl IntoRows<'a, (T::Assignments<Insert>, Option<i64>)>,
    ) -> Bulk<'a, T, Updating>
    where
        T: Upsertable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::OverwriteVersion, rows, |context, (row, version)| {
            let mut values = Context::new_row::<T>(context, row)?;
            values.push(Parameter::BigInt(version));
            Ok(values)
        })
    }

    /// Sets for each key the columns of its patch, as [`Repository::update`] does.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::Id;
    /// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
    /// async fn explain(jobs: GraphJobRepository, failed: Vec<Id<GraphJob>>) -> Result<u64, stellaops_db::Error> {
    ///     let patch = |id| (id, GraphJob::patch().failure_reason(Some("the worker was lost".to_owned())));
    ///     let report = jobs.update_many(failed.into_iter().map(patch)).await?;
    ///     Ok(report.updated)
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with what [`Repository::update`] says of the row. [`Error::Source`].
    pub fn update_many<'a>(
        &self,
        changes: impl IntoRows<'a, (T::Key, T::Assignments<Update>)>,
    ) -> Bulk<'a, T, Updating>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::Update, changes, |_, (key, patch)| {
            change::<T>(&key, patch, None)
        })
    }

    /// As [`Repository::update_many`], of rows that still have the version that comes with each.
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with what [`Repository::update_expecting`] says of the row. [`Error::Source`].
    pub fn update_many_expecting<'a>(
        &self,
        changes: impl IntoRows<'a, (T::Key, i64, T::Assignments<Update>)>,
    ) -> Bulk<'a, T, Updating>
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::Update, changes, |_, (key, version, patch)| {
            change::<T>(&key, patch, Some(version))
        })
    }

    /// Deletes the rows of the keys for good, marked as deleted or not. A key without a row is refused; with
    /// [`keep_going`](Bulk::keep_going) it is reported, and nothing is the matter.
    ///
    /// # Errors
    /// [`Error::RefusedRow`] with an [`Error::NotFound`], or an [`Error::ForeignKeyViolation`] when other rows
    /// point at the row. [`Error::Source`].
    pub fn delete_many<'a>(&self, keys: impl IntoRows<'a, T::Key>) -> Bulk<'a, T, Deleting>
    where
        T: Changeable + Deletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.bulk(Verb::Delete, keys, |_, key| key.parameters())
    }

    fn bulk<'a, R: 'a, V>(
        &self,
        verb: Verb,
        rows: impl IntoRows<'a, R>,
        encode: fn(&Context, R) -> Result<Row, EncodeError>,
    ) -> Bulk<'a, T, V> {
        let context = Context::of(self);
        let plan = Plan {
            table: T::DESCRIPTOR,
            verb,
            now: context.now,
        };
        let rows = rows.into_rows();
        Bulk {
            job: Job {
                call: Call {
                    session: self.session.clone(),
                    plan,
                    keeps_going: false,
                    progress: None,
                    sizes: Sizes::MEASURED,
                },
                rows: rows.map(move |row| Ok(encode(&context, row?))).boxed(),
            },
            marker: PhantomData,
        }
    }
}

/// What the rows of a call are given by their scope.
struct Context {
    session: crate::scope::Session,
    tenant: TenantId,
    now: crate::timestamp::Timestamp,
}

impl Context {
    fn of<T, A>(repository: &Repository<T, A>) -> Self {
        let session = repository.session.clone();
        Context {
            // A global table's rows have no tenant; the context's is then never asked for.
            tenant: session.tenant.clone().unwrap_or_else(TenantId::global),
            now: session.now(),
            session,
        }
    }

    fn new_row<T: Table>(&self, row: T::Assignments<Insert>) -> Result<Row, EncodeError> {
        let context = crate::table::InsertContext {
            tenant: &self.tenant,
            now: self.now,
            ids: self.session.shared.ids.as_ref(),
        };
        let mut values = row.into_assignments().into_row(T::DESCRIPTOR, &context)?;
        // The tenant is a parameter of the statement.
        values.drain(..usize::from(T::DESCRIPTOR.has_tenant));
        Ok(values)
    }
}

/// The key, which columns are set, their values, and the version that is expected where versions are counted.
fn change<T: Table>(
    key: &T::Key,
    patch: T::Assignments<Update>,
    expected: Option<i64>,
) -> Result<Row, EncodeError> {
    let table = T::DESCRIPTOR;
    let mut values = key.parameters()?;
    for value in patch.into_assignments().into_patch(table)? {
        values.push(match value {
            // There is no array of arrays; `get_bit` reads this one.
            Parameter::BooleanArray(mask) => Parameter::Bytea(Some(bits(&mask))),
            value => value,
        });
    }
    values.extend(table.row_version.map(|_| Parameter::BigInt(expected)));
    Ok(values)
}

/// Eight truth values a byte, the first in the lowest bit.
fn bits(mask: &[bool]) -> Vec<u8> {
    let byte = |eight: &[bool]| {
        let bits = eight.iter().enumerate();
        bits.fold(0, |byte, (place, is_set)| byte | (u8::from(*is_set) << place))
    };
    mask.chunks(8).map(byte).collect()
}

impl<'a, T: Table, V> Bulk<'a, T, V> {
    /// Writes what can be written, and reports the rows that are refused instead of failing. They are found in
    /// halves of halves of their batch, so that a few of them cost little; where most are refused, single verbs
    /// are faster.
    pub fn keep_going(mut self) -> Self {
        self.job.call.keeps_going = true;
        self
    }

    /// Calls a function after each batch with how far the call has come.
    pub fn progress(mut self, tell: impl FnMut(BulkProgress) + Send + 'a) -> Self {
        self.job.call.progress = Some(Box::new(tell));
        self
    }

    /// Other sizes than those that were measured, for tests of every way.
    #[doc(hidden)]
    pub fn with_sizes(mut self, values: usize, arrays: usize, batch: usize) -> Self {
        self.job.call.sizes = Sizes {
            values,
            arrays,
            batch,
        };
        self
    }
}

impl<'a, T: Table> Bulk<'a, T, Inserting> {
    /// Gives the rows back as they are stored: all of them are in memory then. The first row that is refused ends
    /// the call.
    pub fn returning(mut self) -> Returning<'a, T> {
        self.job.call.keeps_going = false;
        Returning {
            job: self.job,
            marker: PhantomData,
        }
    }
}

impl<T: Table> Bulk<'_, T, Upserting> {
    /// What is done about a row that is there already; [`OnConflict::overwrite`] unless it is said.
    pub fn on_conflict(mut self, on_conflict: OnConflict<T>) -> Self {
        self.job.call.plan.verb = Verb::upsert(&on_conflict);
        self
    }
}

impl<'a, T: Table, V> IntoFuture for Bulk<'a, T, V> {
    type Output = Result<BulkReport, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run::report(self.job))
    }
}

impl<'a, T: Table> IntoFuture for Returning<'a, T> {
    type Output = Result<Vec<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { decode_all(&run::stored(self.job).await?) })
    }
}
