//! Batches on their way into the table: each written by one statement, and what is done when a row is refused.

use std::ops::Range;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::bulk::batch::Batch;
use crate::bulk::copy;
use crate::bulk::counts::{Counts, Outcome};
use crate::bulk::plan::Plan;
use crate::bulk::report::{BulkReport, RefusedRow};
use crate::bulk::run::Call;
use crate::bulk::source::Gathered;
use crate::bulk::text::{self, Answer, Given, Row};
use crate::error::Error;
use crate::scope::Load;

/// Writes the batches of a call, and counts.
pub(super) struct Sink<'a> {
    call: Call<'a>,
    counts: Counts,
    table: Table,
    /// The rows as they are stored, where they are asked for.
    stored: Option<Vec<PgRow>>,
}

/// The temporary table of a call, if the role may have one.
enum Table {
    NotAsked,
    Refused,
    Made(String),
}

impl<'a> Sink<'a> {
    pub(super) fn new(call: Call<'a>, stored: Option<Vec<PgRow>>) -> Self {
        Sink {
            counts: Counts::new(call.keeps_going),
            call,
            table: Table::NotAsked,
            stored,
        }
    }

    /// What was done.
    pub(super) fn into_report(self) -> BulkReport {
        self.counts.into_report()
    }

    /// The rows as they are stored.
    pub(super) fn into_stored(self) -> Vec<PgRow> {
        self.stored.unwrap_or_default()
    }

    /// Writes all rows of a call in one exchange, if nothing has to be undone for it. Says no where that is not
    /// so, and when a row is refused: then nothing was written.
    pub(super) async fn at_once(&mut self, gathered: &mut Gathered) -> Result<bool, Error> {
        if !self.is_small(gathered) || !self.at_once_written(&gathered.batch).await? {
            return Ok(false);
        }
        self.note(&mut gathered.refused)?;
        self.tell();
        Ok(true)
    }

    fn is_small(&self, gathered: &Gathered) -> bool {
        let rows = gathered.batch.len();
        gathered.last.is_none()
            && rows <= self.call.sizes.arrays
            && (rows == 0 || !self.call.session.is_in_transaction())
    }

    async fn at_once_written(&mut self, batch: &Batch) -> Result<bool, Error> {
        if batch.is_empty() {
            return Ok(true);
        }
        let answer = match (&self.stored, self.call.keeps_going) {
            (Some(_), _) => Answer::Rows,
            (None, true) => Answer::Outcome,
            (None, false) => Answer::OutcomeOfAll,
        };
        let (sql, parameters) = self.statement(batch, 0..batch.len(), answer);
        match self.call.session.attempt(sql, parameters).await? {
            Ok(rows) => self.take(batch, 0..batch.len(), rows).map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Writes a batch, and tells of it. The row that ends the call is told after those before it.
    pub(super) async fn write(&mut self, load: &Load, mut gathered: Gathered) -> Result<(), Error> {
        self.note(&mut gathered.refused)?;
        self.write_rows(load, &gathered.batch).await?;
        if let Some(last) = gathered.last {
            return Err(last.into());
        }
        self.tell();
        Ok(())
    }

    /// Writes the rows: at once, or in halves of halves where one is refused.
    async fn write_rows(&mut self, load: &Load, batch: &Batch) -> Result<(), Error> {
        let copied = self.is_copied(batch.len()) && self.table.fill(load, &self.call.plan, batch).await?;
        let size = if copied {
            batch.len()
        } else {
            self.call.sizes.arrays
        };
        let mut left = in_parts(batch.len(), size.max(1));
        let answer = match self.stored {
            Some(_) => Answer::Rows,
            None => Answer::Outcome,
        };
        while let Some(range) = left.pop() {
            let (sql, parameters) = match &self.table {
                Table::Made(name) if copied && self.is_copied(range.len()) => {
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

    /// Whether so many rows go by COPY. A table that is there already pays for fewer than one that has to be made.
    fn is_copied(&self, rows: usize) -> bool {
        let arrays = self.call.sizes.arrays;
        match self.table {
            Table::Made(_) => rows > arrays / 4,
            Table::NotAsked | Table::Refused => rows > arrays,
        }
    }

    /// The statement on some rows of the batch, which go with it.
    fn statement(&self, batch: &Batch, range: Range<usize>, answer: Answer) -> Built {
        let rows = &batch.rows()[range.clone()];
        match rows.len() <= self.call.sizes.values {
            true => self.text(Given::Values(rows, range.start), answer),
            false => self.text(Given::Arrays(rows, range.start), answer),
        }
    }

    fn text(&self, given: Given<'_>, answer: Answer) -> Built {
        let tenant = self.call.session.leading(self.call.plan.table.has_tenant);
        text::statement(&self.call.plan, tenant, given, answer)
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
        self.counts.add(&self.call.plan.verb, range.len(), &outcome);
        Ok(())
    }

    /// Why a row was not written, when the version is known that its row has.
    fn missed(&self, row: &Row, found: Option<i64>) -> Error {
        let plan = &self.call.plan;
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
            reason: reason.of_row(self.call.plan.table),
        };
        self.counts.note(row).map_err(Error::from)
    }

    /// Notes rows that could not be sent.
    fn note(&mut self, refused: &mut Vec<RefusedRow>) -> Result<(), Error> {
        let mut rows = refused.drain(..);
        rows.try_for_each(|row| self.counts.note(row).map_err(Error::from))
    }

    /// Puts the temporary table away, since a transaction may go on for long after its load.
    pub(super) async fn put_away(&mut self, load: &Load) -> Result<(), Error> {
        std::mem::replace(&mut self.table, Table::NotAsked)
            .put_away(load)
            .await
    }

    fn tell(&mut self) {
        let progress = self.counts.progress();
        if let Some(tell) = &mut self.call.progress {
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

    async fn put_away(self, load: &Load) -> Result<(), Error> {
        match self {
            Table::Made(name) => load.run(format!("DROP TABLE {name}")).await,
            Table::NotAsked | Table::Refused => Ok(()),
        }
    }
}
