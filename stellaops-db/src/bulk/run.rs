//! A bulk verb on its way: batches of rows, each written by one statement, and what is done when a row is
//! refused.

use std::ops::Range;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::bulk::batch::Batch;
use crate::bulk::copy;
use crate::bulk::counts::{Counts, Outcome};
use crate::bulk::plan::Plan;
use crate::bulk::report::{BulkProgress, BulkReport, RefusedRow};
use crate::bulk::text::{self, Answer, Given, Row};
use crate::error::Error;
use crate::scope::{Load, Session};
use crate::value::EncodeError;

/// From how many rows on another way is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Up to so many rows go as values, a parameter each.
    pub(super) values: usize,
    /// Up to so many as arrays; more by COPY.
    pub(super) arrays: usize,
    /// So many are written by one statement.
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
    /// Values are fewer than would pay, because each number of rows is a text in the cache of statements. Batches
    /// of 5,000 to 50,000 rows are all the same.
    pub(super) const MEASURED: Sizes = Sizes {
        values: 8,
        arrays: 5_000,
        batch: 10_000,
    };
}

/// A batch ends when its values take so many bytes.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// The rows of a call, encoded one by one.
pub(super) type Rows<'a> = BoxStream<'a, Result<Result<Row, EncodeError>, Error>>;

/// What is called after each batch.
pub(super) type Progress<'a> = Box<dyn FnMut(BulkProgress) + Send + 'a>;

/// A call.
pub(super) struct Job<'a> {
    pub(super) session: Session,
    pub(super) plan: Plan,
    pub(super) rows: Rows<'a>,
    pub(super) keeps_going: bool,
    pub(super) progress: Option<Progress<'a>>,
    pub(super) sizes: Sizes,
}

/// A call on its way.
struct Run<'a> {
    job: Job<'a>,
    counts: Counts,
    /// The position of the next row.
    position: u64,
    /// A row that waits for the next batch, because the batch has its key already.
    waiting: Option<(u64, Row)>,
    /// The row that ends the call, after those before it.
    last: Option<RefusedRow>,
    is_exhausted: bool,
    /// The rows as they are stored, where they are asked for.
    stored: Option<Vec<PgRow>>,
}

/// The temporary table of a call, if the role may have one.
enum Table {
    NotAsked,
    Refused,
    Made(String),
}

/// Runs a call for its report.
pub(super) async fn report(job: Job<'_>) -> Result<BulkReport, Error> {
    let mut run = Run::new(job, None);
    run.all().await?;
    Ok(run.counts.into_report())
}

/// Runs a call for the rows as they are stored.
pub(super) async fn stored(job: Job<'_>) -> Result<Vec<PgRow>, Error> {
    let mut run = Run::new(job, Some(Vec::new()));
    run.all().await?;
    Ok(run.stored.unwrap_or_default())
}

impl<'a> Run<'a> {
    fn new(job: Job<'a>, stored: Option<Vec<PgRow>>) -> Self {
        Run {
            counts: Counts::new(job.keeps_going),
            job,
            position: 0,
            waiting: None,
            last: None,
            is_exhausted: false,
            stored,
        }
    }

    async fn all(&mut self) -> Result<(), Error> {
        let mut batch = Batch::default();
        self.fill(&mut batch, self.job.sizes.arrays.saturating_add(1))
            .await?;
        if self.is_small(&batch) && self.at_once(&batch).await? {
            self.tell();
            return Ok(());
        }
        let load = self.job.session.load().await?;
        let mut table = Table::NotAsked;
        while !self.is_over(&batch) {
            self.fill(&mut batch, self.job.sizes.batch).await?;
            self.write(&load, &mut table, &batch).await?;
            if let Some(last) = self.last.take() {
                return Err(last.into());
            }
            self.tell();
            batch.clear();
        }
        table.put_away(&load).await?;
        load.end().await
    }

