//! Rows on their way into batches.

use futures_util::StreamExt as _;

use crate::bulk::batch::Batch;
use crate::bulk::report::RefusedRow;
use crate::bulk::run::Rows;
use crate::bulk::text::Row;
use crate::error::Error;
use crate::value::EncodeError;

/// A batch ends when its values take so many bytes.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// After so many rows the present batch has its turn, which the same task writes.
const TURN: u64 = 256;

/// Rows that are written together, and those of them that cannot be sent.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) batch: Batch,
    /// Those that the call goes on without.
    pub(super) refused: Vec<RefusedRow>,
    /// The row that ends the call, after those before it.
    pub(super) last: Option<RefusedRow>,
}

/// Takes the rows of a call, and gathers them.
pub(super) struct Source<'a> {
    rows: Rows<'a>,
    /// Where among the values stand those that no two rows of a batch may share.
    identity: Option<Vec<usize>>,
    keeps_going: bool,
    /// The position of the next row.
    position: u64,
    /// A row that waits for the next batch, because the batch has its key already.
    waiting: Option<(u64, Row)>,
    /// Whether no more rows are taken.
    has_ended: bool,
}

impl<'a> Source<'a> {
    pub(super) fn new(rows: Rows<'a>, identity: Option<Vec<usize>>, keeps_going: bool) -> Self {
        Source {
            rows,
            identity,
            keeps_going,
            position: 0,
            waiting: None,
            has_ended: false,
        }
    }

    /// Whether all rows are gathered.
    pub(super) fn is_over(&self) -> bool {
        self.has_ended && self.waiting.is_none()
    }

    /// The rows of the next batch, if there are any.
    pub(super) async fn next(&mut self, limit: usize) -> Result<Option<Gathered>, Error> {
        if self.is_over() {
            return Ok(None);
        }
        let mut gathered = Gathered::default();
        self.fill(&mut gathered, limit).await?;
        Ok(Some(gathered))
    }

    /// Takes rows until there are so many, or until one cannot be in the same batch.
    pub(super) async fn fill(&mut self, gathered: &mut Gathered, limit: usize) -> Result<(), Error> {
        let batch = &mut gathered.batch;
        if batch.is_empty()
            && let Some((position, row)) = self.waiting.take()
        {
            // In an empty batch there is room for it.
            let _ = batch.push(position, row, self.identity.as_deref());
        }
        while self.waiting.is_none()
            && !self.has_ended
            && gathered.batch.len() < limit
            && gathered.batch.bytes() < BATCH_BYTES
        {
            match self.rows.next().await {
                Some(row) => self.take(row?, gathered),
                None => self.has_ended = true,
            }
            if self.position.is_multiple_of(TURN) {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    fn take(&mut self, row: Result<Row, EncodeError>, gathered: &mut Gathered) {
        let position = self.position;
        self.position += 1;
        let row = match row {
            Ok(row) => row,
            Err(error) => return self.refuse(position, error, gathered),
        };
        if let Err(row) = gathered.batch.push(position, row, self.identity.as_deref()) {
            self.waiting = Some((position, row));
        }
    }

    fn refuse(&mut self, position: u64, error: EncodeError, gathered: &mut Gathered) {
        let reason = Error::Encode(error);
        let row = RefusedRow { position, reason };
        match self.keeps_going {
            true => gathered.refused.push(row),
            false => {
                gathered.last = Some(row);
                self.has_ended = true;
            }
        }
    }
}
