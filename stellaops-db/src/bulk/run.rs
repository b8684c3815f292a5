//! A bulk verb on its way: the next batch is filled while the present one is written.

use futures_util::future::try_join;
use futures_util::stream::BoxStream;
use sqlx::postgres::PgRow;

use crate::bulk::plan::Plan;
use crate::bulk::report::{BulkProgress, BulkReport};
use crate::bulk::sink::Sink;
use crate::bulk::source::{Gathered, Source};
use crate::bulk::text::Row;
use crate::error::Error;
use crate::scope::Session;
use crate::value::EncodeError;

/// From how many rows on another way is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Up to so many rows go as values, a parameter each.
    pub(super) values: usize,
    /// Up to so many as arrays; more by COPY, and a quarter of that once its table is there.
    pub(super) arrays: usize,
    /// At most so many are written by one statement.
    pub(super) batch: usize,
}

impl Sizes {
    /// Measured over a local socket, PostgreSQL 15, two busy cores, so that single figures vary by a third; 12
    /// columns, microseconds a row:
    ///
    /// | rows | values | arrays | COPY |
    /// |---|---|---|---|
    /// | 1 | 73 | 94 | 3,459 |
    /// | 8 | 18 | 55 | 267 |
    /// | 64 | 11 | 10 | 57 |
    /// | 512 | 18 | 8.6 | 13 |
    /// | 5,000 | | 11 | 12 |
    /// | 100,000 in batches of 10,000 | | 8.3 | 7.0 |
    ///
    /// With a document in each row and seven indexes, 2,500 rows took 38 a row as arrays and 28 by COPY. Values are
    /// fewer than would pay, because each number of rows is a text in the cache of statements. Batches of 5,000 to
    /// 50,000 rows are all the same.
    pub(super) const MEASURED: Sizes = Sizes {
        values: 8,
        arrays: 2_500,
        batch: 10_000,
    };

    /// How many rows a batch has at most behind one of so many. Batches begin small, since nothing is written while
    /// the first is gathered, and grow, since each has exchanges of its own.
    fn grown(self, former: usize) -> usize {
        former.saturating_mul(2).min(self.batch).max(1)
    }
}

/// The rows of a call, encoded one by one.
pub(super) type Rows<'a> = BoxStream<'a, Result<Result<Row, EncodeError>, Error>>;

/// What is called after each batch.
pub(super) type Progress<'a> = Box<dyn FnMut(BulkProgress) + Send + 'a>;

/// A call and its rows.
pub(super) struct Job<'a> {
    pub(super) call: Call<'a>,
    pub(super) rows: Rows<'a>,
}

/// What is to be done with the rows, and how.
pub(super) struct Call<'a> {
    pub(super) session: Session,
    pub(super) plan: Plan,
    pub(super) keeps_going: bool,
    pub(super) progress: Option<Progress<'a>>,
    pub(super) sizes: Sizes,
}

/// Runs a call for its report.
pub(super) async fn report(job: Job<'_>) -> Result<BulkReport, Error> {
    Ok(run(job, None).await?.into_report())
}

/// Runs a call for the rows as they are stored.
pub(super) async fn stored(job: Job<'_>) -> Result<Vec<PgRow>, Error> {
    Ok(run(job, Some(Vec::new())).await?.into_stored())
}

async fn run(job: Job<'_>, stored: Option<Vec<PgRow>>) -> Result<Sink<'_>, Error> {
    let Job { call, rows } = job;
    let (session, sizes) = (call.session.clone(), call.sizes);
    let mut source = Source::new(rows, call.plan.identity(), call.keeps_going);
    let mut sink = Sink::new(call, stored);
    let mut present = Gathered::default();
    let mut limit = sizes.arrays.saturating_add(1);
    source.fill(&mut present, limit).await?;
    if source.is_over() && sink.at_once(&mut present).await? {
        return Ok(sink);
    }
    let load = session.load().await?;
    loop {
        limit = sizes.grown(limit);
        // What goes wrong with the rows to come is told after those before them.
        let next = async { Ok(source.next(limit).await) };
        let ((), next) = try_join(sink.write(&load, present), next).await?;
        match next? {
            Some(next) => present = next,
            None => break,
        }
    }
    sink.put_away(&load).await?;
    load.end().await?;
    Ok(sink)
}