    /// Takes rows until there are so many, or until one cannot be in the same batch.
    async fn fill(&mut self, batch: &mut Batch, limit: usize) -> Result<(), Error> {
        let identity = self.job.plan.identity();
        if batch.is_empty()
            && let Some((position, row)) = self.waiting.take()
        {
            // In an empty batch there is room for it.
            let _ = batch.push(position, row, identity.as_deref());
        }
        while self.waiting.is_none()
            && self.last.is_none()
            && !self.is_exhausted
            && batch.len() < limit
            && batch.bytes() < BATCH_BYTES
        {
            let Some(row) = self.job.rows.next().await else {
                self.is_exhausted = true;
                break;
            };
            let position = self.position;
            self.position += 1;
            match row? {
                Ok(row) => {
                    if let Err(row) = batch.push(position, row, identity.as_deref()) {
                        self.waiting = Some((position, row));
                    }
                }
                Err(error) => self.cannot_be_sent(position, error),
            }
        }
        Ok(())
    }

    fn cannot_be_sent(&mut self, position: u64, error: EncodeError) {
        let row = RefusedRow {
            position,
            reason: Error::Encode(error),
        };
        if let Err(row) = self.counts.note(row) {
            self.last = Some(row);
        }
    }

    fn is_over(&self, batch: &Batch) -> bool {
        batch.is_empty() && self.is_exhausted && self.waiting.is_none() && self.last.is_none()
    }

    /// Whether one statement is all there is to do, and nothing has to be undone for it.
    fn is_small(&self, batch: &Batch) -> bool {
        self.is_exhausted
            && self.waiting.is_none()
            && self.last.is_none()
            && batch.len() <= self.job.sizes.arrays
            && (batch.is_empty() || !self.job.session.is_in_transaction())
    }

