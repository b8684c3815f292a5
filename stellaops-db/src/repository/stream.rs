//! All rows of a list, one after another, in constant memory.

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::query::Cursor;
use crate::query::select::{self, Built, Part};
use crate::repository::List;
use crate::repository::page::{self, Asked};
use crate::repository::projected;
use crate::table::{Projection, Table};

/// So many rows are read at a time in a transaction.
const BATCH: u32 = 1_000;

impl<T: Table, S: Send + 'static, P: Projection<T>> List<T, S, P> {
    /// All rows of the list, as they come: one statement, however many rows there are, and never more than a
    /// few of them in memory. The server is read no faster than rows are taken; a stream that is dropped ends
    /// its statement. That has no time limit: it lasts as long as rows are taken. With the cursor of a previous page rows come backward, the nearest first.
    ///
    /// In a transaction rows are read a thousand at a time, so that other operations can go on in between.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository};
    /// # async fn example(jobs: GraphJobRepository) -> Result<(), stellaops_db::Error> {
    /// use futures_util::TryStreamExt as _;
    ///
    /// let mut all = jobs.list(GraphJob::BY_NEWEST).stream();
    /// while let Some(job) = all.try_next().await? {
    ///     println!("{}", job.id);
    /// }
    /// # Ok(()) }
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<P, Error>> + Send + Unpin + 'static {
        rows(self).map(|row| projected::<T, P>(&row?))
    }
}

fn rows<T: Table, S: Send + 'static, P: Projection<T>>(
    mut list: List<T, S, P>,
) -> BoxStream<'static, Result<PgRow, Error>> {
    let (cursor, left) = (list.listing.cursor.take(), list.listing.limit);
    let rows = list
        .asked()
        .and_then(|asked| match asked.session.is_in_transaction() {
            true => Ok(in_batches(asked, cursor, left)),
            false => at_once(asked, cursor, left),
        });
    rows.unwrap_or_else(|error| stream::once(async { Err(error) }).boxed())
}

fn at_once(
    asked: Asked,
    cursor: Option<Cursor>,
    limit: Option<u32>,
) -> Result<BoxStream<'static, Result<PgRow, Error>>, Error> {
    let (_, from) = asked.open(cursor.as_ref())?;
    let part = Part {
        columns: &asked.columns.positions,
        from: from.as_ref(),
        limit: limit.map(i64::from),
        lock: asked.lock,
    };
    let Built { sql, parameters } = select::rows(asked.selection, &part, None);
    Ok(asked.session.built_stream(sql, parameters)?.boxed())
}

fn in_batches(
    asked: Asked,
    cursor: Option<Cursor>,
    limit: Option<u32>,
) -> BoxStream<'static, Result<PgRow, Error>> {
    let batches = Batches {
        asked,
        cursor,
        left: limit.map_or(u64::MAX, u64::from),
        is_done: false,
    };
    let batches = stream::try_unfold(batches, |mut batches| async {
        let rows = batches.next().await?;
        Ok::<_, Error>(rows.map(|rows| (stream::iter(rows.into_iter().map(Ok)), batches)))
    });
    batches.try_flatten().boxed()
}

/// What is left to be read in a transaction.
struct Batches {
    asked: Asked,
    cursor: Option<Cursor>,
    left: u64,
    is_done: bool,
}

impl Batches {
    async fn next(&mut self) -> Result<Option<Vec<PgRow>>, Error> {
        let size = u32::try_from(self.left).map_or(BATCH, |left| left.min(BATCH));
        if self.is_done || size == 0 {
            return Ok(None);
        }
        let mut raw = page::read(self.asked.clone(), self.cursor.as_ref(), size, None).await?;
        if raw.backward {
            raw.rows.reverse();
        }
        self.cursor = if raw.backward { raw.previous } else { raw.next };
        self.is_done = self.cursor.is_none();
        self.left -= raw.rows.len() as u64;
        Ok(Some(raw.rows))
    }
}
