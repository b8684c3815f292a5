use std::time::Duration;

use sqlx::Row as _;
use sqlx::ValueRef as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::queue::{Leased, checked_name, milliseconds};
use crate::repository::queue::queue_of;
use crate::repository::{Repository, decode};
use crate::table::{Queue, Table, tenancy};
use crate::value::Parameter;

/// So often a claim looks again when rows became ready meanwhile, so that a queue that never ends does not hold it.
pub(super) const LOOKS: usize = 2;

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Claims up to `limit` rows for a worker, until the lease ends by the database's clock: first rows whose lease
    /// ran out, then ready ones in the queue's order. Rows that another worker is claiming at the moment are passed
    /// over, so that workers never wait for each other.
    ///
    /// Rows whose time has come are made ready, and those whose last attempt ran out are given up, by the same
    /// statement. No two workers have the same name; none begins with `@`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a lease of less than a millisecond or more than a year; [`Error::WorkerName`].
    pub async fn claim(&self, worker: &str, limit: u32, lease: Duration) -> Result<Vec<Leased<T>>, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.claim_held(worker, limit, lease).await
    }

    pub(crate) async fn claim_held(
        &self,
        worker: &str,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Leased<T>>, Error> {
        let (worker, lease) = (
            checked_name(worker)?,
            milliseconds("lease in milliseconds", lease)?,
        );
        let mut claimed = Claimed::new(limit);
        for _ in 0..LOOKS {
            let mut parameters = self.session.leading(Self::TABLE.has_tenant);
            parameters.extend(claim_parameters(&worker, lease, claimed.wanted())?);
            parameters.extend(self.touched(self.session.now()));
            let text = Self::queue()?.statements.claim;
            let looked = self.session.rows(text, parameters).await;
            let Some(rows) = claimed.looked(looked, self.session.is_in_transaction())? else {
                break;
            };
            if !claimed.take(&rows, &worker)? {
                break;
            }
        }
        Ok(claimed.rows)
    }
}

pub(super) fn claim_parameters(worker: &str, lease: i64, limit: u32) -> Result<[Parameter; 3], Error> {
    use crate::value::Value as _;
    Ok([
        worker.to_string().to_parameter()?,
        Parameter::BigInt(Some(lease)),
        Parameter::BigInt(Some(i64::from(limit))),
    ])
}

/// What claims have given so far.
pub(super) struct Claimed<T: Table> {
    pub(super) rows: Vec<Leased<T>>,
    limit: u32,
}

impl<T: Table> Claimed<T> {
    pub(super) fn new(limit: u32) -> Self {
        Claimed {
            rows: Vec::new(),
            limit,
        }
    }

    /// How many rows are still wanted.
    pub(super) fn wanted(&self) -> u32 {
        self.limit
            .saturating_sub(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
    }

    /// What a look found; none when it failed, and an earlier one has claimed rows: they are the worker's, and would be
    /// lost with the error. In a transaction they are undone with it.
    pub(super) fn looked(
        &self,
        found: Result<Vec<PgRow>, Error>,
        is_in_transaction: bool,
    ) -> Result<Option<Vec<PgRow>>, Error> {
        match found {
            Err(error) if !self.rows.is_empty() && !is_in_transaction => {
                tracing::warn!(target: "stellaops_db", %error, "a claim gives fewer rows than it could");
                Ok(None)
            }
            found => found.map(Some),
        }
    }

    /// Takes the rows of a claim, and says whether another look is worth it: rows are wanted, and some have
    /// become ready, or were given up in the place of others.
    pub(super) fn take(&mut self, rows: &[PgRow], worker: &str) -> Result<bool, Error> {
        let (queue, table) = (queue_of::<T>()?, T::DESCRIPTOR);
        let is_null = |row: &PgRow, column| row.try_get_raw(column).map(|value| value.is_null());
        let mut given_up = 0_u64;
        for row in rows {
            // Where nothing was claimed there may be a row all the same, of NULLs and the number.
            if is_null(row, queue.attempts)? {
                continue;
            }
            match is_null(row, queue.lease_expires_at)? {
                true => given_up += 1,
                false => self.rows.push(Leased::new(decode(row)?, worker, queue)?),
            }
        }
        if given_up > 0 {
            tracing::warn!(
                target: "stellaops_db",
                table = table.qualified,
                rows = given_up,
                "rows of a queue were given up: no worker ended them in their last attempt"
            );
        }
        let first = rows
            .first()
            .map(|row| row.try_get_unchecked::<i64, _>(table.fields));
        let woken = first.transpose()?.unwrap_or_default();
        Ok((woken > 0 || given_up > 0) && self.wanted() > 0)
    }
}