    /// Writes the rows in one exchange. Says no when one of them is refused, and then nothing was written.
    async fn at_once(&mut self, batch: &Batch) -> Result<bool, Error> {
        if batch.is_empty() {
            return Ok(true);
        }
        let answer = match (&self.stored, self.job.keeps_going) {
            (Some(_), _) => Answer::Rows,
            (None, true) => Answer::Outcome,
            (None, false) => Answer::OutcomeOfAll,
        };
        let (sql, parameters) = self.statement(batch, 0..batch.len(), answer);
        match self.job.session.attempt(sql, parameters).await? {
            Ok(rows) => self.take(batch, 0..batch.len(), rows).map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Writes the batch: at once, or in halves of halves where a row is refused.
    async fn write(&mut self, load: &Load, table: &mut Table, batch: &Batch) -> Result<(), Error> {
        let copied = match batch.len() > self.job.sizes.arrays {
            true => table.fill(load, &self.job.plan, batch).await?,
            false => false,
        };
        let size = if copied {
            batch.len()
        } else {
            self.job.sizes.arrays
        };
        let mut left = in_parts(batch.len(), size.max(1));
        let answer = match self.stored {
            Some(_) => Answer::Rows,
            None => Answer::Outcome,
        };
        while let Some(range) = left.pop() {
            let (sql, parameters) = match table {
                Table::Made(name) if copied && range.len() > self.job.sizes.arrays => {
                    self.text(Given::Table(name, range.clone()), answer)
                }
                _ => self.statement(batch, range.clone(), answer),
            };
            match load.attempt(sql, parameters).await? {
                Ok(rows) => self.take(batch, range, rows)?,
                Err(reason) if range.len() == 1 => self.refuse(batch, range.start, reason)?,
                Err(_) => {
                    // The first half is the next: so the first row that is refused is found first.
                    let middle = range.start + range.len() / 2;
                    left.extend([middle..range.end, range.start..middle]);
                }
            }
        }
        Ok(())
    }

    /// The statement on some rows of the batch, which go with it.
    fn statement(&self, batch: &Batch, range: Range<usize>, answer: Answer) -> Built {
        let rows = &batch.rows()[range.clone()];
        match rows.len() <= self.job.sizes.values {
            true => self.text(Given::Values(rows, range.start), answer),
            false => self.text(Given::Arrays(rows, range.start), answer),
        }
    }

    fn text(&self, given: Given<'_>, answer: Answer) -> Built {
        let tenant = self.job.session.leading(self.job.plan.table.has_tenant);
        text::statement(&self.job.plan, tenant, given, answer)
    }

    /// Takes what a statement answered.
    fn take(&mut self, batch: &Batch, range: Range<usize>, rows: Vec<PgRow>) -> Result<(), Error> {
        if let Some(stored) = &mut self.stored {
            stored.extend(rows);
            return Ok(());
        }
        let outcome = outcome(&rows)?;
        for (number, found) in &outcome.missed {
            let reason = self.missed(&batch.rows()[*number], *found);
            self.refuse(batch, *number, reason)?;
        }
        self.counts.add(&self.job.plan.verb, range.len(), &outcome);
        Ok(())
    }

    /// Why a row was not written, when the version is known that its row has.
    fn missed(&self, row: &Row, found: Option<i64>) -> Error {
        let plan = &self.job.plan;
        let table = plan.table.qualified;
        match (plan.expected(), found) {
            // A row that expects no version is one that is not there yet, as if its version were none.
            (Some(_), Some(found)) => Error::VersionConflict {
                table,
                expected: plan.expected_of(row).unwrap_or_default(),
                found,
            },
            _ => Error::NotFound { table },
        }
    }

    fn refuse(&mut self, batch: &Batch, number: usize, reason: Error) -> Result<(), Error> {
        let row = RefusedRow {
            position: batch.position(number),
            reason: reason.of_row(self.job.plan.table),
        };
        self.counts.note(row).map_err(Error::from)
    }

    fn tell(&mut self) {
        let progress = self.counts.progress();
        if let Some(tell) = &mut self.job.progress {
            tell(progress);
        }
    }
}

/// A statement and its parameters.
type Built = (String, Vec<crate::value::Parameter>);

/// From the last to the first, as a stack.
fn in_parts(length: usize, size: usize) -> Vec<Range<usize>> {
    let starts = (0..length).step_by(size);
    let parts = starts.map(|start| start..length.min(start + size));
    parts.rev().collect()
}

fn outcome(rows: &[PgRow]) -> Result<Outcome, Error> {
    let row = rows.first().ok_or(Error::RowNumber { number: 0 })?;
    let number = |index| Ok::<_, Error>(u64::try_from(row.try_get::<i64, _>(index)?).unwrap_or_default());
    let missed: Option<Vec<i64>> = row.try_get(2)?;
    let found: Option<Vec<Option<i64>>> = row.try_get(3)?;
    let mut found = found.unwrap_or_default().into_iter();
    let missed = missed.unwrap_or_default().into_iter();
    Ok(Outcome {
        inserted: number(0)?,
        changed: number(1)?,
        missed: missed
            .map(|number| {
                (
                    usize::try_from(number).unwrap_or_default(),
                    found.next().flatten(),
                )
            })
            .collect(),
    })
}

impl Table {
    /// Brings the batch into the table. Says no when the role may have none, or a value was refused.
    async fn fill(&mut self, load: &Load, plan: &Plan, batch: &Batch) -> Result<bool, Error> {
        if let Table::NotAsked = self {
            *self = Table::make(load, plan).await?;
        } else if let Table::Made(name) = self {
            load.run(format!("TRUNCATE {name}")).await?;
        }
        let Table::Made(name) = self else {
            return Ok(false);
        };
        let table = plan.table.qualified;
        let sql = format!("/* stellaops-db {table} copy */ COPY {name} FROM STDIN (FORMAT binary)");
        Ok(load.copy(sql, copy::encoded(batch.shared())).await?.is_ok())
    }

    async fn make(load: &Load, plan: &Plan) -> Result<Self, Error> {
        let name = format!("pg_temp.stellaops_bulk_{}", load.next_name());
        let types = plan.given().into_iter().enumerate();
        let columns = types.map(|(position, of)| format!(", c{position} {}", of.sql()));
        let sql = format!(
            "CREATE TEMPORARY TABLE {name} (n bigint{}) ON COMMIT DROP",
            columns.collect::<String>()
        );
        match load.make_table(sql).await? {
            true => Ok(Table::Made(name)),
            false => Ok(Table::Refused),
        }
    }

    /// A transaction may go on for long after its load.
    async fn put_away(self, load: &Load) -> Result<(), Error> {
        match self {
            Table::Made(name) => load.run(format!("DROP TABLE {name}")).await,
            Table::NotAsked | Table::Refused => Ok(()),
        }
    }
}
