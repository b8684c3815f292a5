//! Where rows come from.

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};

use crate::error::Error;

/// What gives a bulk verb its rows: whatever can be iterated, or a stream, with [`from_stream`] or
/// [`try_from_stream`]. Rows are taken as they are needed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no rows of the type `{R}`",
    note = "a bulk verb takes whatever can be iterated; a stream goes through `stellaops_db::bulk::from_stream` or `try_from_stream`"
)]
pub trait IntoRows<'a, R> {
    /// The rows, one by one. After an error nothing more is taken.
    fn into_rows(self) -> BoxStream<'a, Result<R, Error>>;
}

impl<'a, R, I> IntoRows<'a, R> for I
where
    R: 'a,
    I: IntoIterator<Item = R>,
    I::IntoIter: Send + 'a,
{
    fn into_rows(self) -> BoxStream<'a, Result<R, Error>> {
        stream::iter(self.into_iter().map(Ok)).boxed()
    }
}

/// The rows of a stream: see [`from_stream`].
#[derive(Debug)]
#[must_use = "nothing is taken from it until a bulk verb asks for rows"]
pub struct RowStream<S>(S);

/// The rows of a stream that can fail: see [`try_from_stream`].
#[derive(Debug)]
#[must_use = "nothing is taken from it until a bulk verb asks for rows"]
pub struct TryRowStream<S>(S);

/// Gives a bulk verb the rows of a stream, in constant memory.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::schema::scheduler::{NewWorker, WorkerRepository};
/// use futures_util::Stream;
/// use stellaops_db::bulk::from_stream;
///
/// async fn load(workers: WorkerRepository, rows: impl Stream<Item = NewWorker> + Send) -> Result<u64, stellaops_db::Error> {
///     let report = workers.insert_many(from_stream(rows)).await?;
///     Ok(report.inserted)
/// }
/// # }
/// ```
pub fn from_stream<S>(rows: S) -> RowStream<S> {
    RowStream(rows)
}

/// As [`from_stream`], for a stream that can fail. Its error ends the call, nothing of which takes effect:
/// [`Error::Source`].
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// # use stellaops_db::schema::scheduler::{NewWorker, WorkerRepository};
/// use futures_util::Stream;
/// use stellaops_db::bulk::try_from_stream;
///
/// async fn load(
///     workers: WorkerRepository,
///     lines: impl Stream<Item = std::io::Result<NewWorker>> + Send,
/// ) -> Result<u64, stellaops_db::Error> {
///     let report = workers.insert_many(try_from_stream(lines)).await?;
///     Ok(report.inserted)
/// }
/// # }
/// ```
pub fn try_from_stream<S>(rows: S) -> TryRowStream<S> {
    TryRowStream(rows)
}

impl<'a, R, S> IntoRows<'a, R> for RowStream<S>
where
    R: 'a,
    S: Stream<Item = R> + Send + 'a,
{
    fn into_rows(self) -> BoxStream<'a, Result<R, Error>> {
        self.0.map(Ok).boxed()
    }
}

impl<'a, R, S, E> IntoRows<'a, R> for TryRowStream<S>
where
    R: 'a,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'a,
    S: Stream<Item = Result<R, E>> + Send + 'a,
{
    fn into_rows(self) -> BoxStream<'a, Result<R, Error>> {
        self.0
            .map(|row| row.map_err(|error| Error::Source(error.into())))
            .boxed()
    }
}
